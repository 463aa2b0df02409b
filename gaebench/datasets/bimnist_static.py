"""Binarised MNIST as drawn once by Larochelle (Larochelle & Murray 2011): text files of bits."""

from pathlib import Path

import numpy as np

from gaebench.data import SPLITS, Dataset
from gaebench.errors import DataError
from gaebench.raw.rawfile import RawFile
from gaebench.raw.sources import Url

LABEL = "biMNIST (static)"
NOTE = ""

SOURCE = "larochelle"
PIXELS = 784
ADDRESS = "http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist"
HASHES = {
    "train": (78_400_000, "ad693b29f94c14277b095f5238ddefbbdaaae0939789dd2f4f0205278cee3e4d"),
    "valid": (15_680_000, "1de3d397c40fe8eeb33dafd4099a1f665ec01e96d9be234aaeeac8a34930e2e2"),
    "test": (15_680_000, "e6687bfea3f820c174f33b7865140b2a2dd2930ef786f35d45795fc193b5ab2c"),
}
NAMES = {split: f"binarized_mnist_{split}.amat" for split in SPLITS}
FILES = {
    NAMES[split]: RawFile(sha256, size, (Url(f"{ADDRESS}/{NAMES[split]}"),))
    for split, (size, sha256) in HASHES.items()
}


def read(raw: Path) -> Dataset:
    """Read the bits: 50,000, 10,000 and 10,000 images, without labels.

    Parameters
    ----------
    raw
        The folder ``data/raw/larochelle``.

    Raises
    ------
    DataError
        If a file is missing, damaged or swapped.
    """
    bits = {split: parse(FILES[name].read(raw / name)) for split, name in NAMES.items()}
    return Dataset(**bits, shape=(28, 28), levels=1)


def parse(content: bytes) -> np.ndarray:
    """The images in an ``.amat`` text: 784 digits "0" or "1" a line, one space between two.

    Returns
    -------
    ndarray of uint8, shape (n, 784)

    Raises
    ------
    DataError
        If any character is out of place.
    """
    if not content or len(content) % (2 * PIXELS):
        raise DataError(f"{len(content)} bytes are not lines of {PIXELS} digits")
    digits, gaps = np.moveaxis(np.frombuffer(content, np.uint8).reshape(-1, PIXELS, 2), 2, 0)
    if (gaps[:, :-1] != ord(" ")).any() or (gaps[:, -1] != ord("\n")).any():
        raise DataError(f"digits are not in lines of {PIXELS} with one space between two")
    bits = digits - np.uint8(ord("0"))
    if (bits > 1).any():
        raise DataError("a digit is neither 0 nor 1")
    return bits
