"""What a claim compares: a statistic per seed, positive where the claim holds, and its test."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import ttest_1samp

from gaebench import published
from gaebench.report.collect import mean_and_error
from gaebench.report.names import dataset_name, model_name

Seeds = Mapping[int, tuple[float, float]]
"""Seed -> value and its standard error."""


class Missing(Exception):
    """There is no number to compare; the message says which."""


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
    """

    def __init__(self, frame: pd.DataFrame, unavailable: Mapping[str, str]) -> None:
        self.unavailable = unavailable
        self.cells: dict[tuple[str, str, str], dict[int, tuple[float, float]]] = {}
        for row in frame.itertuples(index=False):
            cell = self.cells.setdefault((row.dataset, row.model, row.metric), {})
            cell[row.seed] = row.value, row.sem

    def of(self, dataset: str, model: str, metric: str) -> Seeds:
        """A cell's numbers.

        Raises
        ------
        Missing
            If there are none.
        """
        if found := self.cells.get((dataset, model, metric)):
            return found
        if dataset in self.unavailable:
            reason = " ".join(self.unavailable[dataset].split())
            raise Missing(f"{dataset_name(dataset)} is not available: {reason}")
        raise Missing(
            f"no table asks for `{metric}` of {model_name(model)} on {dataset_name(dataset)}"
        )


@dataclass(frozen=True)
class Comparison:
    """A metric on a data set; its subclasses say what is compared."""

    dataset: str
    metric: str


@dataclass(frozen=True)
class Difference(Comparison):
    """A model against a rival, or against the best on average of several, seed by seed.

    Attributes
    ----------
    model : str
    rivals : tuple of str
    less : bool
        Whether less is better.
    """

    model: str
    rivals: tuple[str, ...]
    less: bool = False

    def text(self) -> str:
        """In words."""
        names = [model_name(rival) for rival in self.rivals]
        rivals = names[0] if len(names) == 1 else f"the best of {names[0]} to {names[-1]}"
        return f"{model_name(self.model)} against {rivals}"

    def measure(self, numbers: Numbers) -> Measured:
        """Difference in the claim's direction.

        Raises
        ------
        Missing
            If a cell is missing, or no seed is shared.
        """
        sign = -1 if self.less else 1
        ours = numbers.of(self.dataset, self.model, self.metric)
        cells = [numbers.of(self.dataset, rival, self.metric) for rival in self.rivals]
        best = max(cells, key=lambda cell: sign * np.mean([value for value, _ in cell.values()]))
        return _weighted([ours, best], [sign, -sign])


@dataclass(frozen=True)
class Level(Comparison):
    """A model against a number that the slides print.

    Attributes
    ----------
    model : str
    table, printed_on : str
        Where ``paper.csv`` has the number: its table and data set.
    """

    model: str
    table: str
    printed_on: str

    @property
    def target(self) -> float:
        """The number on the slide."""
        return float(published.entry(self.table, self.printed_on, self.model, "slide").text)

    def text(self) -> str:
        """In words."""
        return f"{model_name(self.model)} against the slide's {self.target}"

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

    def text(self) -> str:
        """In words."""
        return f"fall per layer, {model_name(self.models[0])} to {model_name(self.models[-1])}"

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
