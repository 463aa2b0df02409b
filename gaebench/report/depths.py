"""The exact density P(z) of models of several depths, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from gaebench.report.style import COLOURS, DENSITY, WIDTH, styled

SHARES = (0.99, 0.9, 0.75, 0.5, 0.25, 0.1)
"""Probability of the regions shown: each the smallest that holds so much."""
MODE = {"linestyle": "", "marker": "o", "markersize": 4, "color": COLOURS[1]}


@dataclass(frozen=True)
class Panel:
    """P(z) of one model on a grid.

    Attributes
    ----------
    title : str
    places : ndarray, shape (rows, columns, 2)
        z at the cells.
    masses : ndarray, shape (rows, columns)
        Probability of each cell.
    modes : ndarray, shape (m, 2)
        Where the modes are.
    """

    title: str
    places: np.ndarray
    masses: np.ndarray
    modes: np.ndarray


@styled()
def draw(panels: Sequence[Panel], columns: int = 2) -> Figure:
    """One panel per model: highest-density regions of P(z), and its modes.

    The regions, unlike heights, do not change with the scale of z, which is free.
    """
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    side = min(3.4, WIDTH / columns)
    figure = Figure(figsize=(side * columns, (side + 0.3) * rows + 0.7), layout="constrained")
    figure.get_layout_engine().set(h_pad=0.08)
    grid = figure.subplots(rows, columns, squeeze=False).flatten()
    for axes, panel in zip(grid, panels, strict=False):
        _show(axes, panel)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    _legend(figure)
    return figure


def title(name: str, negentropy: dict, modes: dict) -> str:
    """A panel's title: the model, and its numbers out of two metric files."""
    count = int(modes["value"])
    return (
        f"{name}\nnegentropy {negentropy['value']:.2f} nats, "
        f"{count} mode{'s' if count != 1 else ''}"
    )


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


def _show(axes: Axes, panel: Panel) -> None:
    bounds = levels(panel.masses)
    first, second = np.moveaxis(panel.places, -1, 0)
    axes.contourf(first, second, panel.masses, levels=[*bounds, np.inf], colors=_shades())
    axes.plot(*panel.modes.T, **MODE)
    axes.set(title=panel.title, xlabel="$z_1$", ylabel="$z_2$")
    _square(axes, panel.places[panel.masses >= bounds[0]])


def _square(axes: Axes, shown: np.ndarray) -> None:
    middle = (shown.max(0) + shown.min(0)) / 2
    half = 0.54 * np.ptp(shown, axis=0).max()
    (left, bottom), (right, top) = middle - half, middle + half
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.set_box_aspect(1)
    axes.locator_params(nbins=5)


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
