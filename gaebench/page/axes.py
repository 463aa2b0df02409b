"""Axes of charts: places in per cent of the plot, and round numbers to stand at ticks."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from matplotlib.ticker import MaxNLocator

MARGIN = 0.04
"""Around values, as a share of their range."""


class Tick(NamedTuple):
    """A number on an axis, and its place in per cent."""

    place: float
    text: str


class Axis(NamedTuple):
    """An axis from one number to another.

    Attributes
    ----------
    low, high : float
        Positive if it is logarithmic.
    log : bool
    whole : bool
        Whether only whole numbers stand at it.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    @classmethod
    def around(cls, values: Iterable[float]) -> "Axis":
        """The axis that holds all values, and a little beyond them."""
        found = list(values)
        room = MARGIN * (max(found) - min(found)) or 1.0
        return cls(min(found) - room, max(found) + room)

    @classmethod
    def through(cls, values: Iterable[float], log: bool) -> "Axis":
        """The axis from the least to the largest of whole numbers."""
        low, high = min(values), max(values)
        if low == high:
            low, high = (low / 10, high * 10) if log else (low - 1, high + 1)
        return cls(low, high, log, whole=True)

    def place(self, value: float) -> float:
        """Where a number lies, in per cent from the low end."""
        low, high, at = (math.log(x) if self.log else x for x in (self.low, self.high, value))
        return round(100 * (at - low) / (high - low), 2)

    def ticks(self, count: int = 6) -> list[Tick]:
        """Round numbers within the axis, with their places."""
        if self.log:
            first, last = (math.log10(end) for end in (self.low, self.high))
            powers = range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1)
            values = [10.0**power for power in powers]
        else:
            locator = MaxNLocator(count, steps=[1, 2, 5, 10], integer=self.whole)
            values = locator.tick_values(self.low, self.high)
        inside = [value for value in values if self.low <= value <= self.high]
        return [Tick(self.place(value), _text(value)) for value in inside]


def _text(value: float) -> str:
    return f"{value + 0.0:,.10g}"  # + 0.0: no minus before a zero
