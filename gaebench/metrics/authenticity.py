"""Authenticity: the share of generated images that are no noisy copies of a training image (Alaa et
al. 2022, arXiv 2102.08921, section 4.3), in feature space.
"""

import torch

from gaebench.data import Dataset
from gaebench.estimate import Estimate, enough, enough_samples, mean_and_sem
from gaebench.features import Embedded
from gaebench.mathematics.neighbours import nearest, to_others

NEEDS = "features"
LEAST_SAMPLES = 2
VERSION = 1
LABEL = "authenticity"
UNIT = ""
BETTER = ""
DECIMALS = 3


def authentic(samples: torch.Tensor, train: torch.Tensor) -> torch.Tensor:
    """Whether each sample is further from its nearest training image than that one from its own.

    Parameters
    ----------
    samples, train : Tensor, shape (m, d) and (n, d)

    Returns
    -------
    Tensor of bool, shape (m,)
    """
    distances, indices = nearest(samples, train)
    own, inverse = indices.unique(return_inverse=True)
    return distances > to_others(train, 1, own)[inverse]


def evaluate(source: Embedded, data: Dataset, generator: torch.Generator) -> Estimate:
    """The share of authentic samples: 0 of copies, 1 of images unlike any training image.

    A fresh image is authentic unless it and its nearest training image are mutual nearest
    neighbours. Of points that are locally uniform 1/3 to 1/2 are authentic, by their dimensions;
    hubs, training images that are the nearest of many, raise that. Held-out images tell.

    Raises
    ------
    SettingsError
        If there are fewer than two samples, or than two training images.
    """
    enough_samples(len(source.samples.features), LEAST_SAMPLES, "authenticity")
    enough(len(source.real["train"].features), 2, "training images,", "authenticity")
    parts = (source.samples.features, source.real["train"].features)
    samples, train = (torch.from_numpy(part).to(generator.device) for part in parts)
    return mean_and_sem(authentic(samples, train).double().cpu().numpy())
