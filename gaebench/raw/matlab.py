"""MATLAB's files of arrays: the old format (v5) and the one in HDF5 (v7.3)."""

from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np
from scipy.io import loadmat

from gaebench.errors import DataError

LARGEST = 1100
"""What deflate can expand a byte to, at most (1032), and some room."""


def read(file: Path, keys: Sequence[str]) -> dict[str, np.ndarray]:
    """The arrays under ``keys`` with MATLAB's shapes, whichever version wrote the file.

    Raises
    ------
    DataError
        If it is not a whole MATLAB file, or lacks a key.
    """
    try:
        arrays = _read_v73(file, keys) if h5py.is_hdf5(file) else loadmat(file, variable_names=keys)
    except Exception as error:  # the parsers raise anything on a damaged file
        raise DataError(
            f"{file} is not a readable MATLAB file ({error}). Put a whole copy there."
        ) from error
    for key in keys:
        if key not in arrays:
            raise DataError(f"{file} has no key {key!r}: is it the right file?")
    return {key: np.asarray(arrays[key]) for key in keys}


def _read_v73(file: Path, keys: Sequence[str]) -> dict[str, np.ndarray]:
    """As for v5; HDF5 lists MATLAB's column-major axes in reverse order."""
    with h5py.File(file) as h5:
        return {key: _own_array(h5, key, file).T for key in keys if key in h5}


def _own_array(h5: h5py.File, key: str, file: Path) -> np.ndarray:
    """An array that lies in the file itself, and is no larger than it can be.

    HDF5 may take an array's content from any other file of the machine, and may claim sizes for
    which nothing is stored.
    """
    if not isinstance(h5.get(key, getlink=True), h5py.HardLink):
        raise ValueError(f"{key!r} is a link to elsewhere")
    found = h5[key]
    if not isinstance(found, h5py.Dataset):
        raise ValueError(f"{key!r} is no array")
    if found.external or found.is_virtual:
        raise ValueError(f"{key!r} is stored in another file")
    if found.nbytes > LARGEST * file.stat().st_size:
        raise ValueError(f"{key!r} claims {found.nbytes} bytes, more than the file can hold")
    return np.asarray(found)
