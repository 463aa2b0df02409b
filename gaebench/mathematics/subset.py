"""A fixed part of many images, for estimates that would cost too much on all of them."""

import numpy as np
from jaxtyping import Int64

from gaebench.errors import require


def evenly_spaced(n: int, count: int) -> Int64[np.ndarray, " positions"]:
    """Positions of ``count`` of n images, or of all n where there are no more than that; ascending.

    Evenly spaced, because the order of a test set may mean something: MNIST's second half is the
    harder one.

    Raises
    ------
    SettingsError
        If ``count`` is below 1.
    """
    require(count >= 1, "images", count, "at least 1")
    count = min(count, n)
    return np.arange(count) * n // count
