"""Folders and archives of PNG images."""

import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from gaebench.errors import DataError, counted
from gaebench.foreign import chunks, size, tree
from gaebench.foreign.words import reading, shown

DEPTH = 24
"""Where a PNG says its bits a channel, and behind that its colours: 0 is grey alone."""
LARGEST = 2**24
"""Bytes of one file: far more than an image of a data set here can need."""
DIGITS = re.compile("([0-9]+)")


def of_folder(folder: Path, shape: tuple[int, int]) -> tuple[np.ndarray, list[str]]:
    """The PNG images below a folder as uint8 or uint16, shape (n, height, width).

    Links to folders are followed.

    Returns
    -------
    (images, remarks)

    Raises
    ------
    DataError
        If there are none, or one cannot be read, is in colour, or of another size than ``shape``.
    """
    names, again = tree.below(folder)
    wanted, remarks = _chosen(names, folder, shape)
    parts = ((name, _content(folder / name)) for name in wanted)
    return _stacked(parts, folder, shape), [*remarks, *again]


def of_zip(path: Path, shape: tuple[int, int]) -> tuple[np.ndarray, list[str]]:
    """The same of an archive."""
    with reading(f"{path}: cannot be unpacked"), zipfile.ZipFile(path) as archive:
        entries = [e for e in archive.infolist() if not e.is_dir()]
        names = [e.filename for e in entries if not tree.is_hidden(e.filename)]
        wanted, remarks = _chosen(names, path, shape)
        found = {e.filename: e for e in entries}
        parts = ((name, _unpacked(archive, found[name], path)) for name in wanted)
        return _stacked(parts, path, shape), remarks


def natural(name: str) -> list:
    """A key that sorts ``2.png`` before ``10.png``, folder by folder."""
    return [[_part(part) for part in DIGITS.split(folder)] for folder in name.lower().split("/")]


def _part(text: str) -> tuple[int, str]:
    """Numbers by their value, of any length."""
    number = text.lstrip("0")
    return (len(number), number) if DIGITS.fullmatch(text) else (-1, text)


def _chosen(names: list[str], home: Path, shape: tuple[int, int]) -> tuple[list[str], list[str]]:
    """The PNG files in their order, and a remark on the others."""
    ordered = sorted(names, key=lambda name: (natural(name), name))
    wanted, others = [n for n in ordered if _is_png(n)], [n for n in ordered if not _is_png(n)]
    named = tree.some(others)
    if not wanted:
        raise DataError(f"{home}: there are no PNG images in it" + f", but {named}" * bool(others))
    for name, count in Counter(wanted).items():
        if count > 1:
            raise DataError(
                f"{home}: {count} files in it are called {shown(name)}: give each a name of its own"
            )
    size.require(size.of((len(wanted), *shape), 2), f"{home}: its images")
    left_out = f"{counted(len(others), 'file')} not called .png left out: {named}"
    return wanted, [left_out] if others else []


def _is_png(name: str) -> bool:
    return name.lower().endswith(".png")


def _content(path: Path) -> bytes:
    where = f"{path.parent / shown(path.name)}"
    with reading(f"{where}: cannot be read", reason=_system):
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise DataError(f"{where}: is no file")
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)


def _system(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, home: Path) -> bytes:
    name = shown(entry.filename)
    with reading(f"{home}: {name} cannot be unpacked"), archive.open(entry) as file:
        return file.read(LARGEST + 1)


def _stacked(parts: Iterator[tuple[str, bytes]], home: Path, shape: tuple[int, int]) -> np.ndarray:
    images = [_decoded(content, f"{home}: {shown(name)}", shape) for name, content in parts]
    if len({image.dtype for image in images}) > 1:
        images = [i.astype(np.uint16) * 257 if i.dtype == np.uint8 else i for i in images]
    return np.stack(images)


def _decoded(content: bytes, where: str, shape: tuple[int, int]) -> np.ndarray:
    """One image as uint8 or uint16; its size is looked at before it is unpacked."""
    if len(content) > LARGEST:
        raise DataError(f"{where} has more than {LARGEST:,} bytes")
    with reading(f"{where} is no PNG image that can be read"):
        parts = chunks.read(content)
        with warnings.catch_warnings(action="ignore"):
            image = _opened(content)
            width, height = image.size
            if (height, width) != tuple(shape):
                raise DataError(
                    f"{where} has {height} x {width} pixels; the data set's images have "
                    f"{shape[0]} x {shape[1]}"
                )
            if getattr(image, "n_frames", 1) > 1:
                raise DataError(f"{where} is an animation: give each image a file of its own")
            chunks.check_pixels(parts)
            if image.mode == "P" and np.asarray(image).max() >= chunks.colours(parts):
                raise ValueError("it has pixels of no colour of its palette")
            if content[DEPTH] == 16 and content[DEPTH + 1]:
                raise DataError(
                    f"{where} has 16 bits a channel, and several: save it as grey alone"
                )
            return _grey(image, where)


def _opened(content: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=["PNG"])
    except UnidentifiedImageError:  # whose text is an address in memory
        raise ValueError("its header is damaged") from None


def _grey(image: Image.Image, where: str) -> np.ndarray:
    transparent = f"{where} has transparent pixels: save it without an alpha channel"
    if image.mode[0] in "IL1" and "transparency" in image.info:
        raise DataError(transparent)
    if image.mode.startswith("I"):  # 16 bits
        return np.asarray(image).astype(np.uint16)
    if image.mode in ("L", "1"):
        return np.asarray(image.convert("L"))
    *colours, alpha = np.moveaxis(np.asarray(image.convert("RGBA")), -1, 0)
    if (alpha != 255).any():
        raise DataError(transparent)
    if any((colour != colours[0]).any() for colour in colours):
        raise DataError(f"{where} is in colour; the data set's images are grey")
    return colours[0]
