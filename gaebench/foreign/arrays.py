"""Arrays in numpy's files: their size is looked at before memory is taken for it."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from gaebench import formats
from gaebench.errors import DataError, ShortOfMemory
from gaebench.foreign import size
from gaebench.foreign.words import LONG, shown

NAMES = ("images", "samples", "arr_0")
"""Of several arrays in a file, the one that is meant, if no other is called so too."""
SUFFIX = ".npy"


def of_npy(path: Path) -> np.ndarray:
    """The array of a ``.npy`` file.

    Raises
    ------
    DataError
        If it holds none, or one of Python objects, or too large a one.
    ShortOfMemory
        If there is not enough for it.
    """
    size.require(path.stat().st_size, f"{path}: its array")
    try:
        return formats.read_npy(path)
    except DataError as error:
        raise DataError(f"{path}: {_said(error)}") from error


def of_npz(path: Path) -> np.ndarray:
    """The array of an ``.npz`` file, packed or not, that holds the images; raises likewise."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {e.filename.removesuffix(SUFFIX): e for e in archive.infolist()}
            name = meant(path, entries, "array")
            if len(entries) < len(archive.infolist()):
                raise DataError(f"{path}: two arrays in it have the same name: save it again")
            entry = entries[name]
            size.require(entry.file_size, f"{path}: {shown(entry.filename)}")
            with archive.open(entry) as file:
                return formats.read(file, entry.file_size)
    except (DataError, ShortOfMemory):
        raise
    except Exception as error:  # a MemoryError too, by which a header is nested too deeply
        raise DataError(f"{path}: {_said(error)}") from error


def meant(path: Path, names: Iterable[object], what: str) -> object:
    """Which of several arrays holds the images.

    Raises
    ------
    DataError
        If that is not clear.
    """
    there = list(names)
    called = [name for name in NAMES if name in there] or there
    if len(called) == 1:
        return called[0]
    listed = ", ".join(map(shown, there)) or "none"
    raise DataError(
        f"{path}: which {what} holds the images? There are: {listed}. "
        f"Let one alone be called {' or '.join(map(repr, NAMES))}, or the file have no other"
    )


def _said(error: Exception) -> str:
    reason = formats.reason(error)
    if "Python objects" in reason:
        return "holds Python objects, whose code is not run: save a plain array of numbers"
    return f"no array can be read from it ({shown(reason, LONG)})"
