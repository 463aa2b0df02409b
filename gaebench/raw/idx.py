"""The IDX format of MNIST and its drop-in successors."""

import math
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from gaebench.data import Dataset
from gaebench.errors import DataError
from gaebench.raw.file import RawFile

UNSIGNED_BYTE = 8
TRAIN = 50_000
MOST_AXES = 3
NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def parse(content: bytes) -> np.ndarray:
    """The array in an IDX file of unsigned bytes.

    Raises
    ------
    DataError
        If the header is not one of IDX, or the size is not the one it announces.
    """
    if len(content) < 4 or content[:3] != bytes([0, 0, UNSIGNED_BYTE]):
        raise DataError(f"not an IDX file of unsigned bytes: it starts with {content[:4].hex()}")
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise DataError(f"truncated IDX header: {len(content)} bytes, expected {start}")
    shape = struct.unpack(f">{content[3]}I", content[4:start])
    if len(content) - start != math.prod(shape) or not shape or 0 in shape:
        raise DataError(f"IDX shape {shape} does not fit {len(content) - start} bytes of data")
    if len(shape) > MOST_AXES:
        raise DataError(f"an IDX file of {len(shape)} axes: images have 3, labels 1")
    return np.frombuffer(content[start:], np.uint8).reshape(shape)


def read_splits(raw: Path, files: Mapping[str, RawFile]) -> Dataset:
    """MNIST's four files as train (first 50,000), validation (last 10,000) and test images.

    Parameters
    ----------
    raw
        The folder of the files.
    files
        What each of the four names must hold.

    Raises
    ------
    DataError
        If a file is missing or not the expected one.
    """
    arrays = (parse(files[name].read(raw / name)) for name in NAMES)
    images, labels, test, test_labels = arrays
    images, test = images.reshape(len(images), -1), test.reshape(len(test), -1)
    labels, test_labels = labels.astype(np.int64), test_labels.astype(np.int64)
    return Dataset(
        train=images[:TRAIN],
        valid=images[TRAIN:],
        test=test,
        shape=(28, 28),
        train_labels=labels[:TRAIN],
        valid_labels=labels[TRAIN:],
        test_labels=test_labels,
    )
