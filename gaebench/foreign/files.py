"""Files of images in the forms that people have them in, as one array. No file's code is run."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gaebench import formats
from gaebench.errors import DataError, ShortOfMemory, described, is_of_memory
from gaebench.foreign import pngs

NAMES = ("images", "samples", "arr_0")
"""Of several arrays in a file, the one that is meant."""
LARGEST = 4 * 2**30
"""Bytes that an array in a file may have once it is unpacked."""
FORMS = "a .npy or .npz file, a .pt tensor, or a folder or .zip of PNG images"


def array(path: str | Path, shape: tuple[int, int]) -> tuple[np.ndarray, list[str]]:
    """The content of a file of images, as it stands there.

    Parameters
    ----------
    path
        ``.npy``; ``.npz`` with one array, or one that is called as in `NAMES`; ``.pt`` or ``.pth``
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
        If there is no such file, or it holds no images.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        return pngs.of_folder(path, shape)
    if not path.is_file():
        raise DataError(f"{path}: no such file or folder. Images are {FORMS}")
    if path.suffix.lower() == ".zip":
        return pngs.of_zip(path, shape)
    if path.suffix.lower() not in READERS:
        raise DataError(f"{path}: images must be {FORMS}")
    return READERS[path.suffix.lower()](path), []


def _npy(path: Path) -> np.ndarray:
    try:
        return formats.read_npy(path)
    except DataError as error:
        raise DataError(f"{path}: {_said(error)}") from error


def _npz(path: Path) -> np.ndarray:
    try:
        _check_size(path)
        with np.load(path, allow_pickle=False) as file:
            name = _meant(path, list(file.files), "array")
            return file[name]
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, MemoryError) as error:
        raise DataError(f"{path}: {_said(error)}") from error


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if entry.file_size > LARGEST:
                raise DataError(
                    f"{path}: {entry.filename} would have {entry.file_size:,} bytes; "
                    f"at most {LARGEST:,} are unpacked"
                )


def _tensor(path: Path) -> np.ndarray:
    import torch

    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        if is_of_memory(error):
            raise ShortOfMemory(error) from error
        raise DataError(
            f"{path}: this is no plain tensor ({type(error).__name__}), and nothing that could run "
            "code is read. Write it with torch.save(images, path), where images is a tensor"
        ) from error
    if isinstance(found, dict):
        tensors = {name: part for name, part in found.items() if isinstance(part, torch.Tensor)}
        found = tensors[_meant(path, list(tensors), "tensor")]
    if not isinstance(found, torch.Tensor):
        raise DataError(f"{path}: must hold a tensor, not {described(found)}")
    found = found.detach()
    return (found.float() if found.dtype == torch.bfloat16 else found).numpy()


def _meant(path: Path, names: list[str], what: str) -> str:
    """Which of several arrays holds the images."""
    for name in NAMES:
        if name in names:
            return name
    if len(names) == 1:
        return names[0]
    there = ", ".join(names) or "none"
    raise DataError(
        f"{path}: which {what} holds the images? There are: {there}. "
        f"Call it {NAMES[0]!r}, or let the file have no other"
    )


def _said(error: Exception) -> str:
    if any(words in str(error) for words in ("allow_pickle", "Object arrays", "Python objects")):
        return "holds Python objects, whose code is not run: save a plain array of numbers"
    return f"no array can be read from it ({error or type(error).__name__})"


READERS: dict[str, Callable[[Path], np.ndarray]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".pt": _tensor,
    ".pth": _tensor,
}
