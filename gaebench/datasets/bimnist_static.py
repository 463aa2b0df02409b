"""Binarised MNIST as drawn once by Larochelle (Larochelle & Murray 2011): text files of bits."""

from pathlib import Path

from gaebench.data import SPLITS, Dataset
from gaebench.raw import amat
from gaebench.raw.file import RawFile
from gaebench.raw.sources import Url

LABEL = "biMNIST (static)"
NOTE = ""

SOURCE = "larochelle"
BINARY = True
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
    bits = {
        split: amat.parse(FILES[name].read(raw / name), PIXELS) for split, name in NAMES.items()
    }
    return Dataset(**bits, shape=(28, 28), levels=1)
