"""The two-dimensional latent space: what P(z) looks like, and where the classes lie."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from scipy.stats import gaussian_kde

from gaebench.errors import GaebenchError
from gaebench.report.style import CLASSES, COLOURS, DENSITY, WIDTH, cycle, styled

GRID = 160
"""Points per side at which the density estimate is evaluated."""
LEVELS = 12
CLOSE, WIDE = 1.08, 1.2
"""Side of the square shown, relative to the extent of the codes: for points, for densities."""
APART = 0.055
"""The least distance between two class names, relative to the same extent."""


@styled()
def density(panels: Sequence[tuple[str, np.ndarray]]) -> Figure:
    """Draws of z above their kernel density estimate, one column per model.

    Parameters
    ----------
    panels
        For each model: title and draws z ~ P(z), shape (n, 2).

    Notes
    -----
    Gaussian kernels with Scott's bandwidth. Both pictures of a model share their limits; models do
    not, since the scale of z is free.
    """
    figure = Figure(figsize=_size(len(panels), 2), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.07, h_pad=0.05)
    grid = figure.subplots(2, len(panels), squeeze=False)
    for (title, z), (above, below) in zip(panels, grid.T, strict=True):
        z = _plane(z, title)
        above.scatter(*z.T, s=5, color=COLOURS[0], alpha=0.55, linewidths=0, rasterized=True)
        above.set_title(f"{title}\n{len(z)} draws from $P(z)$")
        _shade(below, z, title)
        below.set_title("kernel density estimate")
        for axes in (above, below):
            _frame(axes, z, WIDE)
    return figure


@styled()
def scatter(panels: Sequence[tuple[str, np.ndarray, np.ndarray]]) -> Figure:
    """Codes of the test images coloured by class, one column per model.

    Parameters
    ----------
    panels
        For each model: title, codes z ~ P(z|x) of shape (n, 2), and classes of shape (n,).
    """
    figure = Figure(figsize=_size(len(panels), 1), layout="constrained")
    classes = sorted({int(label) for _, _, labels in panels for label in labels})
    colours = dict(zip(classes, cycle(CLASSES, len(classes)), strict=True))
    for axes, (title, z, labels) in zip(
        figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True
    ):
        z = _plane(z, title)
        axes.scatter(
            *z.T, s=3, c=[colours[int(y)] for y in labels], alpha=0.6, linewidths=0, rasterized=True
        )
        _name_classes(axes, z, np.asarray(labels))
        axes.set_title(title)
        _frame(axes, z, CLOSE)
    handles = [
        Line2D([], [], linestyle="", marker="o", markersize=5, color=colours[y], label=str(y))
        for y in classes
    ]
    figure.legend(handles=handles, title="class", loc="outside right center", handletextpad=0.2)
    return figure


def _size(columns: int, rows: int) -> tuple[float, float]:
    side = min(3.4, WIDTH / columns)
    return side * columns + 0.4, side * rows + 0.1


def _plane(z: np.ndarray, title: str) -> np.ndarray:
    z = np.asarray(z, dtype=float)
    if z.ndim != 2 or z.shape[1] != 2 or not np.isfinite(z).all():
        raise GaebenchError(
            f"the latent figure needs finite codes of shape (n, 2) for {title}, not {z.shape}. "
            "Give the model the setting latent: 2, or a lower learning rate if they are not finite."
        )
    return z


def _limits(z: np.ndarray, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """A square around all points: lower and upper corner, each of shape (2,)."""
    middle = (z.max(axis=0) + z.min(axis=0)) / 2
    half = margin / 2 * np.ptp(z, axis=0).max()
    return middle - half, middle + half


def _frame(axes: Axes, z: np.ndarray, margin: float) -> None:
    low, high = _limits(z, margin)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="$z_1$", ylabel="$z_2$")
    axes.set_box_aspect(1)
    axes.locator_params(nbins=5)


def _shade(axes: Axes, z: np.ndarray, title: str) -> None:
    first, second, heights = _heights(z, title)
    shade = axes.contourf(first, second, heights, levels=LEVELS, cmap=DENSITY)
    scale = axes.inset_axes((1.03, 0, 0.045, 1))
    bar = axes.figure.colorbar(shade, cax=scale, ticks=MaxNLocator(5), format="%.2g")
    bar.outline.set_visible(False)


def _heights(z: np.ndarray, title: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The density estimate on a grid: both coordinates and the heights, each (GRID, GRID)."""
    try:
        estimate = gaussian_kde(z.T)
    except (np.linalg.LinAlgError, ValueError) as error:
        raise GaebenchError(
            f"the draws of {title} lie on a line or a point, so they have no density in the plane. "
            "Train the model for longer, or with a weaker regulariser."
        ) from error
    low, high = _limits(z, WIDE)
    first, second = np.meshgrid(*np.linspace(low, high, GRID).T)
    heights = estimate(np.stack([first.ravel(), second.ravel()])).reshape(first.shape)
    return first, second, heights


def _name_classes(axes: Axes, z: np.ndarray, labels: np.ndarray) -> None:
    classes = np.unique(labels)
    medians = np.array([np.median(z[labels == label], axis=0) for label in classes])
    for label, place in zip(classes, spread(medians, APART * np.ptp(z, axis=0).max()), strict=True):
        text = axes.text(*place, str(int(label)), ha="center", va="center", weight="bold", size=11)
        text.set_path_effects([patheffects.withStroke(linewidth=2.5, foreground="white")])


def spread(points: np.ndarray, apart: float, rounds: int = 100) -> np.ndarray:
    """Push points apart that are closer than ``apart``, shape (n, 2)."""
    points = points.copy()
    for _ in range(rounds):
        for i, j in combinations(range(len(points)), 2):
            step = points[j] - points[i]
            distance = np.hypot(*step)
            if distance < apart:
                way = step / distance if distance else np.array([1.0, 0.0])
                points[i] -= way * (apart - distance) / 2
                points[j] += way * (apart - distance) / 2
    return points
