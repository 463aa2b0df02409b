"""Samples above the training images that are nearest to them: copies show as pairs."""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.figure import Figure

from gaebench.mathematics.neighbours import nearest
from gaebench.report.samples import BORDER, GAP
from gaebench.report.style import DPI, styled

Panel = tuple[str, np.ndarray]

COUNT = 14
"""Samples of each panel."""
SCALE = 2
"""Dots per pixel of an image."""
COLUMNS = 2
MARGIN, TITLE, FOOT = 20, 46, 56
"""Space around the panels, above each for its title, and below all for the legend, in dots."""


def pairs(images: np.ndarray, train: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """One row of images, and below each the training image nearest to it between pixels.

    Parameters
    ----------
    images, train : ndarray of float32, shape (m, height * width) and (n, height * width)
        In [0, 1].
    shape : (height, width)

    Returns
    -------
    ndarray, shape (2 * height + 3 * GAP, m * (width + GAP) + GAP)
    """
    _, indices = nearest(torch.from_numpy(images), torch.from_numpy(train))
    height, width = shape
    grid = np.full((2 * height + 3 * GAP, len(images) * (width + GAP) + GAP), BORDER)
    for row, found in enumerate((images, train[indices.numpy()])):
        top = GAP + row * (height + GAP)
        for column, image in enumerate(found):
            left = GAP + column * (width + GAP)
            grid[top : top + height, left : left + width] = image.reshape(shape)
    return grid


@styled()
def draw(panels: Sequence[Panel], train: np.ndarray, shape: tuple[int, int]) -> Figure:
    """Draw the first samples of each panel above their nearest training images.

    Parameters
    ----------
    panels
        For each: title and images in [0, 1] of shape (n, height * width).
    train : ndarray of float32, shape (n, height * width)
    shape : (height, width)
    """
    grids = [pairs(images[:COUNT], train, shape) for _, images in panels]
    rows, columns = (SCALE * max(grid.shape[axis] for grid in grids) for axis in (0, 1))
    lines = -(-len(panels) // COLUMNS)
    wide = COLUMNS * (columns + MARGIN) + MARGIN
    high = lines * (rows + TITLE) + FOOT
    figure = Figure(figsize=(wide / DPI, high / DPI))
    for place, ((title, _), grid) in enumerate(zip(panels, grids, strict=True)):
        line, column = divmod(place, COLUMNS)
        left = MARGIN + column * (columns + MARGIN)
        bottom = high - (line + 1) * (rows + TITLE)
        size = (SCALE * grid.shape[1] / wide, SCALE * grid.shape[0] / high)
        axes = figure.add_axes((left / wide, bottom / high, *size))
        axes.imshow(grid, cmap="gray", vmin=0, vmax=1, interpolation="none", aspect="auto")
        axes.set_axis_off()
        axes.set_title(title, pad=4)
    figure.text(
        0.5, 14 / high, "Above: samples. Below: the nearest training image of each.", ha="center"
    )
    return figure
