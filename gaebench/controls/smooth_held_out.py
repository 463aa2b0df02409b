"""Means of held-out images that lie near each other: smooth, and copies of no training image."""

import numpy as np
import torch

from gaebench.controls import held_out
from gaebench.data import Dataset
from gaebench.errors import require
from gaebench.mathematics.neighbours import squared_distances

LABEL = "held-out images, smoothed"
NOTE = (
    "Each the mean of a held-out image and the held-out images nearest to it: no copy, but smooth."
)


def images(
    data: Dataset, n: int, generator: torch.Generator, *, neighbours: int = 5, skip: int = 1000
) -> np.ndarray:
    """Each of n held-out images averaged with the held-out images nearest to it.

    Parameters
    ----------
    neighbours
        Images in each mean, its own among them.
    skip
        As in :func:`gaebench.controls.held_out.images`.

    Returns
    -------
    ndarray of float32, shape (up to n, pixels)
        Pixels in [0, 1].
    """
    fresh = torch.from_numpy(held_out.images(data, len(data.valid), generator, skip=skip))
    most = len(fresh)
    require(1 <= neighbours <= most, "neighbours", neighbours, f"between 1 and {most}")
    blocks = squared_distances(fresh[:n], fresh)
    nearest = [block.topk(neighbours, 1, largest=False).indices for block in blocks]
    return fresh[torch.cat(nearest)].mean(1).numpy()
