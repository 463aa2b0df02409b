"""Wall-clock times: two computations in alternation, or one with a choice that suits it best."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Run = Callable[[], object]


def seconds(run: Run) -> float:
    """Wall-clock time of one call."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


@dataclass(frozen=True)
class Pairs:
    """Times of two computations that took turns, in seconds, round by round."""

    ours: list[float]
    limit: list[float]

    @property
    def ratios(self) -> list[float]:
        """ours / limit of every round, in ascending order."""
        return sorted(a / b for a, b in zip(self.ours, self.limit, strict=True))

    @property
    def median(self) -> tuple[float, float]:
        """Both times of the round with the median ratio (the lower one of two)."""
        rounds = sorted(zip(self.ours, self.limit, strict=True), key=lambda pair: pair[0] / pair[1])
        return rounds[(len(rounds) - 1) // 2]


def alternate(ours: Run, limit: Run, rounds: int) -> Pairs:
    """Time two computations in turns; each goes first every other round.

    What else the machine does at that moment slows both, and mostly leaves their ratio alone. One
    round before the first warms up memory and libraries, and does not count.
    """
    times: dict[Run, list[float]] = {ours: [], limit: []}
    for number in range(rounds + 1):
        for run in (ours, limit) if number % 2 else (limit, ours):
            times[run].append(seconds(run))
    return Pairs(times[ours][1:], times[limit][1:])


def fastest(candidates: Iterable[T], run: Callable[[T], object], repeats: int = 3) -> T:
    """The candidate for which ``run(candidate)`` takes least time, the best of some repeats."""

    def least(candidate: T) -> float:
        return min(seconds(lambda: run(candidate)) for _ in range(repeats))

    return min(candidates, key=least)
