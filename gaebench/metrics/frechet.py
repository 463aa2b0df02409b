"""Frechet distance between Gaussians fitted to generated and to test images in feature space.

d^2 = |m_1 - m_2|^2 + tr(C_1 + C_2 - 2 (C_1^(1/2) C_2 C_1^(1/2))^(1/2)) (Dowson & Landau 1982),
after Heusel et al. 2017 (arXiv 1706.08500). Their features are Inception's, so their numbers and
these do not compare.
"""

import numpy as np
import torch

from gaebench.data import Dataset
from gaebench.errors import require
from gaebench.estimate import Estimate, enough, enough_samples
from gaebench.features import Embedded

NEEDS = "features"
LEAST_SAMPLES = 2
VERSION = 1
LABEL = "Frechet distance"
UNIT = ""
BETTER = "lower"
DECIMALS = 2


def moments(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean, shape (d,), and covariance, shape (d, d), in float64."""
    points = np.asarray(points, dtype=np.float64)
    return points.mean(0), np.cov(points, rowvar=False).reshape(2 * points.shape[1:])


def squared_distance(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]
) -> float:
    """The squared Frechet distance between two Gaussians, each a mean and a covariance."""
    (mean_1, cov_1), (mean_2, cov_2) = first, second
    values, vectors = np.linalg.eigh(cov_1)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ cov_2 @ root).clip(0)).sum()
    shift = np.square(mean_1 - mean_2).sum()
    return float(max(0.0, shift + np.trace(cov_1) + np.trace(cov_2) - 2 * cross))


def evaluate(
    source: Embedded, data: Dataset, generator: torch.Generator, *, resamples: int = 50
) -> Estimate:
    """Squared Frechet distance of the samples from the test images; lower is better.

    Parameters
    ----------
    resamples
        Bootstrap resamples of the samples behind the standard error.

    Returns
    -------
    Estimate
        With ``floor``, the same distance of as many training images, evenly spaced.

    Raises
    ------
    SettingsError
        If there are fewer than two samples, training or test images: one has no covariance.
    """
    require(resamples >= 2, "resamples", resamples, "at least 2")
    enough_samples(len(source.samples.features), LEAST_SAMPLES, "frechet")
    for split in ("train", "test"):
        enough(len(source.real[split].features), 2, f"{split} images,", "frechet")
    samples, train = source.samples.features, source.real["train"].features
    test = moments(source.real["test"].features)
    rows = np.linspace(0, len(train) - 1, min(len(samples), len(train))).round().astype(int)
    again = [
        squared_distance(moments(samples[_resample(len(samples), generator)]), test)
        for _ in range(resamples)
    ]
    return Estimate(
        squared_distance(moments(samples), test),
        float(np.std(again, ddof=1)),
        {"floor": squared_distance(moments(train[rows]), test)},
    )


def _resample(n: int, generator: torch.Generator) -> np.ndarray:
    device = generator.device
    return torch.randint(n, (n,), generator=generator, device=device).cpu().numpy()
