"""Precision and recall (Kynkaanniemi et al. 2019, arXiv 1904.06991, eq. 1 and 2); density and
coverage (Naeem et al. 2020, arXiv 2002.09797, eq. 3 and 4). All in feature space.

Around every image lies the ball that reaches to the k-th nearest image of its own set. Precision is
the share of samples inside any real image's ball, recall that of real images inside any sample's
ball, density the number of real balls around a sample over k, and coverage the share of real
images with a sample in their ball.
"""

import torch
from torch import Tensor

from gaebench.data import Dataset
from gaebench.errors import require
from gaebench.estimate import Estimate, enough, enough_samples, mean_and_sem
from gaebench.features import Embedded
from gaebench.mathematics.neighbours import CHUNK, squared_distances, to_others

NEEDS = "features"
LEAST_SAMPLES = 2
VERSION = 1
LABEL = "coverage"
UNIT = ""
BETTER = "higher"
DECIMALS = 3
DETAILS = {
    "precision": {"label": "precision"},
    "recall": {"label": "recall"},
    "density": {"label": "density", "better": "near one"},
}


def prdc(real: Tensor, samples: Tensor, k: int) -> dict[str, Tensor]:
    """The four measures as values to be averaged.

    Parameters
    ----------
    real, samples : Tensor, shape (n, d) and (m, d)
    k
        Which neighbour a ball reaches to.

    Returns
    -------
    dict
        ``precision`` and ``density`` per sample, shape (m,); ``recall`` and ``coverage`` per real
        image, shape (n,).
    """
    real_radii, sample_radii = (to_others(points, k).square() for points in (real, samples))
    balls = torch.zeros(len(samples), device=samples.device)
    recalled, covered = [], []
    for block, radii in zip(squared_distances(real, samples), real_radii.split(CHUNK), strict=True):
        inside = block <= radii.unsqueeze(1)
        balls += inside.sum(0)
        covered.append(inside.any(1))
        recalled.append((block <= sample_radii).any(1))
    return {
        "precision": (balls > 0).double(),
        "recall": torch.cat(recalled).double(),
        "density": balls.double() / k,
        "coverage": torch.cat(covered).double(),
    }


def evaluate(
    source: Embedded, data: Dataset, generator: torch.Generator, *, neighbours: int = 5
) -> Estimate:
    """Coverage of the test images, with ``precision``, ``recall`` and ``density`` as estimates.

    Parameters
    ----------
    neighbours
        k.

    Returns
    -------
    Estimate
        Of fresh images, precision and recall are near one, density is one, and coverage is
        1 - 2^-k for as many samples as there are test images, and many (Naeem et al., lemma 2).

    Raises
    ------
    SettingsError
        If there are fewer than two samples or test images, or no k-th neighbour.
    """
    enough_samples(len(source.samples.features), LEAST_SAMPLES, "prdc")
    enough(len(source.real["test"].features), 2, "test images,", "prdc")
    real = torch.from_numpy(source.real["test"].features).to(generator.device)
    samples = torch.from_numpy(source.samples.features).to(generator.device)
    fewest = min(len(real), len(samples))
    require(1 <= neighbours < fewest, "neighbours", neighbours, f"between 1 and {fewest - 1}")
    found = {
        name: mean_and_sem(values.cpu().numpy())
        for name, values in prdc(real, samples, neighbours).items()
    }
    coverage = found.pop("coverage")
    details = {name: {"value": each.value, "sem": each.sem} for name, each in found.items()}
    return Estimate(coverage.value, coverage.sem, details)
