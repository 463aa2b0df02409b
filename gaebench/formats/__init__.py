"""numpy's files read with care: what they claim is checked before memory is taken for it."""

import math
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy

from gaebench.errors import DataError, ShortOfMemory

HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def read_npy(path: str | Path) -> np.ndarray:
    """The array of a ``.npy`` file.

    Raises
    ------
    DataError
        If the file cannot be read, is damaged, holds objects, or another size than it claims. The
        message is the reason alone.
    ShortOfMemory
        If the array is larger than what memory there is.
    """
    try:
        with open(path, "rb") as file:
            return read(file, Path(path).stat().st_size)
    except ShortOfMemory:
        raise
    except Exception as error:  # the parser of headers raises anything
        raise DataError(reason(error)) from error


def read_npz(path: str | Path, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Arrays of a ``.npz`` file that ``numpy.savez`` wrote, by their names.

    Raises
    ------
    DataError, ShortOfMemory
        As `read_npy`; the first also if an array is not there.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: _member(archive, f"{name}.npy") for name in names}
    except ShortOfMemory:
        raise
    except Exception as error:
        raise DataError(reason(error)) from error


def reason(error: Exception) -> str:
    """An error of a parser in one line."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _member(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    found = archive.getinfo(name)
    if found.compress_type != zipfile.ZIP_STORED or found.file_size != found.compress_size:
        raise ValueError(f"{name} is compressed")
    with archive.open(found) as file:
        return read(file, found.file_size)


def read(file: BinaryIO, size: int) -> np.ndarray:
    """The array of an open ``.npy`` file of ``size`` bytes.

    Raises
    ------
    ValueError
        If it is damaged, holds objects, or another size than it claims; the parser of headers
        raises other errors too.
    ShortOfMemory
        If the array is larger than what memory there is.
    """
    version = npy.read_magic(file)
    if version not in HEADERS:
        raise ValueError(f"it has the unknown version {version}")
    shape, _, dtype = HEADERS[version](file)
    claimed, there = math.prod(shape) * dtype.itemsize, size - file.tell()
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    if min(shape, default=0) < 0 or claimed != there:
        raise ValueError(f"it claims {claimed} bytes of data and has {there}")
    file.seek(0)
    try:
        return npy.read_array(file, allow_pickle=False)
    except MemoryError as error:
        raise ShortOfMemory(error) from error
