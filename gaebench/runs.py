"""Trained models as files, and images drawn from them."""

import io
from pathlib import Path

import numpy as np
import torch

from gaebench import failures, plugins
from gaebench.data import Dataset
from gaebench.errors import DataError
from gaebench.files import whole, write_bytes
from gaebench.model import ImageSpec, Model
from gaebench.seeding import stream

WHITE = np.iinfo(np.uint16).max


def save(model: Model, path: str | Path) -> None:
    """Write a model's weights: the same weights give the same bytes."""
    buffer = io.BytesIO()
    torch.save({name: value.cpu() for name, value in model.state_dict().items()}, buffer)
    write_bytes(path, buffer.getvalue())


def restore(
    path: str | Path, data: Dataset, family: str, settings: dict, device: str = "cpu"
) -> Model:
    """A trained model, ready to sample and to score.

    Parameters
    ----------
    path
        Written by :func:`save`.
    data
        The data set it was trained on: some models keep their training images.
    family, settings
        As in training.

    Raises
    ------
    DataError
        If the file is missing, damaged, or belongs to other settings.
    """
    failures.refuse(path)
    spec = ImageSpec(data.pixels, data.binary)
    model = plugins.model(family)(spec, stream(0, "unused"), **settings).to(device)
    model.spec = spec
    model.start(torch.from_numpy(data.images("train")).to(device))
    try:
        model.load_state_dict(torch.load(path, map_location=device, weights_only=True))
    except Exception as error:
        reason = str(error).splitlines()[0]
        raise DataError(
            f"{path} does not hold this model's weights ({reason}). Delete it and run again: "
            "the model is trained anew."
        ) from error
    return model.eval()


def sample(model: Model, n: int, generator: torch.Generator) -> np.ndarray:
    """n generated images, pixel means as uint16 of shape (n, pixels), white = 65535.

    Half the bytes of float32, and a rounding far below what a Parzen estimate can see.
    """
    means = model.sample(n, generator).cpu().numpy()
    return np.round(means * WHITE).astype(np.uint16)


def save_samples(samples: np.ndarray, path: str | Path) -> None:
    """Write samples as ``.npy``."""
    with whole(path) as part, open(part, "wb") as file:
        np.save(file, samples)


def load_samples(path: str | Path, pixels: int) -> np.ndarray:
    """Generated images of any origin as float32 in [0, 1], shape (n, pixels).

    Parameters
    ----------
    path
        A ``.npy`` file: integers that reach their type's largest value at white (uint8, uint16),
        or floats in [0, 1].
    pixels
        Of the data set that they are to be compared with.

    Raises
    ------
    DataError
        If the file is missing or damaged, or holds something else.
    """
    failures.refuse(path)
    try:
        samples = np.load(path)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path} holds no samples ({error}). Delete it and run again.") from error
    shape = getattr(samples, "shape", ())
    if len(shape) != 2 or not len(samples) or shape[1] != pixels:
        raise DataError(f"{path} must hold an array of shape (n, {pixels}), not {shape}")
    if np.issubdtype(samples.dtype, np.unsignedinteger):
        return samples.astype(np.float32) / np.float32(np.iinfo(samples.dtype).max)
    floating = np.issubdtype(samples.dtype, np.floating)
    if not (floating and samples.min() >= 0 and samples.max() <= 1):
        raise DataError(f"{path} must hold pixels in [0, 1]; it has others, or NaN")
    return samples.astype(np.float32)
