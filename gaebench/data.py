"""What every data set looks like once prepared: images as bytes, three splits, folds."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from numbers import Integral
from pathlib import Path

import numpy as np

from gaebench import formats
from gaebench.errors import DataError, described
from gaebench.files import whole
from gaebench.identity import record

SPLITS = ("train", "valid", "test")
BYTE = 255
"""The largest grey level that an image can hold."""


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _none() -> np.ndarray:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Dataset:
    """Images in three splits.

    Attributes
    ----------
    train, valid, test : ndarray of uint8, shape (n, height * width)
        Grey levels 0 ... ``levels``, rows flattened in C order.
    shape : (height, width)
    levels : int
        The value that stands for white: 255 for grey images, 1 for binary ones.
    train_labels, valid_labels, test_labels : ndarray of int64, shape (n,) or (0,)
        Classes, or empty where the data set has none.
    valid_fold, test_fold : ndarray of int64, shape (n,) or (0,)
        The fold each image belongs to; empty means a single fold.
    """

    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray
    shape: tuple[int, int]
    levels: int = 255
    train_labels: np.ndarray = field(default_factory=_none)
    valid_labels: np.ndarray = field(default_factory=_none)
    test_labels: np.ndarray = field(default_factory=_none)
    valid_fold: np.ndarray = field(default_factory=_none)
    test_fold: np.ndarray = field(default_factory=_none)

    def __post_init__(self) -> None:
        self._check_format()
        for split in SPLITS:
            self._check(split)
        if len(self.train_labels) and not len(self.valid_labels):
            raise DataError("there are train_labels, and no valid_labels: give both or none")
        known = (self.train_labels >= 0) & (self.train_labels < len(self.train))
        if not known.all():
            raise DataError(
                "train_labels must be classes from 0 on, no more than there are images, not "
                f"{self.train_labels[~known][0]}: give none if some images have none"
            )
        if len(self.test_fold) and {*self.valid_fold.tolist()} != {*self.test_fold.tolist()}:
            raise DataError("valid_fold and test_fold must name the same folds")

    def _check_format(self) -> None:
        for name in sorted({f.name for f in fields(Dataset)} - {"shape", "levels"}):
            if not isinstance(found := getattr(self, name), np.ndarray):
                raise DataError(f"{name} must be an array, not {described(found)}")
        sides = self.shape if isinstance(self.shape, tuple | list) else ()
        if len(sides) != 2 or not all(_is_whole(side) and side > 0 for side in sides):
            raise DataError(f"shape must be (height, width), whole numbers, not {self.shape!r}")
        if not (_is_whole(self.levels) and 1 <= self.levels <= BYTE):
            raise DataError(f"levels must be a whole number from 1 to {BYTE}, not {self.levels!r}")

    def _check(self, split: str) -> None:
        images = getattr(self, split)
        if images.dtype != np.uint8 or images.ndim != 2 or images.shape[1] != self.pixels:
            raise DataError(
                f"{split} images must be uint8 of shape (n, {self.pixels}), "
                f"not {images.dtype} of shape {images.shape}"
            )
        if not len(images):
            raise DataError(f"the {split} split is empty")
        if images.max() > self.levels:
            raise DataError(f"{split} images reach {images.max()}, beyond white = {self.levels}")
        for name in (f"{split}_labels", f"{split}_fold"):
            values = getattr(self, name, _none())
            if values.dtype != np.int64 or values.ndim != 1:
                found = f"{values.dtype} of shape {values.shape}"
                raise DataError(f"{name} must be int64 of shape (n,), not {found}")
            if len(values) not in (0, len(images)):
                raise DataError(f"{name} has {len(values)} entries for {len(images)} images")

    @property
    def pixels(self) -> int:
        """Pixels per image."""
        return self.shape[0] * self.shape[1]

    @property
    def binary(self) -> bool:
        """Whether the pixels are bits."""
        return self.levels == 1

    def images(self, split: str) -> np.ndarray:
        """Images of one split as float32 in [0, 1], shape (n, pixels)."""
        return scaled(getattr(self, split), self.levels)

    def folds(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Per fold, the validation and the test images as float32 in [0, 1]."""
        if not len(self.test_fold):
            yield self.images("valid"), self.images("test")
            return
        for fold in np.unique(self.test_fold):
            yield (
                scaled(self.valid[self.valid_fold == fold], self.levels),
                scaled(self.test[self.test_fold == fold], self.levels),
            )


def scaled(levels: np.ndarray, white: int) -> np.ndarray:
    """Grey levels as float32 pixels in [0, 1]."""
    pixels = levels.astype(np.float32)
    pixels /= np.float32(white)
    return pixels


def save(dataset: Dataset, path: str | Path) -> None:
    """Write a data set as ``.npz``: the same data give the same bytes."""
    arrays = {f.name: np.asarray(getattr(dataset, f.name)) for f in fields(dataset)}
    with whole(path) as part, open(part, "wb") as file:
        np.savez(file, **arrays)


def load(path: str | Path) -> Dataset:
    """Read a data set written by :func:`save`.

    Raises
    ------
    DataError
        If the file is missing, damaged, or not a prepared data set, or another than its identity
        says.
    """
    record.refuse(path)
    try:
        arrays = formats.read_npz(path, [f.name for f in fields(Dataset)])
        shape = tuple(int(side) for side in arrays.pop("shape"))
        return Dataset(**arrays | {"shape": shape, "levels": int(arrays["levels"])})
    except (DataError, ValueError, TypeError, OverflowError) as error:
        raise DataError(
            f"{path} is not a readable data set ({formats.reason(error)}). "
            "Delete it and run again: it is made anew."
        ) from error
