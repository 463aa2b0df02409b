"""What a device can do at most: float32 products, and copies within its memory."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from benchmarks.timing import seconds

SIDE = {"cuda": 8192, "cpu": 1024}
COPIED = {"cuda": 1 << 30, "cpu": 1 << 26}
"""Bytes."""
ROUNDS = 5


@dataclass(frozen=True)
class Limits:
    """A device's rates.

    Attributes
    ----------
    device : str
        Its name.
    flops : float
        Floating point operations a second of a square float32 product.
    bytes : float
        Bytes read and written a second by a copy.
    """

    device: str
    flops: float
    bytes: float

    def roof(self, flops: float, moved: float) -> float:
        """Seconds that arithmetic and memory need at least."""
        return max(flops / self.flops, moved / self.bytes)


def measured_limits(device: str) -> Limits:
    """Measure both rates, the best of some rounds, on random data."""
    side = SIDE[device]
    left, right = (torch.rand(side, side, device=device) for _ in range(2))
    source = torch.rand(COPIED[device] // 4, device=device)
    target = torch.empty_like(source)
    product = least(lambda: torch.mm(left, right), device)
    copy = least(lambda: target.copy_(source), device)
    name = torch.cuda.get_device_name() if device == "cuda" else "one core of the CPU"
    return Limits(name, 2 * side**3 / product, 2 * COPIED[device] / copy)


def least(run: Callable[[], object], device: str, rounds: int = ROUNDS) -> float:
    """Seconds of the fastest of some calls, after one that does not count."""

    def whole() -> None:
        run()
        if device == "cuda":
            torch.cuda.synchronize()

    whole()
    return min(seconds(whole) for _ in range(rounds))
