"""Images laid out in a grid, with lines between them."""

import math

import numpy as np

GAP = 1
"""Pixels between two images, and around the grid."""
BORDER = 0.72
"""Grey level of the gaps, between the black and the white of the images."""


def mosaic(images: np.ndarray, shape: tuple[int, int], columns: int | None = None) -> np.ndarray:
    """Lay images out row by row.

    Parameters
    ----------
    images : ndarray, shape (n, height * width)
        Grey levels in [0, 1].
    shape : (height, width)
    columns
        By default, as many as make the grid as square as can be.

    Returns
    -------
    ndarray, shape (rows * (height + GAP) + GAP, columns * (width + GAP) + GAP)
    """
    height, width = shape
    columns = columns or math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    grid = np.full((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP), BORDER)
    for index, image in enumerate(images):
        top = GAP + index // columns * (height + GAP)
        left = GAP + index % columns * (width + GAP)
        grid[top : top + height, left : left + width] = image.reshape(shape)
    return grid
