"""Foreign images as the benchmark scores them: as many as it compares at, rounded as its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaebench import runs
from gaebench.data import Dataset
from gaebench.errors import DataError, Failed
from gaebench.foreign import files, looks, pixels


@dataclass(frozen=True)
class Foreign:
    """Images that another model made.

    Attributes
    ----------
    images : ndarray of float32, shape (n, pixels)
        In [0, 1], to 16 bits, as the benchmark's own are stored.
    given : int
        How many there were.
    wanted : int
        How many the benchmark compares at; n is no more.
    remarks : tuple of str
        What is odd about them.
    """

    images: np.ndarray
    given: int
    wanted: int
    remarks: tuple[str, ...] = ()

    @property
    def comparable(self) -> bool:
        """Whether there are as many as models are compared at."""
        return len(self.images) == self.wanted

    def require_comparable(self) -> None:
        """Raise :class:`Failed` unless there are as many as that."""
        if not self.comparable:
            raise Failed(
                f"there are {self.given:,} images, and a table compares models at {self.wanted:,}"
            )


def read(path: str | Path, data: Dataset, wanted: int) -> Foreign:
    """Images from a file, see :func:`gaebench.foreign.files.array` and :func:`fitted`.

    Raises
    ------
    DataError
        If they cannot be scored; the message names the file.
    """
    array, remarks = files.array(path, data.shape)
    try:
        return fitted(array, data, wanted, remarks)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def fitted(array: np.ndarray, data: Dataset, wanted: int, remarks: Iterable[str] = ()) -> Foreign:
    """An array of images as the benchmark scores it.

    Parameters
    ----------
    array
        As :func:`gaebench.foreign.pixels.scaled` takes it.
    data
        The data set that they are compared with.
    wanted
        How many are scored; of more, evenly spaced ones.
    remarks
        What is known of them already.

    Raises
    ------
    DataError
        If they cannot be scored.
    """
    array = np.asarray(array)
    if reason := _own_levels(array, data.levels):
        raise DataError(reason)
    found, changed = pixels.scaled(array, data.shape, data.binary, wanted)
    given = len(array)
    if given < 2:
        raise DataError("one image alone cannot be scored: give at least 2")
    images = _fractions(runs.stored(found, "the images"))
    odd = [*_number(given, wanted), *looks.remarks(images, data)]
    return Foreign(images, given, wanted, (*remarks, *changed, *odd))


def drawn(stored: np.ndarray, data: Dataset) -> Foreign:
    """Images that a model made, as :func:`gaebench.runs.sample` gives them: nothing to guess."""
    images = _fractions(stored)
    return Foreign(images, len(images), len(images), tuple(looks.remarks(images, data)))


def _fractions(stored: np.ndarray) -> np.ndarray:
    return stored.astype(np.float32) / np.float32(runs.WHITE)


def _own_levels(array: np.ndarray, levels: int) -> str:
    """Why integers are not those of their type; empty unless they seem a data set's own levels."""
    if levels in (1, 255) or array.dtype.kind not in "ui" or not array.size or array.max() > levels:
        return ""
    return (
        f"is {array.dtype} with no value above {levels}, the data set's own white, and not the "
        f"type's: give fractions, divided by {levels}"
    )


def _number(given: int, wanted: int) -> list[str]:
    if given > wanted:
        return [f"{given:,} images: {wanted:,} of them are scored, evenly spaced"]
    if given < wanted:
        return [
            f"{given:,} images, but models are compared at {wanted:,}: every number here depends "
            "on how many there are (a Parzen score is lower, a Frechet distance larger with fewer)"
        ]
    return []
