"""Grids of generated images, side by side."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from gaebench.report.mosaic import mosaic
from gaebench.report.shown import ShownRun
from gaebench.report.style import DPI

CAPTION = (
    "Generated images on MNIST: pixel means, no pixel noise, the first ones drawn, not chosen."
)
NEEDS = ("samples",)

COUNT = 100
"""Images of each run."""
PANEL_INCHES = 3.3
"""The most that a panel may measure."""
MARGIN, TITLE = 16, 58
"""Space around the panels and above them for the titles, in dots."""


def draw(runs: Sequence[ShownRun], device: str) -> Figure:
    """Draw the first images of each run as a grid, white on black as the data are."""
    grids = [mosaic(run.samples()[:COUNT], run.data.shape) for run in runs]
    scale = max(1, int(PANEL_INCHES * DPI) // max(grid.shape[1] for grid in grids))
    wide = sum(grid.shape[1] * scale + MARGIN for grid in grids) + MARGIN
    high = max(grid.shape[0] for grid in grids) * scale + TITLE + MARGIN
    figure = Figure(figsize=(wide / DPI, high / DPI))
    left = MARGIN
    for run, grid in zip(runs, grids, strict=True):
        rows, columns = (side * scale for side in grid.shape)
        axes = figure.add_axes(
            (left / wide, (high - TITLE - rows) / high, columns / wide, rows / high)
        )
        axes.imshow(grid, cmap="gray", vmin=0, vmax=1, interpolation="none", aspect="auto")
        axes.set_axis_off()
        axes.set_title(run.label.text, pad=5)
        left += columns + MARGIN
    return figure
