"""An array of images in any usual form as pixels in [0, 1], or a word on why it is none."""

import numpy as np

from gaebench.errors import DataError
from gaebench.mathematics.subset import evenly_spaced

WHITE = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535}
OVERSHOOT = 1e-3
"""Pixels so little beyond [0, 1] are rounding, and cut."""
NEAR = 0.5
"""Pixels no further beyond [0, 1] are not on another scale."""
DARK = 1 / 128
"""Grey images that reach no further are taken for ones scaled twice."""


def scaled(
    array: np.ndarray, shape: tuple[int, int], binary: bool, wanted: int | None = None
) -> tuple[np.ndarray, list[str]]:
    """Images as pixels. All are checked; memory is taken for those alone that are wanted.

    Parameters
    ----------
    array : ndarray
        Booleans, uint8, uint16 or floats, of any byte order, shape (n, height * width), (n, height,
        width), or the latter with a channel in front or behind.
    shape : (height, width)
        Of the data set's images.
    binary
        Whether those are bits.
    wanted
        How many are converted; of more, evenly spaced ones. None for all.

    Returns
    -------
    (pixels, remarks)
        Float32 or float64 in [0, 1], shape (n, height * width). What was changed, one line each.

    Raises
    ------
    DataError
        If it is anything else. The message says what it looks like, and the remedy.
    """
    kind = array.dtype.kind
    if kind not in "buif":
        raise DataError(f"must hold numbers, not values of type {array.dtype}")
    images, remarks = _images(array, shape)
    white, further = _floats(images) if kind == "f" else (_white(images, binary), [])
    chosen = images[evenly_spaced(len(images), wanted or len(images))]
    rows = chosen.reshape(len(chosen), shape[0] * shape[1])
    wide = kind == "f" and array.dtype.itemsize == 8
    pixels = rows.astype(np.float64 if wide else np.float32)
    if kind == "f":
        return pixels.clip(0, 1), remarks + further
    return pixels / np.float32(white) if white > 1 else pixels, remarks


def _images(array: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, list[str]]:
    """Without the channel, and without a copy: shape (n, pixels), (n, height, width) or alike."""
    height, width = shape
    found, pixels = array.shape, height * width
    if 0 in found or len(found) < 2:
        raise DataError(f"has the shape {found}: there are no images in it; {_wanted(shape)}")
    if found[1:] in ((pixels,), (height, width), (1, height, width), (height, width, 1)):
        return array, []
    if found[1:] in ((3, height, width), (height, width, 3)):
        channels = np.moveaxis(array, 1 if found[1] == 3 else -1, 0)
        if (channels[0] == channels[1]).all() and (channels[0] == channels[2]).all():
            remark = "three equal channels: one of them is taken"
            return channels[0], [remark]
        raise DataError("the images are in colour; the data set's are grey")
    raise DataError(f"has the shape {found}: {_guess(found, shape)}{_wanted(shape)}")


def _guess(found: tuple[int, ...], shape: tuple[int, int]) -> str:
    height, width = shape
    if found == shape:
        return "a single image, and one cannot be scored; "
    if len(found) == 2 and found[0] == height * width:
        return "the images lie in columns, transpose it (array.T); "
    if found[:2] == shape:
        return "the images lie along the last axis (numpy.moveaxis(array, -1, 0)); "
    return ""


def _wanted(shape: tuple[int, int]) -> str:
    height, width = shape
    return (
        f"the data set asks for (n, {height * width}) or (n, {height}, {width}), with a channel "
        "or without"
    )


def _white(images: np.ndarray, binary: bool) -> int:
    """The value that white has."""
    low, high = int(images.min()), int(images.max())
    kind = images.dtype.newbyteorder("=")
    if kind.kind == "b" or (low >= 0 and high <= 1 and binary):
        return 1
    if kind not in WHITE:
        raise DataError(
            f"is {kind}, which does not say what white is: give uint8 (white = 255), uint16 "
            f"(65535) or floats in [0, 1]. Its values are {low} to {high}"
        )
    white = WHITE[kind]
    if high == 0:
        raise DataError("every pixel is 0: all images are black")
    if high <= 1:
        raise DataError(
            f"is {kind} with no value above 1, but white is {white}: are these bits? "
            f"Multiply by {white}"
        )
    if kind == np.uint16 and high <= 255:
        raise DataError(
            f"is uint16 with no value above {high}, but white is 65535: bytes? Make it uint8"
        )
    return white


def _floats(images: np.ndarray) -> tuple[int, list[str]]:
    """The value that white has, and what is cut."""
    low, high = float(images.min()), float(images.max())
    if not np.isfinite([low, high]).all():
        odd = sum(not np.isfinite(image).all() for image in images)
        raise DataError(f"has NaN or infinite pixels, in {odd} of {len(images)} images")
    if low >= -OVERSHOOT and high <= 1 + OVERSHOOT:
        if high <= 0:
            raise DataError("no pixel is above 0: all images are black")
        if high <= DARK:
            raise DataError(f"no pixel is above {high:.2g}: were they divided by 255 twice?")
        beyond = low < 0 or high > 1
        return 1, [f"pixels from {low:.3g} to {high:.6g} cut to [0, 1]"] if beyond else []
    raise DataError(
        f"pixels must be in [0, 1], and these are {low:.4g} to {high:.4g}: {_meant(low, high)}"
    )


def _meant(low: float, high: float) -> str:
    if low >= -NEAR and high <= 1 + NEAR:
        return "beyond black and white, as after a resize? Cut them: x.clip(0, 1)"
    if low >= 0 and high <= 255.5:
        return f"grey levels up to {high:.4g}? Divide by what white is, such as 255"
    if low >= -1 - OVERSHOOT and high <= 1 + OVERSHOOT:
        return "from -1 for black to 1 for white? Take (x + 1) / 2"
    if low < -1 and high > 1:
        return "logits? Apply a sigmoid; standardised pixels? Take that back"
    return "0 is black, 1 is white"
