"""Whether the nearest real image of a sample is a training image more often than chance has it.

Training and test images are exchangeable to a generator that has learnt their distribution, however
smooth or poor its images are: of n training and m test images, a training image is then the nearest
with probability f = n / (n + m). Tests on distances to training images alone (C_T, authenticity)
lack this control and take smooth images for copies.
"""

import math

import numpy as np
import torch

from gaebench import runs
from gaebench.data import Dataset
from gaebench.estimate import Estimate
from gaebench.mathematics.neighbours import nearest

NEEDS = "samples"
VERSION = 1
LABEL = "nearest image"
UNIT = ""
BETTER = ""
DECIMALS = 2


def evaluate(source: np.ndarray, data: Dataset, generator: torch.Generator) -> Estimate:
    """(s - f) / (1 - f), with s the share of samples nearest to a training image, between pixels.

    Zero for fresh images, one for copies, c for samples of which a share c are copies.

    Returns
    -------
    Estimate
        Its error is the standard deviation for fresh images, over which of the real images happen
        to be training images: samples with the same nearest image are one draw. With ``share`` s
        and the ``fair`` one, f.

    Raises
    ------
    GaebenchError
        If the samples are none, of another size, or no images.
    """
    runs.check_images(source, "the samples", data.pixels)
    real = np.concatenate([data.images("train"), data.images("test")])
    fair = len(data.train) / len(real)
    samples, real = (torch.from_numpy(part).to(generator.device) for part in (source, real))
    indices = nearest(samples, real)[1].cpu().numpy()
    share = float((indices < len(data.train)).mean())
    draws = np.bincount(indices) / len(indices)
    error = math.sqrt(fair * (1 - fair) * np.square(draws).sum())
    details = {"share": share, "fair": fair}
    return Estimate((share - fair) / (1 - fair), error / (1 - fair), details)
