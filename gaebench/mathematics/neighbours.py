"""Nearest neighbours by brute force: a matrix product per block of rows, in float32.

Distances are rounded as the norms are: of points that are the same, a small one is left.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

CHUNK = 500


def squared_distances(rows: Tensor, points: Tensor, chunk: int = CHUNK) -> Iterator[Tensor]:
    """Squared Euclidean distances, block by block.

    Parameters
    ----------
    rows : Tensor, shape (m, d)
    points : Tensor, shape (n, d)
    chunk
        Rows per block; bounds the memory, not the result.

    Yields
    ------
    Tensor, shape (chunk, n)
    """
    origin = points.mean(0)
    points = points - origin
    norms = points.square().sum(1)
    for block in rows.split(chunk):
        block = block - origin
        inner = torch.addmm(norms, block, points.T, alpha=-2)
        yield inner.add_(block.square().sum(1, keepdim=True)).clamp_min_(0)


def nearest(rows: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    """Distance to the nearest point and its index, each of shape (m,)."""
    found = [block.min(1) for block in squared_distances(rows, points)]
    return (
        torch.cat([part.values for part in found]).sqrt(),
        torch.cat([part.indices for part in found]),
    )


def to_others(points: Tensor, k: int, which: Tensor | None = None) -> Tensor:
    """Distance to the k-th nearest of the other points, shape (m,).

    Parameters
    ----------
    points : Tensor, shape (n, d)
    k
        At most n - 1.
    which : Tensor of int64, shape (m,), optional
        Indices of the points that are asked about; without it, all of them.
    """
    which = torch.arange(len(points), device=points.device) if which is None else which
    radii = []
    for block, own in zip(
        squared_distances(points[which], points), which.split(CHUNK), strict=True
    ):
        block.scatter_(1, own.unsqueeze(1), torch.inf)
        radii.append(block.amin(1) if k == 1 else block.topk(k, 1, largest=False).values[:, -1])
    return torch.cat(radii).sqrt()
