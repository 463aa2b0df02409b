"""A mean over many images of what is computed for some of them only: how sure it is."""

import math

import numpy as np
from jaxtyping import Float


def difference_error(
    cheap: Float[np.ndarray, " n"], there: Float[np.ndarray, " m"], gains: Float[np.ndarray, " m"]
) -> float:
    """Standard error of mean(cheap) + mean(gains), the mean of cheap + gain over n images.

    The difference estimator of two-phase sampling (Cochran 1977, chapter 12). With the n images
    drawn at random, and at random from them the m whose gain is known, its variance is::

        Var(cheap + gain) / n + Var(gain) (1/m - 1/n)

    where Var(cheap + gain) = Var(cheap) + 2 Cov(cheap, gain) + Var(gain), the first of these over
    all n images, the others over the m.

    Parameters
    ----------
    cheap
        Of all images.
    there
        Of those with a gain.
    gains
        By how much what is sought exceeds it there.
    """
    n, m = len(cheap), len(gains)
    whole = cheap.var() + 2 * np.cov(there, gains, ddof=0)[0, 1] + gains.var()
    return math.sqrt(max(0.0, whole) / n + gains.var() * max(0.0, 1 / m - 1 / n))
