"""File formats of the raw data, on small made-up files, whole and malformed."""

import re
import struct

import numpy as np
import pytest

from gaebench.datasets import faces
from gaebench.errors import DataError
from gaebench.raw import amat, idx


def text(bits: np.ndarray) -> bytes:
    return "".join(" ".join(map(str, row)) + "\n" for row in bits.tolist()).encode()


def test_amat_is_parsed() -> None:
    bits = np.random.default_rng(0).integers(0, 2, (3, 784)).astype(np.uint8)
    assert np.array_equal(amat.parse(text(bits), 784), bits)


@pytest.mark.parametrize(
    ("place", "byte", "reason"),
    [
        (0, b"2", "neither 0 nor 1"),
        (2, b"/", "neither 0 nor 1"),
        (1, b"\t", "one space"),
        (1567, b" ", "one space"),
        (3135, b"\r", "one space"),
        (783, b"\n", "one space"),
        (3136, b"0", "bytes are not lines"),
    ],
)
def test_amat_is_parsed_strictly(place: int, byte: bytes, reason: str) -> None:
    lines = bytearray(text(np.zeros((2, 784), dtype=np.uint8)))
    lines[place : place + 1] = byte
    with pytest.raises(DataError, match=reason):
        amat.parse(bytes(lines), 784)
    with pytest.raises(DataError, match="0 bytes"):
        amat.parse(b"", 784)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not an IDX file"),
        (b"<html>", "not an IDX file"),
        (struct.pack(">I", 0x0D01) + bytes(4), "not an IDX file"),  # floats
        (struct.pack(">II", 0x0803, 1), "truncated IDX header"),
        (struct.pack(">II", 0x0801, 3) + bytes(2), r"shape \(3,\) does not fit 2 bytes"),
        (struct.pack(">II", 0x0801, 3) + bytes(4), r"shape \(3,\) does not fit 4 bytes"),
        (struct.pack(">IIII", 0x0803, *[2**32 - 1] * 3), "does not fit 0 bytes"),
    ],
)
def test_malformed_idx(content: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        idx.parse(content)


def picture() -> np.ndarray:
    """A smooth picture without any line end among its grey levels."""
    rows, columns = np.mgrid[:112, :92]
    return (60 + rows + columns // 4).astype(np.uint8)


def pgm(grey: np.ndarray) -> bytes:
    return b"P5\n92 112\n255\n" + grey.tobytes()


def test_whole_and_damaged_pictures_are_repaired() -> None:
    grey = picture()
    grey[::7, ::5] = ord("\n")
    assert np.array_equal(faces.repaired(pgm(grey)), grey)
    assert np.array_equal(faces.repaired(pgm(grey).replace(b"\n", b"\r\n")), grey)


def test_a_genuine_pair_is_kept_where_the_picture_is_smoothest() -> None:
    grey = picture()
    grey[10:14, 20] = ord("\n")
    grey[50:54, 40:42] = np.frombuffer(b"\r\n", np.uint8)
    grey[51:54, 40] = 13 + 1
    damaged = re.sub(b"\r?\n", b"\r\n", pgm(grey))
    assert len(damaged.replace(b"\r\n", b"\n")) == len(pgm(grey)) - 1
    assert np.array_equal(faces.repaired(damaged), grey)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GIF89a", "not a 92 x 112 PGM"),
        (pgm(picture())[:-1], "cannot be repaired"),
        (pgm(picture()) + b"x", "cannot be repaired"),
        (pgm(picture()).replace(b"\n", b"\r\n")[:-1], "cannot be repaired"),
        (pgm(picture()).replace(b"\n", b"\r\n")[:-2], "cannot be repaired"),
    ],
)
def test_pictures_beyond_repair(content: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        faces.repaired(content)
