"""Fashion-MNIST: 70,000 articles of clothing, 28 x 28 grey levels (Xiao, Rasul, Vollgraf 2017)."""

from pathlib import Path

from gaebench.data import Dataset
from gaebench.raw.file import RawFile
from gaebench.raw.idx import read_splits
from gaebench.raw.sources import Deb, Url

LABEL = "Fashion-MNIST"
NOTE = "The slides have no number for Fashion-MNIST."

SOURCE = "fashion"
BINARY = False


def _file(name: str, size: int, sha256: str) -> RawFile:
    url = f"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{name}.gz"
    package = Deb("dataset-fashion-mnist", f"/usr/share/datasets/fashion-mnist/{name}.gz")
    return RawFile(sha256, size, (Url(url), package))


FILES = {
    name: _file(name, size, sha256)
    for name, size, sha256 in (
        (
            "train-images-idx3-ubyte",
            47_040_016,
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        (
            "train-labels-idx1-ubyte",
            60_008,
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
        (
            "t10k-images-idx3-ubyte",
            7_840_016,
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        (
            "t10k-labels-idx1-ubyte",
            10_008,
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    )
}


def read(raw: Path) -> Dataset:
    """Read the images with MNIST's splits: train[:50000], validation train[50000:60000], test.

    Parameters
    ----------
    raw
        The folder ``data/raw/fashion``.

    Raises
    ------
    DataError
        If a file is missing, damaged or swapped (MNIST's files have the same names).
    """
    return read_splits(raw, FILES)
