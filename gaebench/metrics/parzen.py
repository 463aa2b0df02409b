"""Parzen window estimate of the log-likelihood (Goodfellow et al. 2014, section 5).

A Gaussian is placed on each of the generated pixel means, and test images are scored under that
mixture. Distances are computed once, in float32 by a matrix product; every bandwidth is read off
them. From s = 0.1 up the mean agrees with float64 to 0.001 nats; the error grows as 1 / s^2.
"""

import logging
import math

import numpy as np
import torch
from torch import Tensor

from gaebench import runs
from gaebench.data import Dataset
from gaebench.errors import Diverged, Failed, require
from gaebench.estimate import Estimate, mean_and_sem
from gaebench.mathematics.equality import distinct, shared
from gaebench.mathematics.logspace import FLOOR
from gaebench.mathematics.neighbours import squared_distances
from gaebench.model import Model, generated

log = logging.getLogger(__name__)

NEEDS = "samples"
VERSION = 1
LABEL = "Parzen log-likelihood"
UNIT = "nats"
BETTER = "higher"
DECIMALS = 2

WIDENINGS = 8
ALIKE = 0.01
"""Samples whose variance is below this share of the validation images' are nearly all alike."""

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
    distances = squared_distances(images, centres, chunk)
    sums = [_log_sums(block, bandwidths) for block in distances]
    s = torch.tensor(bandwidths, dtype=torch.float64, device=images.device)
    norm = math.log(len(centres)) + 0.5 * pixels * (2 * s.log() + math.log(2 * math.pi))
    return torch.cat(sums, dim=1) - norm.unsqueeze(1)


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

    The grid is geometric. Where its optimum lies on an end, the next grid goes on from there, about
    as far again, so the result never is a mere end of the grid.

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
        f"the best Parzen bandwidth lies beyond {grid[best]:.3g}: the samples are degenerate (all "
        "alike, or equal to validation images)"
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

    Raises
    ------
    GaebenchError
        If the samples are none, of another size, or no images; Failed if no bandwidth is best.

    Notes
    -----
    A warning is logged where samples are alike, or equal images that choose the bandwidth or are
    scored: their score says little of a model.
    """
    check_grid(validation, low, high, count)
    runs.check_images(source, "the samples", data.pixels)
    source = np.asarray(source, dtype=np.float32)
    folds = [(valid[:validation], test) for valid, test in data.folds()]
    for remark in remarks(source, *(np.concatenate(part) for part in zip(*folds, strict=True))):
        log.warning("%s", remark)
    centres = torch.from_numpy(source).to(generator.device)
    grid = {"low": low, "high": high, "count": count}
    scores = [_score_fold(centres, *fold, grid) for fold in folds]
    if len(scores) == 1:
        ((values, bandwidth, valid),) = scores
        return mean_and_sem(values, bandwidth=bandwidth, valid=valid)
    means = np.array([float(values.mean()) for values, *_ in scores])
    return mean_and_sem(means, ddof=1, bandwidth=[bandwidth for _, bandwidth, _ in scores])


def check_grid(validation: int, low: float, high: float, count: int) -> None:
    """Raise a SettingsError unless the settings of :func:`evaluate` can choose a bandwidth."""
    require(validation >= 1, "validation", validation, "at least 1")
    require(0 < low < high, "low", low, "positive and below high")
    require(count >= 3, "count", count, "at least 3")


def remarks(samples: np.ndarray, valid: np.ndarray, test: np.ndarray) -> list[str]:
    """What makes the score of some samples doubtful, if anything.

    Parameters
    ----------
    samples, valid, test : ndarray, shape (n, pixels)
        Pixels in [0, 1]; the images that choose the bandwidth, and those that are scored. They
        count as equal if they have the same grey levels, 256 of them.
    """
    n, found = len(samples), []
    own, choosing, scored = (
        np.round(images * 255).astype(np.uint8) for images in (samples, valid, test)
    )
    different, share = distinct(own), samples.var(0).sum() / max(valid.var(0).sum(), 1e-30)
    if n > 1 and (different == 1 or share < ALIKE):
        found.append(
            f"the {n} samples are {'' if different == 1 else 'nearly '}all alike ({different} "
            f"different, with {share:.2%} of the validation images' variance): their Parzen score "
            "says little of a model"
        )
    for others, name in (
        (choosing, "validation images that choose the bandwidth"),
        (scored, "test images"),
    ):
        if count := shared(own, others):
            found.append(
                f"samples that equal {name}: {count} of {n}. Their Parzen score is that of copies"
            )
    return found


def _score_fold(
    centres: Tensor, valid: np.ndarray, test: np.ndarray, grid: dict
) -> tuple[np.ndarray, float, float]:
    """Log densities of the test images, the bandwidth, and the validation images' score."""
    valid_images = torch.from_numpy(valid).to(centres.device)
    bandwidth, score = best_bandwidth(valid_images, centres, **grid)
    values = log_densities(torch.from_numpy(test).to(centres.device), centres, [bandwidth])[0]
    return values.cpu().numpy(), bandwidth, score


def validation_score(
    model: Model, valid: Tensor, generator: torch.Generator, samples: int = 10_000
) -> float:
    """The score on validation images at their best bandwidth, in nats, for early stopping.

    Raises
    ------
    Diverged
        If the model's images are not finite.
    """
    centres = generated(model, samples, generator)
    if not centres.isfinite().all():
        raise Diverged(
            "training diverged: the images that the model makes are not finite. The usual cause is "
            "too large a learning rate: lower the model's learning_rate."
        )
    return best_bandwidth(valid, centres, low=0.1, high=0.4, count=10)[1]
