"""Trained models as files, and images drawn from them."""

import io
import math
import pickle
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gaebench import failures, formats, plugins
from gaebench.data import Dataset
from gaebench.errors import (
    DataError,
    Failed,
    GaebenchError,
    ShortOfMemory,
    described,
    is_of_memory,
)
from gaebench.files import whole, write_bytes
from gaebench.identity import record
from gaebench.model import ImageSpec, Model, generated
from gaebench.processes.surroundings import undisturbed
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


def build(
    data: Dataset, family: str, settings: dict, generator: torch.Generator, device: str = "cpu"
) -> Model:
    """A model for the images of a data set, with weights drawn from ``generator``."""
    spec = ImageSpec(data.pixels, data.binary)
    model = plugins.model(family)(spec, generator, **settings).to(device)
    model.spec = spec
    return model


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
    model = build(data, family, settings, stream(0, "unused"), device)
    model.start(torch.from_numpy(data.images("train")).to(device))
    load_weights(model, path, "model")
    model.eval()
    return model


def load_weights(model: nn.Module, path: str | Path, what: str, remedy: str = "") -> None:
    """Take over the weights in a file written by :func:`save`, if they are wholly right.

    Parameters
    ----------
    what
        What the weights are of, for the message: ``model``, ``classifier``.
    remedy
        For the message, where they are not this benchmark's own.

    Raises
    ------
    DataError
        If the file is missing or damaged, or its weights have other names, shapes or types than the
        model's, or are not finite, or it is another than its identity says.
    ShortOfMemory
        If the file claims more than there is.
    """
    record.refuse(path)
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
        reason = _unfit(weights, model.state_dict())
    except pickle.UnpicklingError as error:
        whole_model = "it holds other Python objects than weights, such as a whole model"
        reason = whole_model if "GLOBAL" in str(error) else "it is damaged, or not torch's"
    except Exception as error:
        if is_of_memory(error):
            raise ShortOfMemory(error) from error
        reason = str(error).partition("\n")[0] or type(error).__name__
    if reason:
        remedy = remedy or f"Delete it and run again: the {what} is trained anew."
        raise DataError(f"{path} does not hold this {what}'s weights ({reason}). {remedy}")
    model.load_state_dict(weights)


def _unfit(weights: dict[str, Tensor], expected: dict[str, Tensor]) -> str:
    """Why weights cannot be those of a model that has others now; empty if they can."""
    if not isinstance(weights, dict) or not all(isinstance(name, str) for name in weights):
        return f"it holds {described(weights)}, and no mapping of names to tensors"
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
    """n generated images as :func:`stored`.

    Raises
    ------
    GaebenchError
        If the model makes no images.
    """
    with undisturbed(type(model)):
        means = generated(model, n, generator).cpu().numpy()
    return stored(means, f"the images of {type(model).__name__}")


def stored(images: np.ndarray, whose: str) -> np.ndarray:
    """Images as files hold them: uint16, white = 65535, shape (n, pixels).

    Half the bytes of float32, and a rounding far below what a Parzen estimate can see.

    Parameters
    ----------
    images
        Pixels in [0, 1].
    whose
        What they are called in messages.

    Raises
    ------
    GaebenchError
        As :func:`check_images`.
    """
    images = np.asarray(images)
    check_images(images, whose)
    wide = images.dtype in (np.float32, np.float64)
    means = images if wide else images.astype(np.float32)
    return np.round(means * WHITE).astype(np.uint16)


def check_images(
    images: np.ndarray | Tensor, whose: str = "the images", pixels: int | None = None
) -> None:
    """Nothing is stored or scored that is no image, whoever made it.

    Parameters
    ----------
    images
        What should be images of shape (n, pixels), n at least 1, its pixels in [0, 1].
    whose
        What they are called in the message.
    pixels
        How many each must have, where that is known.

    Raises
    ------
    Failed
        If they are not finite.
    GaebenchError
        If they are anything else that is no image.
    """
    shape = tuple(getattr(images, "shape", ()))
    if len(shape) != 2 or 0 in shape or (pixels and shape[1] != pixels):
        raise GaebenchError(
            f"{whose} must have the shape (n, {pixels or 'pixels'}), n at least 1, not {shape}"
        )
    if isinstance(images, np.ndarray) and images.dtype.kind not in "buif":
        raise GaebenchError(f"{whose} must be real numbers, not {images.dtype}")
    low, high = float(images.min()), float(images.max())
    if low >= 0 and high <= 1:
        return
    if not (math.isfinite(low) and math.isfinite(high)):
        raise Failed(
            f"{whose} are not finite: they have pixels that are {_odd(images)}. Where a model made "
            "them, train it with a lower learning_rate"
        )
    raise GaebenchError(
        f"{whose} must have pixels in [0, 1], 0 black and 1 white; theirs are {low:g} to {high:g}"
    )


def _odd(images: np.ndarray | Tensor) -> str:
    return "NaN" if (images != images).any() else "infinite"


def save_samples(samples: np.ndarray, path: str | Path) -> None:
    """Write images as ``.npy``: those of :func:`stored` as they are, others as it makes them."""
    if samples.dtype != np.uint16:
        samples = stored(samples, "the images")
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
        If the file is missing or damaged, or holds something else, or is another than its identity
        says.
    """
    record.refuse(path)
    failures.refuse(path)
    try:
        samples = formats.read_npy(path)
    except DataError as error:
        raise DataError(f"{path} holds no samples ({error}). Delete it and run again.") from error
    shape = samples.shape
    if len(shape) != 2 or not len(samples) or shape[1] != pixels:
        raise DataError(f"{path} must hold an array of shape (n, {pixels}), not {shape}")
    if np.issubdtype(samples.dtype, np.unsignedinteger):
        return samples.astype(np.float32) / np.float32(np.iinfo(samples.dtype).max)
    floating = np.issubdtype(samples.dtype, np.floating)
    if not (floating and samples.min() >= 0 and samples.max() <= 1):
        raise DataError(f"{path} must hold pixels in [0, 1]; it has others, or NaN")
    return samples.astype(np.float32)
