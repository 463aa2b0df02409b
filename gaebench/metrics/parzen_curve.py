"""Parzen estimate against the number of generated images, and against the bandwidth.

The images arrive in blocks and are forgotten, so a million of them need no more memory than ten
thousand do.
"""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from gaebench import runs
from gaebench.data import Dataset
from gaebench.errors import Failed, require
from gaebench.estimate import Estimate, enough
from gaebench.mathematics.subset import evenly_spaced
from gaebench.mathematics.two_phase import difference_error
from gaebench.metrics import parzen
from gaebench.model import Model, generated

NEEDS = "model"
VERSION = 1
LABEL = "Parzen log-likelihood of many images"
UNIT = "nats"
BETTER = "higher"
DECIMALS = 2
DETAILS = {"curve": {"label": "Parzen log-likelihood by the number of images"}}

FIRST = 1000
"""The smallest number of images; also the largest bandwidth is found with it."""

BASE = 10_000
"""The number of images for which every test image is scored, as in Table 1."""

NARROWER = 12
"""Steps of the grid by which bandwidths may shrink as the images grow in number."""


class StreamingParzen:
    """log (1/n) sum_j N(x_i; c_j, s^2 I) with the centres c_j arriving in blocks.

    Parameters
    ----------
    images : Tensor, shape (m, pixels)
    bandwidths
        As those of :func:`gaebench.metrics.parzen.log_densities`.
    """

    def __init__(self, images: Tensor, bandwidths: list[float]) -> None:
        self.images, self.bandwidths, self.count = images, bandwidths, 0
        shape = (len(bandwidths), len(images))
        self.sums = torch.full(shape, -math.inf, dtype=torch.float64, device=images.device)

    def add(self, centres: Tensor) -> None:
        """Take in a block of centres, shape (k, pixels)."""
        block = parzen.log_densities(self.images, centres, self.bandwidths)
        self.sums = torch.logaddexp(self.sums, block + math.log(len(centres)))
        self.count += len(centres)

    def result(self) -> Tensor:
        """In nats, float64, shape (bandwidths, m)."""
        return self.sums - math.log(self.count)


def sizes(largest: int) -> list[int]:
    """1000, 2000, 5000, 10,000 and so on below ``largest``, then ``largest`` itself."""
    steps = (factor * 10**power for power in range(3, 20) for factor in (1, 2, 5))
    found = []
    for size in steps:
        if size >= largest:
            break
        found.append(size)
    return [*found, largest]


def blocks(ends: list[int], most: int = BASE) -> Iterator[tuple[int, int]]:
    """Start and stop of blocks of at most ``most`` images that end at each of ``ends``."""
    start = 0
    for end in ends:
        while start < end:
            stop = min(end, start + most)
            yield start, stop
            start = stop


def narrowing(widest: float, low: float, high: float, count: int) -> list[float]:
    """Bandwidths from one step above the widest down, in the ratio of a geometric grid."""
    ratio = (high / low) ** (1 / (count - 1))
    return [widest * ratio**-step for step in range(-1, NARROWER)]


@torch.no_grad()
def evaluate(
    source: Model,
    data: Dataset,
    generator: torch.Generator,
    *,
    samples: int = 1_000_000,
    images: int = 1000,
    validation: int = 1000,
    low: float = 0.1,
    high: float = 0.4,
    count: int = 20,
) -> Estimate:
    """The Parzen estimate at many numbers of generated images, each contained in the next.

    Parameters
    ----------
    source
        A model.
    data
        Grey images of a single fold.
    samples
        The largest number of generated images.
    images
        Test images, evenly spaced, that tell how the score grows: see Returns.
    validation, low, high, count
        As those of :func:`gaebench.metrics.parzen.evaluate`; the bandwidth is chosen anew at each
        number of images.

    Returns
    -------
    Estimate
        At ``samples`` images, in nats. Its detail ``curve`` has ``value``, ``sem`` and
        ``bandwidth`` by the number of images as text, ``grid`` the mean log density at
        ``bandwidths`` of all the ``valid`` and ``test`` images at 10,000 generated ones, or at
        ``samples`` where that is less.

        All test images are scored at 10,000 generated ones. At another number the score is that
        one plus the mean difference on the ``images``
        (:func:`gaebench.mathematics.two_phase.difference_error`).

    Raises
    ------
    SettingsError
        If the settings do not fit.
    Failed
        If the best bandwidth leaves the grid, or the model makes no images.
    """
    parzen.check_grid(validation, low, high, count)
    require(images >= 2, "images", images, "at least 2")
    require(samples >= FIRST, "samples", samples, f"at least {FIRST}")
    require(not len(data.test_fold), "data", "folds", "of a single fold for parzen_curve")
    grid = {"low": low, "high": high, "count": count}
    valid = torch.from_numpy(data.images("valid")[:validation]).to(source.device)
    test = torch.from_numpy(data.images("test")).to(source.device)
    some = test[evenly_spaced(len(test), images)]

    def sample(n: int) -> Tensor:
        drawn = generated(source, n, generator)
        runs.check_images(drawn, "the samples", data.pixels)
        return drawn

    return curve(sample, valid, test, some, samples, grid)


def curve(
    sample: Callable[[int], Tensor],
    valid: Tensor,
    test: Tensor,
    some: Tensor,
    samples: int,
    grid: dict,
) -> Estimate:
    """The curve of :func:`evaluate` from a function that gives n further images."""
    ends, base = sizes(samples), min(BASE, samples)
    first = sample(FIRST)
    widest, _ = parzen.best_bandwidth(valid, first, **grid)
    bandwidths = narrowing(widest, **grid)
    choosing, scoring = (StreamingParzen(part, bandwidths) for part in (valid, some))
    chosen, kept = {}, []
    for start, stop in blocks(ends):
        centres = sample(stop - start) if start else first
        choosing.add(centres)
        scoring.add(centres)
        kept += [centres] if stop <= base else []
        if stop in ends:
            best = _inside(choosing.result().mean(1), bandwidths, stop)
            chosen[stop] = bandwidths[best], scoring.result()[best]
    return _estimate(chosen, torch.cat(kept), valid, test, grid)


def _inside(means: Tensor, bandwidths: list[float], n: int) -> int:
    best = int(means.argmax())
    if not 0 < best < len(bandwidths) - 1:
        raise Failed(
            f"the best Parzen bandwidth at {n} images, {bandwidths[best]:.3g}, lies on the end of "
            "the grid: the samples are degenerate (all alike, or equal to validation images)"
        )
    return best


def _estimate(
    chosen: dict[int, tuple[float, Tensor]],
    centres: Tensor,
    valid: Tensor,
    test: Tensor,
    grid: dict,
) -> Estimate:
    """Scores of all test images at the base, and the differences from it elsewhere."""
    bandwidth, at_base = chosen[len(centres)]
    whole = parzen.log_densities(test, centres, [bandwidth])[0]
    points = {
        str(n): _point(whole, at_base, values - at_base) | {"bandwidth": s}
        for n, (s, values) in chosen.items()
    }
    nodes = torch.logspace(
        math.log10(grid["low"]), math.log10(grid["high"]), grid["count"], dtype=torch.float64
    ).tolist()
    by_bandwidth = {
        "images": len(centres),
        "bandwidths": nodes,
        "valid": parzen.log_densities(valid, centres, nodes).mean(1).tolist(),
        "test": parzen.log_densities(test, centres, nodes).mean(1).tolist(),
    }
    last = points[str(max(chosen))]
    return Estimate(last["value"], last["sem"], {"curve": points, "grid": by_bandwidth})


def _point(whole: Tensor, there: Tensor, differences: Tensor) -> dict[str, float]:
    """Value and standard error of a mean over all images plus a mean difference over some."""
    enough(len(differences), 2, "test images,", "parzen_curve")
    error = difference_error(*(part.cpu().numpy() for part in (whole, there, differences)))
    return {"value": (whole.mean() + differences.mean()).item(), "sem": error}
