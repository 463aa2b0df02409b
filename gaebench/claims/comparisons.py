"""What a claim compares: a statistic per seed, positive where the claim holds, and its test.

Runs of one seed share no randomness. To pair them all the same costs degrees of freedom and keeps
the level of the test exactly, whatever the variances of the two models (Scheffé 1943); Welch's test
does not with three seeds, in the tail that a correction for many claims asks for.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import ttest_1samp

from gaebench import published
from gaebench.report.cells import mean_and_error
from gaebench.report.names import Names

Seeds = Mapping[int, tuple[float, float]]
"""Seed -> value and its standard error."""


class Missing(Exception):
    """There is no number to compare; the message says which."""


class Unasked(Missing):
    """No table asks for the number."""


@dataclass(frozen=True)
class Measured:
    """A statistic over seeds.

    Attributes
    ----------
    effect : float
        Mean over seeds, positive where the claim holds.
    error : float
        Its standard error over seeds; with one seed, that of the metrics.
    seeds : int
    p : float, optional
        Of a one-sided t-test of the effect being 0 or less; None with one seed.
    """

    effect: float
    error: float
    seeds: int
    p: float | None


class Numbers:
    """The tidy table by cell.

    Parameters
    ----------
    frame
        As of :func:`gaebench.report.collect.collect`.
    unavailable : {dataset: reason}
        Data sets that could not be had.
    names
        How models and data sets are called.
    """

    def __init__(self, frame: pd.DataFrame, unavailable: Mapping[str, str], names: Names) -> None:
        self.unavailable, self.names = unavailable, names
        self.cells: dict[tuple[str, str, str], dict[int, tuple[float, float]]] = {}
        for row in frame.itertuples(index=False):
            cell = self.cells.setdefault((row.dataset, row.model, row.metric), {})
            cell[row.seed] = row.value, row.sem

    def of(self, dataset: str, model: str, metric: str) -> Seeds:
        """A cell's numbers.

        Raises
        ------
        Missing
            If there are none: `Unasked` where that is because no table has them.
        """
        if found := self.cells.get((dataset, model, metric)):
            return found
        place = self.names.dataset(dataset).text
        if dataset in self.unavailable:
            reason = " ".join(self.unavailable[dataset].split())
            raise Missing(f"{place} is not available: {reason}")
        raise Unasked(f"no table asks for `{metric}` of {self.names.model(model).text} on {place}")


@dataclass(frozen=True)
class Comparison:
    """A metric on a data set; its subclasses say what is compared, `model` with something else."""

    dataset: str
    metric: str


@dataclass(frozen=True)
class Difference(Comparison):
    """A model against a rival, seed by seed.

    Attributes
    ----------
    model, rival : str
    less : bool
        Whether less is better.
    """

    model: str
    rival: str
    less: bool = False

    def text(self, names: Names) -> str:
        """In words."""
        return f"{names.model(self.model).text} against {names.model(self.rival).text}"

    def measure(self, numbers: Numbers) -> Measured:
        """Difference in the claim's direction.

        Raises
        ------
        Missing
            If a cell is missing, or no seed is shared.
        """
        sign = -1 if self.less else 1
        ours = numbers.of(self.dataset, self.model, self.metric)
        theirs = numbers.of(self.dataset, self.rival, self.metric)
        return _weighted([ours, theirs], [sign, -sign])


@dataclass(frozen=True)
class Level(Comparison):
    """A model against a number that the slides print.

    Attributes
    ----------
    model : str
    table, printed_on : str
        Where ``numbers.csv`` has the number: its table and data set.
    """

    model: str
    table: str
    printed_on: str

    @property
    def target(self) -> float:
        """The number on the slide."""
        return published.entry(self.table, self.printed_on, self.model, "slide").value

    def text(self, names: Names) -> str:
        """In words."""
        return f"{names.model(self.model).text} against the slide's {self.target}"

    def measure(self, numbers: Numbers) -> Measured:
        """By how much the model is above the number; `Missing` as in `Difference`."""
        ours = numbers.of(self.dataset, self.model, self.metric)
        return _weighted([ours], [1.0], less=self.target)


@dataclass(frozen=True)
class Fall(Comparison):
    """How much a metric falls per layer: minus the slope of the least-squares line, seed by seed.

    Attributes
    ----------
    models : tuple of str
        With 1, 2, ... layers.
    """

    models: tuple[str, ...]

    @property
    def model(self) -> str:
        """The first of them."""
        return self.models[0]

    def text(self, names: Names) -> str:
        """In words."""
        first, last = (names.model(self.models[place]).text for place in (0, -1))
        return f"fall per layer, {first} to {last}"

    def measure(self, numbers: Numbers) -> Measured:
        """Minus the slope; `Missing` as in `Difference`."""
        layers = np.arange(len(self.models)) - (len(self.models) - 1) / 2
        cells = [numbers.of(self.dataset, model, self.metric) for model in self.models]
        return _weighted(cells, (-layers / np.square(layers).sum()).tolist())


def _weighted(cells: Sequence[Seeds], weights: Sequence[float], less: float = 0.0) -> Measured:
    """Weighted sum of cells on the seeds that they share, less a number."""
    shared = sorted(set.intersection(*(set(cell) for cell in cells)))
    if not shared:
        raise Missing("no seed is shared")
    pairs = [list(zip(weights, (cell[seed] for cell in cells), strict=True)) for seed in shared]
    values = [sum(weight * value for weight, (value, _) in pair) - less for pair in pairs]
    sems = [math.hypot(*(weight * sem for weight, (_, sem) in pair)) for pair in pairs]
    effect, error = mean_and_error(values, sems)
    return Measured(effect, error, len(values), p_value(values))


def p_value(values: Sequence[float]) -> float | None:
    """Of a one-sided one-sample t-test of a mean of 0 or less; None for a single value."""
    if len(values) < 2:
        return None
    if np.ptp(values) == 0:
        return float(values[0] <= 0)
    return float(ttest_1samp(values, 0, alternative="greater").pvalue)
