"""Grids of generated images, side by side."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from gaebench.errors import GaebenchError
from gaebench.report.style import DPI, styled

Panel = tuple[str, np.ndarray, tuple[int, int]]

COUNT = 100
GAP = 1
"""Pixels between two images, and around the grid."""
BORDER = 0.72
"""Grey level of the gaps, between the black and the white of the images."""
PANEL_INCHES = 3.3
"""The most that a panel may measure."""
MARGIN, TITLE = 16, 58
"""Space around the panels and above them for the titles, in dots."""


def mosaic(images: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Lay images out in a grid that is as square as can be, row by row.

    Parameters
    ----------
    images : ndarray, shape (n, height * width)
        Grey levels in [0, 1].
    shape : (height, width)

    Returns
    -------
    ndarray, shape (rows * (height + GAP) + GAP, columns * (width + GAP) + GAP)

    Raises
    ------
    GaebenchError
        If there is no image, or the images do not have ``height * width`` pixels.
    """
    height, width = shape
    if images.ndim != 2 or not len(images) or images.shape[1] != height * width:
        raise GaebenchError(
            f"a sample grid needs images of shape (n, {height * width}), not {images.shape}. "
            "Delete the samples and run again: they are generated anew."
        )
    columns = math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    grid = np.full((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP), BORDER)
    for index, image in enumerate(images):
        top = GAP + index // columns * (height + GAP)
        left = GAP + index % columns * (width + GAP)
        grid[top : top + height, left : left + width] = image.reshape(shape)
    return grid


@styled()
def draw(panels: Sequence[Panel]) -> Figure:
    """Draw the first 100 images of each panel as a grid, white on black as the data are.

    Parameters
    ----------
    panels
        For each: title, images in [0, 1] of shape (n, height * width), and (height, width).
    """
    grids = [mosaic(np.asarray(images[:COUNT], dtype=float), shape) for _, images, shape in panels]
    scale = max(1, int(PANEL_INCHES * DPI) // max(grid.shape[1] for grid in grids))
    wide = sum(grid.shape[1] * scale + MARGIN for grid in grids) + MARGIN
    high = max(grid.shape[0] for grid in grids) * scale + TITLE + MARGIN
    figure = Figure(figsize=(wide / DPI, high / DPI))
    left = MARGIN
    for (title, _, _), grid in zip(panels, grids, strict=True):
        rows, columns = (side * scale for side in grid.shape)
        axes = figure.add_axes(
            (left / wide, (high - TITLE - rows) / high, columns / wide, rows / high)
        )
        axes.imshow(grid, cmap="gray", vmin=0, vmax=1, interpolation="none", aspect="auto")
        axes.set_axis_off()
        axes.set_title(title, pad=5)
        left += columns + MARGIN
    return figure
