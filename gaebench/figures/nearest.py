"""Samples above the training images that are nearest to them: copies show as pairs."""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.figure import Figure

from gaebench.mathematics import neighbours
from gaebench.report.mosaic import mosaic
from gaebench.report.shown import ShownRun
from gaebench.report.style import DPI

CAPTION = (
    "Generated images on MNIST, the first ones drawn, and below each the training image that is "
    "nearest to it between pixels. The same for training images, which copy, and for held-out "
    "images, which do not."
)
NEEDS = ("samples",)

COUNT = 14
"""Samples of each run."""
SCALE = 2
"""Dots per pixel of an image."""
COLUMNS = 2
MARGIN, TITLE, FOOT = 20, 46, 56
"""Space around the panels, above each for its title, and below all for the legend, in dots."""


def draw(runs: Sequence[ShownRun], device: str) -> Figure:
    """Draw the first samples of each run above their nearest training images."""
    grids = [pairs(run) for run in runs]
    rows, columns = (SCALE * max(grid.shape[axis] for grid in grids) for axis in (0, 1))
    lines = -(-len(runs) // COLUMNS)
    wide = COLUMNS * (columns + MARGIN) + MARGIN
    high = lines * (rows + TITLE) + FOOT
    figure = Figure(figsize=(wide / DPI, high / DPI))
    for place, (run, grid) in enumerate(zip(runs, grids, strict=True)):
        line, column = divmod(place, COLUMNS)
        left = MARGIN + column * (columns + MARGIN)
        bottom = high - (line + 1) * (rows + TITLE)
        size = (SCALE * grid.shape[1] / wide, SCALE * grid.shape[0] / high)
        axes = figure.add_axes((left / wide, bottom / high, *size))
        axes.imshow(grid, cmap="gray", vmin=0, vmax=1, interpolation="none", aspect="auto")
        axes.set_axis_off()
        axes.set_title(run.label.text, pad=4)
    figure.text(
        0.5, 14 / high, "Above: samples. Below: the nearest training image of each.", ha="center"
    )
    return figure


def pairs(run: ShownRun) -> np.ndarray:
    """A row of a run's images, and below each the training image nearest to it between pixels."""
    images, train = run.samples()[:COUNT], run.data.images("train")
    _, indices = neighbours.nearest(torch.from_numpy(images), torch.from_numpy(train))
    both = np.concatenate([images, train[indices.numpy()]])
    return mosaic(both, run.data.shape, columns=len(images))
