"""A matrix product and nothing else, block by block into the same memory."""

from functools import partial

import torch
from torch import Tensor

from benchmarks.timing import fastest

WHOLE = 1 << 30
BLOCKS = (
    *((rows, WHOLE) for rows in (128, 256, 500, 1000, 2000)),
    *((side, side) for side in (500, 1000, 2000)),
)
"""Rows and columns of the result that are made at a time; the best is a machine's own matter."""
PROBE = 2000
"""Rows on which block sizes are tried."""


def blocked(left: Tensor, right: Tensor, rows: int, columns: int) -> None:
    """left @ right in blocks of at most ``rows`` x ``columns``; the result is not kept."""
    parts = right.split(columns, dim=1)
    memory = torch.empty(min(rows, len(left)) * parts[0].shape[1])
    for some in left.split(rows):
        for part in parts:
            shape = len(some), part.shape[1]
            torch.mm(some, part, out=memory[: shape[0] * shape[1]].view(shape))


def best_blocks(left: Tensor, right: Tensor) -> tuple[int, int]:
    """The block size of :data:`BLOCKS` that takes least time."""
    probe = partial(blocked, left[:PROBE], right)
    return fastest(BLOCKS, lambda block: probe(*block))


def described(block: tuple[int, int], width: int) -> str:
    """A block size as text; ``width``: columns of the whole result."""
    return f"blocks of {block[0]:,} x {min(block[1], width):,}"
