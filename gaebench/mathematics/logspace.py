"""Log-domain sums that are exact for any chunking, and fast.

A term more than 80 nats below the largest counts as 80 nats below it. That adds at most 2e-35 of
the sum for each, and keeps ``exp`` away from results under the smallest normal float, which take a
CPU 14 times as long.
"""

import math

import torch
from jaxtyping import Float, Float64
from torch import Tensor

FLOOR = -80.0


class StreamingLogMeanExp:
    """log (1/S) sum_s exp(a_s) per row, with the a_s arriving in blocks of any width.

    Keeps a running maximum and a running float64 sum, so neither the order nor the size of the
    blocks changes the result beyond rounding.

    Parameters
    ----------
    rows
        Number of independent sums.
    """

    def __init__(self, rows: int, device: str | torch.device = "cpu") -> None:
        self.count = 0
        self.peak = torch.full((rows,), -math.inf, device=device)
        self.total = torch.zeros(rows, dtype=torch.float64, device=device)

    def add(self, block: Float[Tensor, "rows k"]) -> None:
        """Take in a block of k log terms for each row. The block is used as scratch space."""
        peak = torch.maximum(self.peak, block.amax(dim=1))
        shift = _finite(peak)
        self.total *= (self.peak - shift).double().exp()
        self.total += block.sub_(shift.unsqueeze(1)).clamp_min_(FLOOR).exp_().sum(dim=1)
        self.peak = peak
        self.count += block.shape[1]

    def result(self) -> Float64[Tensor, " rows"]:
        """The log means."""
        return self.peak.double() + self.total.log() - math.log(self.count)


def log_sum_exp(values: Float[Tensor, "..."], dim: int) -> Float[Tensor, "..."]:
    """log of the sum of exp(values) along ``dim``, differentiable."""
    peak = values.detach().amax(dim, keepdim=True)
    total = (values - _finite(peak)).clamp_min(FLOOR).exp().sum(dim)
    return total.log() + peak.squeeze(dim)


def log_mean_exp(values: Float[Tensor, "..."], dim: int) -> Float[Tensor, "..."]:
    """log of the mean of exp(values) along ``dim``, differentiable."""
    return log_sum_exp(values, dim) - math.log(values.shape[dim])


def _finite(peak: Tensor) -> Tensor:
    """The peak to subtract: 0 where all terms are -inf, whose difference would not be a number."""
    return torch.where(peak.isinf(), torch.zeros_like(peak), peak)
