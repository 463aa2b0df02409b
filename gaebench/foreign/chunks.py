"""The parts of a PNG file, whole: Pillow takes damaged and missing pixels for black ones."""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Of grey, colour, palette, grey with alpha, colour with alpha."""
PALETTE = 3
WHOLE = ((0, 0, 1, 1),)
ADAM7 = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
    (0, 1, 1, 2),
)  # fmt: skip
"""Passes of an interlaced image: the first pixel's x and y, and the steps from one to the next."""


def read(content: bytes) -> dict[bytes, bytes]:
    """A file's chunks by kind; several of a kind as one.

    Raises
    ------
    ValueError
        If the file is no PNG, ends early, is damaged, or its chunks are in no order.
    """
    if not content.startswith(SIGNATURE):
        raise ValueError("it does not begin as one")
    order, found = [], {}
    for kind, body in _each(content):
        order.append(kind)
        found.setdefault(kind, []).append(body)
    _check_order(order)
    return {kind: b"".join(bodies) for kind, bodies in found.items()}


def check_pixels(chunks: dict[bytes, bytes]) -> None:
    """Raise a ValueError unless there are the pixels that the header says, and their palette.

    The image's size is to be looked at first: so much memory is taken.
    """
    width, height, bits, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if kind not in CHANNELS:
        raise ValueError(f"it has the unknown type {kind}")
    if kind == PALETTE and not (colours(chunks) and len(chunks[b"PLTE"]) % 3 == 0):
        raise ValueError("it has no palette")
    wanted = 0
    for left, top, right, down in ADAM7 if interlaced else WHOLE:
        columns, rows = -((left - width) // right), -((top - height) // down)
        if columns > 0 and rows > 0:
            wanted += rows * (1 + (columns * bits * CHANNELS[kind] + 7) // 8)
    unpacking = zlib.decompressobj()
    there = len(unpacking.decompress(chunks[b"IDAT"], wanted + 1))
    if there != wanted or not unpacking.eof:
        raise ValueError(f"its pixels take {wanted} bytes and it has {there}")


def colours(chunks: dict[bytes, bytes]) -> int:
    """Of its palette."""
    return len(chunks.get(b"PLTE", b"")) // 3


def _each(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        if place + 12 > len(content):
            raise ValueError("it ends early")
        length, kind = struct.unpack_from(">I4s", content, place)
        body, sums = content[place + 8 : place + 8 + length], content[place + 8 + length :][:4]
        if len(sums) < 4:
            raise ValueError("it ends early")
        if zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(sums, "big"):
            raise ValueError(f"its part {kind.decode('latin1')} is damaged")
        yield kind, body
        place += 12 + length


def _check_order(order: list[bytes]) -> None:
    if order[0] != b"IHDR" or b"IDAT" not in order:
        raise ValueError("it has no header, or no pixels")
    first, count = order.index(b"IDAT"), order.count(b"IDAT")
    late = {b"IHDR", b"PLTE", b"tRNS", b"IDAT"} & set(order[first + count :])
    twice = [kind for kind in (b"IHDR", b"PLTE", b"tRNS") if order.count(kind) > 1]
    if late or twice or set(order[first : first + count]) != {b"IDAT"}:
        raise ValueError("its parts are in no order that a PNG has")
