"""The ``.amat`` text format of binary images."""

import numpy as np

from gaebench.errors import DataError


def parse(content: bytes, pixels: int) -> np.ndarray:
    """The images in a text with one a line: digits "0" or "1" with one space between two.

    Returns
    -------
    ndarray of uint8, shape (n, pixels)

    Raises
    ------
    DataError
        If any character is out of place.
    """
    if not content or len(content) % (2 * pixels):
        raise DataError(f"{len(content)} bytes are not lines of {pixels} digits")
    digits, gaps = np.moveaxis(np.frombuffer(content, np.uint8).reshape(-1, pixels, 2), 2, 0)
    if (gaps[:, :-1] != ord(" ")).any() or (gaps[:, -1] != ord("\n")).any():
        raise DataError(f"digits are not in lines of {pixels} with one space between two")
    bits = digits - np.uint8(ord("0"))
    if (bits > 1).any():
        raise DataError("a digit is neither 0 nor 1")
    return bits
