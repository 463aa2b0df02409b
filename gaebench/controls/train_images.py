"""Training images themselves: what a model gives that only copies."""

import numpy as np
import torch

from gaebench.data import Dataset

LABEL = "training images"
NOTE = (
    "Drawn without replacement, as many as a model's images; where there are fewer, as on the ORL "
    "faces, all of them."
)


def images(data: Dataset, n: int, generator: torch.Generator) -> np.ndarray:
    """n training images, drawn without replacement; all of them where there are fewer.

    Returns
    -------
    ndarray of float32, shape (up to n, pixels)
        Pixels in [0, 1].
    """
    drawn = torch.randperm(len(data.train), generator=generator, device=generator.device)[:n]
    return data.images("train")[drawn.cpu().numpy()]
