"""Binarised MNIST, by a draw that gives the same bits everywhere and for ever."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from gaebench.data import SPLITS, Dataset
from gaebench.datasets import mnist
from gaebench.errors import DataError, SettingsError

LABEL = "biMNIST"
NOTE = ""

SOURCE = mnist.SOURCE
BINARY = True
FILES = mnist.FILES
BLOCK = 5000  # images compared at once, to save memory; changes no bit

DIGESTS = {
    "bernoulli": "a879a2ab55d23876e2bfc41899221ac9aa128fbd9494beb15555992dbd1d6e30",
    "threshold": "492f31c506e212989f39f49e48b1068adbbb3dda47c190b6bc439756a84f43f6",
}


def read(raw: Path, *, binarise: Literal["bernoulli", "threshold"] = "bernoulli") -> Dataset:
    """Read MNIST as bits, with MNIST's splits and labels.

    Parameters
    ----------
    raw
        The folder ``data/raw/mnist``.
    binarise
        ``bernoulli``: each pixel is drawn once with its grey value as probability, as in
        Larochelle's files; ``threshold``: grey > 0.5.

    Raises
    ------
    SettingsError
        If ``binarise`` is unknown.
    DataError
        If a file is missing, damaged or swapped, or the bits are not the pinned ones.
    """
    if binarise not in RULES:
        raise SettingsError(f"binarise: {binarise!r} is unknown, choose from {', '.join(RULES)}")
    grey = mnist.read(raw)
    bits = {split: RULES[binarise](getattr(grey, split), split) for split in SPLITS}
    _check(bits, binarise)
    return replace(grey, levels=1, **bits)


def bernoulli(grey: np.ndarray, split: str) -> np.ndarray:
    """One draw per pixel with probability grey / 255, from SHAKE-128 of a text naming the split.

    Parameters
    ----------
    grey : ndarray of uint8, shape (n, pixels)
    split
        The part of the data set; each has a stream of its own.

    Returns
    -------
    ndarray of uint8, shape (n, pixels)
        1 where w / 2**32 < grey / 255, for the stream's 32-bit words w in pixel order.
    """
    stream = hashlib.shake_128(f"gaebench/bimnist/bernoulli/{split}".encode())
    words = np.frombuffer(stream.digest(4 * grey.size), "<u4").reshape(grey.shape)
    bound = -(-(np.arange(256, dtype=np.int64) << 32) // 255)  # w < ceil(grey 2**32 / 255)
    blocks = (slice(start, start + BLOCK) for start in range(0, len(grey), BLOCK))
    return np.concatenate([words[b] < bound[grey[b]] for b in blocks]).astype(np.uint8)


def threshold(grey: np.ndarray, split: str) -> np.ndarray:
    """1 where the grey value is above half of white, shape (n, pixels)."""
    return (grey > 127.5).astype(np.uint8)


RULES: dict[str, Callable[[np.ndarray, str], np.ndarray]] = {
    "bernoulli": bernoulli,
    "threshold": threshold,
}


def _check(bits: dict[str, np.ndarray], binarise: str) -> None:
    hasher = hashlib.sha256()
    for split in SPLITS:
        hasher.update(bits[split])
    if hasher.hexdigest() != DIGESTS[binarise]:
        raise DataError(
            f"bimnist ({binarise}): the bits have SHA-256 {hasher.hexdigest()}, expected "
            f"{DIGESTS[binarise]}. The draw must never change: undo the edit of "
            f"{Path(__file__).name}, or check the installed NumPy."
        )
