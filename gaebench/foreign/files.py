"""Files of images in the forms that people have them in, as one array. No file's code is run."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gaebench.errors import DataError
from gaebench.foreign import arrays, pngs, tensors

FORMS = "a .npy or .npz file, a .pt tensor, or a folder or .zip of PNG images"


def array(path: str | Path, shape: tuple[int, int]) -> tuple[np.ndarray, list[str]]:
    """The content of a file of images, as it stands there.

    Parameters
    ----------
    path
        ``.npy``; ``.npz`` with one array, or one that is called as in
        :data:`gaebench.foreign.arrays.NAMES`; ``.pt`` or ``.pth``
        with a tensor, or a mapping likewise; a folder or ``.zip`` of PNG images, which are taken in
        natural order (``2.png`` before ``10.png``).
    shape : (height, width)
        That PNG images must have.

    Returns
    -------
    (array, remarks)
        The array may be of any type and shape. What was left out, one line each.

    Raises
    ------
    DataError
        If there is no such file, or it holds no images, or more than :mod:`gaebench.foreign.size`
        allows.
    ShortOfMemory
        If there is not enough for them.
    """
    path = Path(os.path.expanduser(path))  # which leaves the name of a user who is none
    if path.is_dir():
        return pngs.of_folder(path, shape)
    if not path.is_file():
        raise DataError(f"{path}: no such file or folder. Images are {FORMS}")
    if path.suffix.lower() == ".zip":
        return pngs.of_zip(path, shape)
    if path.suffix.lower() not in READERS:
        raise DataError(f"{path}: images must be {FORMS}")
    return READERS[path.suffix.lower()](path), []


READERS: dict[str, Callable[[Path], np.ndarray]] = {
    ".npy": arrays.of_npy,
    ".npz": arrays.of_npz,
    ".pt": tensors.of_pt,
    ".pth": tensors.of_pt,
}
