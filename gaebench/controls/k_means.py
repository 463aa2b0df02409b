"""Centroids of the training images: smooth means that no model had to learn.

Theis et al. 2016 (arXiv 1511.01844) score them above the training images under a Parzen window.
"""

import numpy as np
import torch
from sklearn.cluster import MiniBatchKMeans

from gaebench.data import Dataset
from gaebench.errors import SettingsError, require

LABEL = "k-means centroids"
NOTE = ""

BATCH = 1000


def images(data: Dataset, n: int, generator: torch.Generator, *, passes: int = 1) -> np.ndarray:
    """n centroids by mini-batch k-means (Sculley 2010), started at n training images.

    Parameters
    ----------
    data
        Its training images are clustered.
    n
        k; the number of training images where that is smaller.
    generator
        Draws the seed of scikit-learn's own generator.
    passes
        Passes over the training images.

    Returns
    -------
    ndarray of float32, shape (up to n, pixels)
        Pixels in [0, 1].

    Raises
    ------
    SettingsError
        If there is a single training image.
    """
    require(passes >= 1, "passes", passes, "at least 1")
    seed = torch.randint(2**31, (), generator=generator, device=generator.device).item()
    train = data.images("train")
    if len(train) < 2:
        raise SettingsError(
            "k-means needs at least 2 training images, not 1: leave the data set out of "
            "controls.k-means.datasets"
        )
    clusters = MiniBatchKMeans(
        min(n, len(train)),
        init="random",
        n_init=1,
        init_size=len(train),
        batch_size=min(BATCH, len(train) // 2),  # scikit-learn 1.9.1 fails on a single step
        max_iter=passes,
        max_no_improvement=None,
        compute_labels=False,
        random_state=seed,
    )
    return clusters.fit(train).cluster_centers_.clip(0, 1)
