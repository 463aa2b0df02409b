"""How far the classes of generated images are from those of real ones: mode collapse shows."""

import math

import numpy as np
import torch

from gaebench.data import Dataset
from gaebench.estimate import Estimate, enough_samples
from gaebench.features import Embedded

NEEDS = "features"
LEAST_SAMPLES = 2
VERSION = 1
LABEL = "class histogram"
UNIT = ""
BETTER = "lower"
DECIMALS = 3


def evaluate(source: Embedded, data: Dataset, generator: torch.Generator) -> Estimate:
    """Total variation, 0 to 1, between class shares of samples and of training images.

    Both are as classified, so that the classifier's own preferences cancel.

    Returns
    -------
    Estimate
        With ``counts`` of the samples and the number of ``missing`` classes, those with less than
        a tenth of their share.

    Raises
    ------
    SettingsError
        If there are fewer than two samples.
    """
    enough_samples(len(source.samples.features), LEAST_SAMPLES, "class_histogram")
    real = source.real["train"].classes
    counts = np.bincount(source.samples.classes, minlength=real.max() + 1)
    expected = np.bincount(real, minlength=len(counts)) / len(real)
    found = counts / counts.sum()
    # (1/2) sum_k |p_k - q_k| = (1/2) sum_k s_k (p_k - q_k): a mean of s_k / 2 over the samples.
    signs = np.sign(found - expected)[source.samples.classes] / 2
    return Estimate(
        float(np.abs(found - expected).sum() / 2),
        float(signs.std() / math.sqrt(len(signs))),
        {"counts": counts.tolist(), "missing": int((found < expected / 10).sum())},
    )
