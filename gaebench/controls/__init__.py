"""Images that no model made, scored as if one had: what a metric gives for a known answer.

A file has ``LABEL``, ``NOTE`` (empty or a remark) and

``images(data, n, generator, *, settings...) -> ndarray``

which gives at most n images as float32 in [0, 1], shape (up to n, pixels), and draws from
``generator`` alone; a data set that it makes no sense for it refuses with a ``SettingsError``.
"""

import numpy as np
import torch

from gaebench import plugins
from gaebench.data import Dataset
from gaebench.errors import described
from gaebench.processes.surroundings import undisturbed


def made(
    control: str, data: Dataset, n: int, generator: torch.Generator, settings: dict
) -> np.ndarray:
    """The images of a control.

    Raises
    ------
    PluginFault
        If it gives no images of the data set's size, or too many, or draws from a global stream.
    """
    make = plugins.load("controls", control).images
    with undisturbed(make):
        found = make(data, n, generator, **settings)
    wanted = f"must give 1 to {n} images as float32 of shape (n, {data.pixels})"
    if not isinstance(found, np.ndarray):
        raise plugins.fault(make, f"{wanted}, not {described(found)}")
    right = found.ndim == 2 and 1 <= len(found) <= n and found.shape[1] == data.pixels
    if not right or found.dtype != np.float32:
        raise plugins.fault(make, f"{wanted}, not {found.dtype} of {found.shape}")
    return found
