"""Parzen window estimate of the log-likelihood (Goodfellow et al. 2014, section 5).

A Gaussian is placed on each of the generated pixel means, and test images are scored under that
mixture. Distances are computed once, in float32 by a matrix product; every bandwidth is read off
them. From s = 0.1 up the mean agrees with float64 to 0.001 nats; the error grows as 1 / s^2.
"""

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from gaebench.data import Dataset
from gaebench.errors import Failed, require
from gaebench.estimate import Estimate, mean_and_sem
from gaebench.mathematics.logspace import FLOOR
from gaebench.model import Model

NEEDS = "samples"
VERSION = 1
LABEL = "Parzen log-likelihood"
UNIT = "nats"
BETTER = "higher"
DECIMALS = 2

WIDENINGS = 8

OMITTED = 1e-9
"""Bound on what far centres could add to a log density, in nats."""


def log_densities(
    images: Tensor, centres: Tensor, bandwidths: list[float], chunk: int = 500
) -> Tensor:
    """log (1/n) sum_j N(x_i; c_j, s^2 I) for several bandwidths.

    Parameters
    ----------
    images : Tensor, shape (m, pixels)
    centres : Tensor, shape (n, pixels)
    bandwidths
        Standard deviations s, in pixels of [0, 1].
    chunk
        Images per matrix product; bounds the memory, not the result.

    Returns
    -------
    Tensor of float64, shape (bandwidths, m)
        In nats.
    """
    pixels = images.shape[1]
    sums = [
        _log_sums(distances, bandwidths) for distances in _squared_distances(images, centres, chunk)
    ]
    s = torch.tensor(bandwidths, dtype=torch.float64, device=images.device)
    norm = math.log(len(centres)) + 0.5 * pixels * (2 * s.log() + math.log(2 * math.pi))
    return torch.cat(sums, dim=1) - norm.unsqueeze(1)


def _squared_distances(images: Tensor, centres: Tensor, chunk: int) -> Iterator[Tensor]:
    """Squared distances, shape (chunk, n), block by block, about the centres' mean."""
    origin = centres.mean(0)
    centres = centres - origin
    norms = centres.square().sum(1)
    for rows in images.split(chunk):
        rows = rows - origin
        inner = torch.addmm(norms, rows, centres.T, alpha=-2)
        yield inner.add_(rows.square().sum(1, keepdim=True)).clamp_min_(0)


def _log_sums(distances: Tensor, bandwidths: list[float]) -> Tensor:
    """log sum_j exp(-d_ij / 2 s^2) for each bandwidth, shape (bandwidths, rows), float64.

    Only the near centres are summed: each of the others has a term below ``OMITTED / n`` of the
    nearest centre's at the largest bandwidth, and less at smaller ones. What is left out is below
    ``OMITTED`` nats.
    """
    nearest = distances.amin(1, keepdim=True)
    beyond = distances - nearest
    near = beyond <= 2 * math.log(distances.shape[1] / OMITTED) * max(bandwidths) ** 2
    (places,) = torch.where(near.flatten())
    beyond, counts = beyond.flatten().index_select(0, places), near.sum(1)
    sums = []
    for s in bandwidths:
        exponent = -0.5 / s**2
        terms = (beyond * exponent).clamp_min(FLOOR).exp().double()
        totals = torch.segment_reduce(terms, "sum", lengths=counts, unsafe=True)
        sums.append(totals.log() + exponent * nearest.squeeze(1).double())
    return torch.stack(sums)


def best_bandwidth(
    valid: Tensor, centres: Tensor, *, low: float, high: float, count: int
) -> tuple[float, float]:
    """The bandwidth with the best mean log-likelihood on validation images.

    The grid is geometric. Where its optimum lies on an end, the grid moves on in the same ratio,
    so the result never is a mere end of the grid.

    Returns
    -------
    (bandwidth, score)
        In pixels of [0, 1]; in nats.

    Raises
    ------
    Failed
        If the optimum keeps running away.
    """
    for _ in range(WIDENINGS):
        grid = np.geomspace(low, high, count).tolist()
        means = log_densities(valid, centres, grid).mean(1)
        best = int(means.argmax())
        if 0 < best < count - 1:
            return grid[best], means[best].item()
        ratio = high / low
        low, high = (
            (low / ratio * grid[1] / grid[0], grid[1]) if best == 0 else (grid[-2], high * ratio)
        )
    raise Failed(
        f"no Parzen bandwidth between {low:.3g} and {high:.3g} is best: the samples are degenerate "
        "(all alike, or equal to validation images)"
    )


def evaluate(
    source: np.ndarray,
    data: Dataset,
    generator: torch.Generator,
    *,
    validation: int = 1000,
    low: float = 0.1,
    high: float = 0.4,
    count: int = 20,
) -> Estimate:
    """Mean log-likelihood of the test images under a Parzen window on generated samples.

    Parameters
    ----------
    source : ndarray, shape (n, pixels)
        Generated pixel means in [0, 1], without pixel noise.
    data
        Validation images choose the bandwidth, fold by fold; test images are scored.
    generator
        Tells the device; nothing is drawn, the estimate is a function of the samples.
    validation
        The number of validation images that choose the bandwidth, the first of each fold.
    low, high, count
        The geometric grid of bandwidths, in pixels of [0, 1].

    Returns
    -------
    Estimate
        In nats. With one fold, the standard error over test images; else over folds.
    """
    require(validation >= 1, "validation", validation, "at least 1")
    require(0 < low < high, "low", low, "positive and below high")
    require(count >= 3, "count", count, "at least 3")
    centres = torch.from_numpy(np.asarray(source, dtype=np.float32)).to(generator.device)
    grid = {"low": low, "high": high, "count": count}
    folds = [_score_fold(centres, *fold, validation, grid) for fold in data.folds()]
    if len(folds) == 1:
        return folds[0]
    details = {"bandwidth": [fold.details["bandwidth"] for fold in folds]}
    return mean_and_sem(np.array([fold.value for fold in folds]), ddof=1, **details)


def _score_fold(
    centres: Tensor, valid: np.ndarray, test: np.ndarray, validation: int, grid: dict
) -> Estimate:
    valid_images = torch.from_numpy(valid[:validation]).to(centres.device)
    bandwidth, score = best_bandwidth(valid_images, centres, **grid)
    values = log_densities(torch.from_numpy(test).to(centres.device), centres, [bandwidth])[0]
    return mean_and_sem(values.cpu().numpy(), bandwidth=bandwidth, valid=score)


def validation_score(
    model: Model, valid: Tensor, generator: torch.Generator, samples: int = 10_000
) -> float:
    """The score on validation images at their best bandwidth, in nats, for early stopping."""
    centres = model.sample(samples, generator)
    return best_bandwidth(valid, centres, low=0.1, high=0.4, count=10)[1]
