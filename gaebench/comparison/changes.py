"""What became of every number: moved, within noise, the same, not comparable, new or gone.

A cell is a model on a data set under a metric. The same seeds before and after draw the same random
streams, so their differences are taken seed by seed: the mean of them, with its standard error
over the seeds and a t-test. A cell of one seed has the errors of its two estimates instead, which
are over the same test images and so too large, and says nothing of other seeds. Other seeds than
before are compared by their spread, which one seed takes over from several; one seed and another
are not compared. Cells whose every number is the same are no tests. Of the others' p-values those
that stand at a false discovery rate of 5 % (Benjamini & Hochberg 1995) have moved: of the cells
said to have moved, one in twenty has not. Where seeds came or went, the others are compared.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from gaebench import plugins
from gaebench.report.collect import DECIMALS, decimals
from gaebench.report.table import Entry, Look, look, said

RATE = 0.05
"""Of the cells that are said to have moved, the share that has not."""
KEYS = ["dataset", "model", "metric"]
VERDICTS = {
    "moved": " moved",
    "within noise": " within noise",
    "same": " the same",
    "other seeds": " of other seeds than before",
    "version changed": " of another version",
    "new": " new",
    "vanished": " vanished",
}
"""What can become of a cell, and how a number of them is told."""


@dataclass(frozen=True)
class Change:
    """What became of a cell.

    Attributes
    ----------
    dataset, model, metric : str
    before, after : float or None
        Means over the seeds that are compared; None where there is no such cell.
    difference, error : float or None
        After less before, and its standard error.
    seeds : int
        How many are compared.
    lost : tuple of int
        Seeds that are no more, where others are compared.
    p : float or None
        Of a difference this large by chance.
    verdict : str
        One of `VERDICTS`.
    better : bool or None
        Whether what moved is better now; None where no way is.
    look : Look
        How its numbers are written.
    """

    dataset: str
    model: str
    metric: str
    before: float | None
    after: float | None
    difference: float | None
    error: float | None
    seeds: int
    p: float | None
    verdict: str
    better: bool | None
    look: Look
    lost: tuple[int, ...] = ()

    @property
    def worse(self) -> bool:
        """Whether it moved the wrong way, or there is no number any more, of a seed even."""
        wrong = self.verdict == "moved" and self.better is False
        return wrong or self.verdict == "vanished" or bool(self.lost)

    @property
    def moved(self) -> bool:
        """Whether it moved, or there is no number any more, of a seed even."""
        return self.verdict in ("moved", "vanished") or bool(self.lost)


def changes(before: pd.DataFrame, after: pd.DataFrame) -> list[Change]:
    """What became of every cell of two tables, in the order of the later one, then what vanished.

    Parameters
    ----------
    before, after
        With the columns of ``metrics.csv``.
    """
    old, new = (dict(iter(frame.groupby(KEYS, sort=False))) for frame in (before, after))
    found = [_change(key, old.get(key), new.get(key)) for key in {**new, **old}]
    tested = [place for place, change in enumerate(found) if change.verdict == "within noise"]
    corrected = (
        stats.false_discovery_control([found[place].p for place in tested]) if tested else []
    )
    for place, p in zip(tested, corrected, strict=True):
        if p <= RATE:
            found[place] = replace(found[place], verdict="moved", better=_better(found[place]))
    return found


def _change(key: tuple, before: pd.DataFrame | None, after: pd.DataFrame | None) -> Change:
    written = written_as(key[2])
    blank = Change(*key, None, None, None, None, 0, None, "", None, written)
    if before is None:
        seeds = len(after)
        return replace(blank, after=after["value"].mean(), seeds=seeds, verdict="new")
    if after is None:
        seeds = len(before)
        return replace(blank, before=before["value"].mean(), seeds=seeds, verdict="vanished")
    there, left = {*before["seed"]}, {*after["seed"]}
    if seeds := sorted(there & left):
        blank = replace(blank, lost=tuple(sorted(there - left)))
        before, after = (part.set_index("seed").loc[seeds] for part in (before, after))
    old, new = before["value"].to_numpy(), after["value"].to_numpy()
    difference = new.mean() - old.mean()
    shown = replace(blank, before=old.mean(), after=new.mean(), difference=difference)
    shown = replace(shown, seeds=len(seeds) or max(len(old), len(new)))
    if {*before["version"]} != {*after["version"]}:
        return replace(shown, verdict="version changed")
    if not seeds and len(old) == len(new) == 1:
        return replace(shown, verdict="other seeds")
    if seeds and (old == new).all():
        return replace(shown, error=0.0, verdict="same" if there == left else "other seeds")
    error, freedom = _noise(before, after, paired=bool(seeds))
    p = float(2 * stats.t.sf(abs(difference) / error, freedom))
    return replace(shown, error=error, p=p, verdict="within noise")


def _noise(before: pd.DataFrame, after: pd.DataFrame, paired: bool) -> tuple[float, float]:
    """The standard error of a difference of means, and its degrees of freedom."""
    old, new = before["value"].to_numpy(), after["value"].to_numpy()
    rounding = 2 * _rounding([*old, *new]) / min(len(old), len(new))
    if paired and len(old) == 1:
        return math.sqrt(sum(before["sem"] ** 2) + sum(after["sem"] ** 2) + rounding), math.inf
    if paired:
        return math.sqrt((new - old).var(ddof=1) / len(old) + rounding), len(old) - 1
    several = [part for part in (old, new) if len(part) > 1]
    variances = [(part if len(part) > 1 else several[0]).var(ddof=1) for part in (old, new)]
    spread = variances[0] / len(old) + variances[1] / len(new)
    return math.sqrt(spread + rounding), min(map(len, several)) - 1


def _rounding(values: list[float]) -> float:
    """The variance that rounding adds to a number of a table, in the mean over some."""
    return float(np.mean([10.0 ** (-2 * decimals(value)) / 12 for value in values]))


def _better(change: Change) -> bool | None:
    merit = change.look.merit
    return None if merit is None else bool(merit(change.after) > merit(change.before))


@cache
def written_as(name: str) -> Look:
    """How numbers of a metric, or of an estimate among its details, are written."""
    metric, _, path = name.partition(".")
    if metric not in plugins.names("metrics"):
        return Look(name, "", "", DECIMALS)
    return look(Entry(metric, path), said(metric))


def counts(found: list[Change]) -> Iterator[tuple[str, int]]:
    """How many cells have each verdict, of those that there are."""
    numbers = Counter(change.verdict for change in found)
    yield from ((verdict, numbers[verdict]) for verdict in VERDICTS if numbers[verdict])
