"""Content that may be gzipped, piece by piece."""

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from gaebench.raw.depot import SourceFailed

CHUNK = 1 << 18
GZIP_MAGIC = b"\x1f\x8b"


def on_disk(path: Path) -> Iterator[bytes]:
    """The decompressed content of a local file."""
    try:
        with open(path, "rb") as file:
            yield from gunzipped(iter(lambda: file.read(CHUNK), b""))
    except OSError as error:
        raise SourceFailed(f"{path} cannot be read: {error.strerror or error}") from error


def gunzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content decompressed if it starts as gzip does, else as it is.

    The content decides, not the name: some servers decompress a ``.gz`` file on the way.
    """
    chunks = iter(chunks)
    first = next(chunks, b"")
    whole = chain([first], chunks)
    return _decompressed(whole) if first.startswith(GZIP_MAGIC) else whole


def _decompressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    gzip = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            # Piece by piece: a small file may expand to far more than what is expected.
            while chunk:
                yield gzip.decompress(chunk, CHUNK)
                chunk = gzip.unconsumed_tail
    except zlib.error as error:
        raise SourceFailed(f"damaged gzip data: {error}") from error
    if not gzip.eof:
        raise SourceFailed("truncated gzip data")
