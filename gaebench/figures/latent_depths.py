"""The exact density P(z) of models of several depths, side by side."""

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from gaebench.errors import counted
from gaebench.metrics import modes
from gaebench.report import plane
from gaebench.report.shown import ShownRun, datasets
from gaebench.report.style import COLOURS, DENSITY
from gaebench.seeding import stream

CAPTION = (
    "Exact density of the prior P(z) on MNIST, two-dimensional, by number of layers: the smallest "
    "regions that hold given shares of its probability, and its modes. Negentropy: KL from the "
    "Gaussian of equal mean and covariance."
)
NEEDS = ("model", "negentropy", "modes")
REQUIRES = {"latent": 2}

SHARES = (0.99, 0.9, 0.75, 0.5, 0.25, 0.1)
"""Probability of the regions shown: each the smallest that holds so much."""
MODE = {"linestyle": "", "marker": "o", "markersize": 4, "color": COLOURS[1]}
COLUMNS = 2


def draw(runs: Sequence[ShownRun], device: str) -> Figure:
    """Draw highest-density regions of P(z) and its modes, one panel per model.

    The regions, unlike heights, do not change with the scale of z, which is free.
    """
    columns = min(COLUMNS, len(runs))
    rows = -(-len(runs) // columns)
    side = plane.side(columns)
    figure = Figure(figsize=(side * columns, (side + 0.3) * rows + 1.0), layout="constrained")
    figure.get_layout_engine().set(h_pad=0.08)
    figure.suptitle(datasets(runs))
    grid = figure.subplots(rows, columns, squeeze=False).flatten()
    for axes, run in zip(grid, runs, strict=False):
        _show(axes, run, device)
    for axes in grid[len(runs) :]:
        axes.set_axis_off()
    _legend(figure)
    return figure


def _show(axes: Axes, run: ShownRun, device: str) -> None:
    found = run.metric("modes")
    generator = stream(run.seed, "latent depths", run.model, device=device)
    places, masses = modes.on_grid(run.restore(device), generator, found["step"])
    bounds = levels(masses)
    axes.contourf(*np.moveaxis(places, -1, 0), masses, levels=[*bounds, np.inf], colors=_shades())
    axes.plot(*np.array(found["places"]).T, **MODE)
    axes.set_title(title(run.label.text, run.metric("negentropy"), found))
    plane.frame(axes, places[masses >= bounds[0]])


def title(name: str, negentropy: Mapping, found: Mapping) -> str:
    """A panel's title: the model, and its numbers out of two metric files."""
    count = int(found["value"])
    return f"{name}\nnegentropy {negentropy['value']:.2f} nats, {counted(count, 'mode')}"


def levels(masses: np.ndarray, shares: Sequence[float] = SHARES) -> list[float]:
    """Heights above which a density on a grid holds given shares of its mass.

    Parameters
    ----------
    masses : ndarray
        Probability of each cell.
    shares
        Falling, between 0 and 1.

    Returns
    -------
    list of float
        Rising, as masses of a cell.
    """
    falling = np.sort(masses, axis=None)[::-1]
    places = np.searchsorted(np.cumsum(falling), np.asarray(shares) * falling.sum())
    return falling[places].tolist()


def _shades() -> np.ndarray:
    return matplotlib.colormaps[DENSITY](np.linspace(0.15, 1, len(SHARES)))


def _legend(figure: Figure) -> None:
    handles = [
        *(
            Patch(color=shade, label=f"{share:.0%}")
            for share, shade in zip(SHARES, _shades(), strict=True)
        ),
        Line2D([], [], label="mode", **MODE),
    ]
    figure.legend(
        handles=handles,
        title="smallest regions that hold this share of $P(z)$",
        loc="outside lower center",
        ncols=len(handles),
        handlelength=1.2,
    )
