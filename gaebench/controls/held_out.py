"""Real images that were neither trained on, nor looked at to choose anything, nor tested.

What a perfect model gives: a test of copying must not flag them.
"""

import numpy as np
import torch

from gaebench.data import Dataset
from gaebench.errors import SettingsError

LABEL = "held-out images"
NOTE = (
    "Validation images that chose neither epoch nor bandwidth, at most as many as a model's "
    "images; the ORL faces have none to spare."
)


def images(data: Dataset, n: int, generator: torch.Generator, *, skip: int = 1000) -> np.ndarray:
    """The first n validation images after those that choose epochs and bandwidths.

    Parameters
    ----------
    data
        Of a single fold: in several, the validation images of one are test images of others.
    n
        Where there are fewer, all of them: 9,000 of MNIST's 10,000.
    generator
        Nothing is drawn.
    skip
        The validation images, the first, that choose something.

    Returns
    -------
    ndarray of float32, shape (up to n, pixels)
        Pixels in [0, 1].

    Raises
    ------
    SettingsError
        If no image is left, or the data set has folds.
    """
    if len(data.valid_fold):
        raise SettingsError("held-out: the data set has folds, so no image is held out of them all")
    if len(data.valid) <= skip:
        raise SettingsError(
            f"held-out: all {len(data.valid)} validation images are among the first {skip}, which "
            "choose epochs and bandwidths. Leave this data set out of controls.held-out.datasets"
        )
    return data.images("valid")[skip : skip + n]
