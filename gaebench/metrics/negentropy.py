"""Negentropy of the prior: how far P(z) is from a Gaussian.

KL(P(z) || N(z; m, C)) in nats, with m and C the mean and the covariance of P(z): no other Gaussian
is nearer. It is 0 for a Gaussian alone, grows with whatever structure P(z) has beyond its first two
moments, and is the same for every invertible affine map of z (Comon 1994, section 2.2).
"""

import math

import numpy as np
import torch
from scipy.stats import multivariate_normal

from gaebench.data import Dataset
from gaebench.errors import Failed, counted, require
from gaebench.estimate import Estimate, mean_and_sem
from gaebench.model import Model

NEEDS = "model"
ASKS = ("log_prior",)
VERSION = 1
LABEL = "negentropy"
UNIT = "nats"
BETTER = ""
DECIMALS = 3


def log_ratios(z: np.ndarray, log_density: np.ndarray) -> np.ndarray:
    """log P(z_i) - log N(z_i; m, C), with m and C the moments of the draws themselves.

    Their mean estimates the negentropy. It equals ``(1/2) log det (2 pi e C)`` less an estimate of
    the entropy, so it is the same to rounding for every affine map of z; estimating C makes it too
    small by about d (d + 3) / 4n. To first order the error of C is that of the terms, so that their
    spread over sqrt(n) is the standard error.

    Parameters
    ----------
    z : ndarray, shape (n, d)
        Independent draws z ~ P(z).
    log_density : ndarray, shape (n,)
        log P(z_i) in nats.

    Returns
    -------
    ndarray of float64, shape (n,)
        In nats.

    Raises
    ------
    Failed
        If the draws have no covariance of full rank.
    """
    z = np.asarray(z, dtype=np.float64)
    covariance = np.atleast_2d(np.cov(z.T, bias=True))
    try:
        gaussian = multivariate_normal(z.mean(0), covariance)
    except (np.linalg.LinAlgError, ValueError) as error:
        raise Failed(
            f"{len(z)} draws of z in {counted(z.shape[1], 'dimension')} have no covariance of full "
            "rank, so no Gaussian stands beside P(z). Draw more, or train with a weaker "
            "regulariser."
        ) from error
    return np.asarray(log_density, dtype=np.float64) - gaussian.logpdf(z)


@torch.no_grad()
def evaluate(
    source: Model, data: Dataset, generator: torch.Generator, *, draws: int = 20_000
) -> Estimate:
    """Negentropy of the prior, in nats; test images play no part.

    Parameters
    ----------
    source
        A model with ``draw_prior`` and ``log_prior``. For GAE the prior is the exact mixture over
        all training images.
    data
        Not looked at.
    draws
        n, draws z ~ P(z).

    Returns
    -------
    Estimate
        The standard error is that of the draws. ``entropy`` in the details is that of P(z), which
        does depend on the scale of z.
    """
    require(draws >= 2, "draws", draws, "at least 2")
    z = source.draw_prior(draws, generator)
    log_density = source.log_prior(z).double().cpu().numpy()
    ratios = log_ratios(z.cpu().numpy(), log_density)
    return mean_and_sem(ratios, entropy=-math.fsum(log_density) / draws, draws=draws)
