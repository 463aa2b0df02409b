"""Nearest neighbours by brute force: a matrix product per block of rows, in float32.

Distances are rounded as the norms are: of points that are the same, a small one is left.
"""

from collections.abc import Iterator

import torch
from jaxtyping import Float, Int64
from torch import Tensor

CHUNK = 500


def squared_distances(
    rows: Float[Tensor, "m d"], points: Float[Tensor, "n d"], chunk: int = CHUNK
) -> Iterator[Float[Tensor, "_ n"]]:
    """Squared Euclidean distances, block by block.

    Parameters
    ----------
    chunk
        Rows per block; bounds the memory, not the result.
    """
    origin = points.mean(0)
    points = points - origin
    norms = points.square().sum(1)
    for block in rows.split(chunk):
        block = block - origin
        inner = torch.addmm(norms, block, points.T, alpha=-2)
        yield inner.add_(block.square().sum(1, keepdim=True)).clamp_min_(0)


def nearest(
    rows: Float[Tensor, "m d"], points: Float[Tensor, "n d"]
) -> tuple[Float[Tensor, " m"], Int64[Tensor, " m"]]:
    """Distance to the nearest point, and its index."""
    found = [block.min(1) for block in squared_distances(rows, points)]
    return (
        torch.cat([part.values for part in found]).sqrt(),
        torch.cat([part.indices for part in found]),
    )


def to_others(
    points: Float[Tensor, "n d"], k: int, which: Int64[Tensor, " m"] | None = None
) -> Float[Tensor, " m"]:
    """Distance to the k-th nearest of the other points.

    Parameters
    ----------
    k
        At most n - 1.
    which
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
