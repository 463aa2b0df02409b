"""Trained models as files, and images drawn from them."""

import io
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gaebench import plugins
from gaebench.data import Dataset
from gaebench.errors import DataError
from gaebench.files import whole, write_bytes
from gaebench.model import ImageSpec, Model
from gaebench.seeding import stream

WHITE = np.iinfo(np.uint16).max


def save(model: nn.Module, path: str | Path) -> None:
    """Write a model's weights: the same weights give the same bytes.

    Raises
    ------
    DataError
        If a weight is not finite.
    """
    weights = {name: value.cpu() for name, value in model.state_dict().items()}
    if reason := _unfit(weights, weights):
        raise DataError(
            f"{path} is not written: {reason}. The usual cause is too large a learning rate: "
            "lower it and run again."
        )
    buffer = io.BytesIO()
    torch.save(weights, buffer)
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
    spec = ImageSpec(data.pixels, data.binary)
    model = plugins.model(family)(spec, stream(0, "unused"), **settings).to(device)
    model.start(torch.from_numpy(data.images("train")).to(device))
    load_weights(model, path, "model")
    return model.eval()


def load_weights(model: nn.Module, path: str | Path, what: str) -> None:
    """Take over the weights in a file written by :func:`save`, if they are wholly right.

    Parameters
    ----------
    what
        What the weights are of, for the message: ``model``, ``classifier``.

    Raises
    ------
    DataError
        If the file is missing or damaged, or its weights have other names, shapes or types than the
        model's, or are not finite.
    """
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
        reason = _unfit(weights, model.state_dict())
    except Exception as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
    if reason:
        raise DataError(
            f"{path} does not hold this {what}'s weights ({reason}). Delete it and run again: "
            f"the {what} is trained anew."
        )
    model.load_state_dict(weights)


def _unfit(weights: dict[str, Tensor], expected: dict[str, Tensor]) -> str:
    """Why weights cannot be those of a model that has others now; empty if they can."""
    if missing := weights.keys() ^ expected.keys():
        return f"{min(missing)} is in one and not in the other"
    for name, value in weights.items():
        has, wanted = ((tuple(v.shape), v.dtype) for v in (value, expected[name]))
        if has != wanted:
            return "{} has shape {} and type {}, not {} and {}".format(name, *has, *wanted)
        if not value.isfinite().all():
            return f"{name} is not finite everywhere"
    return ""


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
