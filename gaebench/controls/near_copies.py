"""Training images with a little noise: copies that are not equal to what they copy."""

import numpy as np
import torch

from gaebench.controls import train_images
from gaebench.data import Dataset
from gaebench.errors import require

LABEL = "training images, noisy"
NOTE = "With a little Gaussian noise on every pixel: copies that are not equal to what they copy."


def images(data: Dataset, n: int, generator: torch.Generator, *, noise: float = 0.05) -> np.ndarray:
    """n training images, drawn without replacement, with Gaussian noise.

    Parameters
    ----------
    noise
        Its standard deviation, in pixels of [0, 1]; what leaves the range is clipped.

    Returns
    -------
    ndarray of float32, shape (up to n, pixels)
        Pixels in [0, 1].
    """
    require(noise > 0, "noise", noise, "positive")
    copies = torch.from_numpy(train_images.images(data, n, generator)).to(generator.device)
    draws = torch.randn(copies.shape, generator=generator, device=generator.device)
    return (copies + noise * draws).clamp_(0, 1).cpu().numpy()
