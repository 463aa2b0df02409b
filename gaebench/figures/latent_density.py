"""Draws of z from the prior of models with a two-dimensional latent space, and their density."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy.stats import gaussian_kde

from gaebench.errors import GaebenchError
from gaebench.report import plane
from gaebench.report.shown import ShownRun, datasets
from gaebench.report.style import DENSITY, colour
from gaebench.seeding import stream

CAPTION = (
    "Two-dimensional latent space on MNIST: 1000 draws of z from the prior P(z), and their kernel "
    "density estimate, 1-layer beside 2-layer networks."
)
NEEDS = ("model",)
REQUIRES = {"latent": 2}

DRAWS = 1000
GRID = 160
"""Points per side at which the density estimate is evaluated."""
LEVELS = 12
WIDE = 1.2
"""Side of the square shown, relative to the extent of the draws."""


def draw(runs: Sequence[ShownRun], device: str) -> Figure:
    """Draw z ~ P(z) above their kernel density estimate, one column per model.

    Notes
    -----
    Gaussian kernels with Scott's bandwidth. Both pictures of a model share their limits; models do
    not, since the scale of z is free.
    """
    figure = Figure(figsize=plane.size(len(runs), 2), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.07, h_pad=0.05)
    figure.suptitle(datasets(runs))
    grid = figure.subplots(2, len(runs), squeeze=False)
    for run, (above, below) in zip(runs, grid.T, strict=True):
        z = plane.checked(_draws(run, device), run.label.text)
        shade = colour(run.label.family or run.label.text)
        above.scatter(*z.T, s=5, color=shade, alpha=0.55, linewidths=0, rasterized=True)
        above.set_title(f"{run.label.text}\n{len(z)} draws from $P(z)$")
        _shade(below, *heights(z, run.label.text))
        below.set_title("kernel density estimate")
        for axes in (above, below):
            plane.frame(axes, z, WIDE)
    return figure


def _draws(run: ShownRun, device: str) -> np.ndarray:
    generator = stream(run.seed, "latent density", run.model, device=device)
    return run.restore(device).draw_prior(DRAWS, generator).cpu().numpy()


def heights(z: np.ndarray, model: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The density estimate on a grid: both coordinates and the heights, each (GRID, GRID).

    Raises
    ------
    GaebenchError
        If there is none, since the draws, shape (n, 2), lie on a line or a point.
    """
    try:
        estimate = gaussian_kde(z.T)
    except (np.linalg.LinAlgError, ValueError) as error:
        raise GaebenchError(
            f"the draws of {model} lie on a line or a point, so they have no density in the plane. "
            "Train the model for longer, or with a weaker regulariser."
        ) from error
    low, high = plane.limits(z, WIDE)
    first, second = np.meshgrid(*np.linspace(low, high, GRID).T)
    found = estimate(np.stack([first.ravel(), second.ravel()])).reshape(first.shape)
    return first, second, found


def _shade(axes: Axes, first: np.ndarray, second: np.ndarray, found: np.ndarray) -> None:
    shade = axes.contourf(first, second, found, levels=LEVELS, cmap=DENSITY)
    scale = axes.inset_axes((1.03, 0, 0.045, 1))
    bar = axes.figure.colorbar(shade, cax=scale, ticks=MaxNLocator(5), format="%.2g")
    bar.outline.set_visible(False)
