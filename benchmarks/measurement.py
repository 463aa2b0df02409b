"""What a benchmark gives, and the row of the table that it becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.timing import Pairs
from gaebench.errors import GaebenchError

Peers = Mapping[str, float | str]


class NotMeasured(GaebenchError):
    """What is to be measured is not there; the message says what is missing."""


@dataclass(frozen=True)
class Measurement:
    """One path's times.

    Attributes
    ----------
    ours, limit : float
        In seconds (GiB for memory), of the round with the median ratio.
    low, high : float
        The least and the largest ours / limit of all rounds.
    peers : {name: seconds or the reason why there are none}
    note : str
        One line on how this limit was found.
    """

    ours: float
    limit: float
    low: float
    high: float
    peers: Peers = field(default_factory=dict)
    note: str = ""

    @classmethod
    def of(cls, pairs: Pairs, peers: Peers, note: str, factor: float = 1.0) -> "Measurement":
        """From alternating rounds, for a job that is ``factor`` times what a round did."""
        ours, limit = pairs.median
        ratios = pairs.ratios
        return cls(factor * ours, factor * limit, ratios[0], ratios[-1], peers, note)

    @classmethod
    def once(cls, ours: float, limit: float, note: str) -> "Measurement":
        """From a single look, without rounds."""
        return cls(ours, limit, ours / limit, ours / limit, note=note)


@dataclass(frozen=True)
class Benchmark:
    """A path and its goal.

    Attributes
    ----------
    what : str
        The job, for the table.
    goal : float
        The largest ratio ours / limit, or with ``at_least`` the smallest limit / ours.
    run : (share) -> Measurement
        Measures with that share of every count (1: the real size).
    peers : {name: how it is timed}
    """

    what: str
    goal: float
    run: Callable[[float], Measurement]
    at_least: bool = False
    peers: Mapping[str, str] = field(default_factory=dict)

    def row(self, path: str, found: Measurement) -> dict[str, str]:
        """The row of the CSV file, as text."""
        ratio, ends = found.ours / found.limit, (found.low, found.high)
        if self.at_least:
            ratio, ends = 1 / ratio, (1 / found.high, 1 / found.low)
        met = ratio >= self.goal if self.at_least else ratio <= self.goal
        return {
            "path": path,
            "ours_s": digits(found.ours),
            "limit_s": digits(found.limit),
            "ratio": digits(ratio),
            "goal": f"{self.goal:g}",
            "met": "yes" if met else "no",
            "low": digits(ends[0]),
            "high": digits(ends[1]),
            "peers": join(found.peers),
            "note": found.note,
        }


def digits(value: float) -> str:
    """Four significant digits, without an exponent."""
    return f"{float(f'{value:.4g}'):.10f}".rstrip("0").rstrip(".")


def join(peers: Peers) -> str:
    """Peers as one text: ``name: 12.3; other: fails: reason``."""
    texts = {
        name: value.replace(";", ",") if isinstance(value, str) else digits(value)
        for name, value in peers.items()
    }
    return "; ".join(f"{name}: {text}" for name, text in texts.items())


def split(text: str) -> dict[str, str]:
    """The inverse of :func:`join`, values as text."""
    return dict(part.split(": ", 1) for part in text.split("; ")) if text else {}


def count(full: int, share: float) -> int:
    """A share of a count, at least 1."""
    return max(1, round(full * share))
