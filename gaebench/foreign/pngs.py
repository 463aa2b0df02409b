"""Folders and archives of PNG images."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from gaebench.errors import DataError, counted

LARGEST = 2**24
"""Bytes of one file: far more than an image of a data set here can need."""
NAMED = 3
"""Files that a message names."""


def of_folder(folder: Path, shape: tuple[int, int]) -> tuple[np.ndarray, list[str]]:
    """The PNG images below a folder as uint8 or uint16, shape (n, height, width).

    Returns
    -------
    (images, remarks)

    Raises
    ------
    DataError
        If there are none, or one cannot be read, is in colour, or of another size than ``shape``.
    """
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    names = [name for name, path in files.items() if path.is_file()]
    wanted, remarks = _chosen(names, folder)
    return _stacked(((name, _content(files[name])) for name in wanted), folder, shape), remarks


def of_zip(path: Path, shape: tuple[int, int]) -> tuple[np.ndarray, list[str]]:
    """The same of an archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {e.filename: e for e in archive.infolist() if not e.is_dir()}
            wanted, remarks = _chosen(entries, path)
            parts = ((name, _unpacked(archive, entries[name])) for name in wanted)
            return _stacked(parts, path, shape), remarks
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise DataError(f"{path}: cannot be unpacked ({error})") from error


def natural(name: str) -> list:
    """A key that sorts ``2.png`` before ``10.png``, folder by folder."""
    return [
        [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", folder)]
        for folder in name.lower().split("/")
    ]


def _chosen(names: Iterable[str], home: Path) -> tuple[list[str], list[str]]:
    """The PNG files in their order, and a remark on the others; hidden ones go without."""
    visible = [name for name in names if not _hidden(name)]
    wanted = sorted((name for name in visible if _is_png(name)), key=natural)
    others = sorted((name for name in visible if not _is_png(name)), key=natural)
    named = ", ".join(others[:NAMED]) + ", ..." * (len(others) > NAMED)
    if not wanted:
        raise DataError(f"{home}: there are no PNG images in it" + f", but {named}" * bool(others))
    left_out = f"{counted(len(others), 'file')} that are not called .png left out: {named}"
    return wanted, [left_out] if others else []


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "__MACOSX")) for part in parts) or parts[-1] == "Thumbs.db"


def _is_png(name: str) -> bool:
    return name.lower().endswith(".png")


def _content(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        return file.read(LARGEST + 1)


def _stacked(parts: Iterator[tuple[str, bytes]], home: Path, shape: tuple[int, int]) -> np.ndarray:
    images = [_decoded(content, f"{home}: {name}", shape) for name, content in parts]
    if len({image.dtype for image in images}) > 1:
        images = [i.astype(np.uint16) * 257 if i.dtype == np.uint8 else i for i in images]
    return np.stack(images)


def _decoded(content: bytes, where: str, shape: tuple[int, int]) -> np.ndarray:
    """One image as uint8 or uint16; its size is looked at before it is unpacked."""
    if len(content) > LARGEST:
        raise DataError(f"{where} has more than {LARGEST:,} bytes")
    try:
        with warnings.catch_warnings(action="ignore"):
            image = Image.open(io.BytesIO(content), formats=["PNG"])
            width, height = image.size
            if (height, width) != tuple(shape):
                raise DataError(
                    f"{where} has {height} x {width} pixels; the data set's images have "
                    f"{shape[0]} x {shape[1]}"
                )
            if getattr(image, "n_frames", 1) > 1:
                raise DataError(f"{where} is an animation: give each image a file of its own")
            return _grey(image, where)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(f"{where} is no PNG image that can be read ({error})") from error


def _grey(image: Image.Image, where: str) -> np.ndarray:
    if image.mode.startswith("I"):  # 16 bits
        return np.asarray(image).astype(np.uint16)
    if image.mode in ("L", "1"):
        return np.asarray(image.convert("L"))
    *colours, alpha = np.moveaxis(np.asarray(image.convert("RGBA")), -1, 0)
    if (alpha != 255).any():
        raise DataError(f"{where} has transparent pixels: save it without an alpha channel")
    if any((colour != colours[0]).any() for colour in colours):
        raise DataError(f"{where} is in colour; the data set's images are grey")
    return colours[0]
