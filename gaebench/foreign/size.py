"""How large foreign images may be, whatever form they come in."""

import math
from collections.abc import Iterable

from gaebench.errors import DataError

LARGEST = 4 * 2**30
"""Bytes that the images of a file may have once they are unpacked."""


def require(size: int, what: str) -> None:
    """Raise a :class:`DataError` where something would have more bytes than `LARGEST`."""
    if size > LARGEST:
        raise DataError(f"{what} would have {size:,} bytes; at most {LARGEST:,} are unpacked")


def of(shape: Iterable[int], itemsize: int) -> int:
    """Bytes of an array."""
    return math.prod(shape) * itemsize
