"""What trainings cost, beside what they gave: a table in a file of its own.

Times and devices differ from run to run, so that nothing which is compared byte by byte may hold
them. Trainings leave them among their logs; one without such a record, because its model came from
elsewhere, has blanks.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import pandas as pd
from tabulate import tabulate

from gaebench import failures
from gaebench.files import write_text
from gaebench.identity import record
from gaebench.report import histories
from gaebench.report.names import Names
from gaebench.training.cost import Cost

HEADERS = {
    "dataset": "data set",
    "model": "model",
    "seeds": "seeds",
    "parameters": "parameters",
    "seconds": "training (s)",
    "images_a_second": "images a second",
    "gigabytes": "memory (GB)",
    "device": "device",
    "metric": "score",
    "validation": "validation",
    "test": "test",
}
SEARCHED = {
    "dataset": "data set",
    "model": "model",
    "trials": "trials",
    "failed": "failed",
    "trainings": "full trainings",
    "seconds": "about (s)",
}
TEXTS = ("dataset", "model", "device", "metric")
DIGITS = {"gigabytes": 2, "validation": 1, "test": 1, "trainings": 1}
"""After the point; of all other numbers none."""
TEXT = """\
# What it cost

Means over seeds; what a training cost over those on one device, that of most of them. *Training* is
the time of one, validation scores included; *memory* the most that its process had, on a GPU of the
device's. *Validation* is the score that picked the epoch, *test* the same measure on test images,
where a table asks for it. A blank says that the model was trained elsewhere, or by other code, or
that no test score was asked for.

{table}

## What the search cost

Each trial of the search (docs/tuning.md), failures included, in *full trainings*: trainings of
the model's whole length, or shares of them; *about* is that many times the training above, so that
it holds where that is of the full budget.

{search}
"""


class Trained(NamedTuple):
    """A training: its cost, if it is known, its best validation score, and its test score."""

    cost: Cost | None
    validation: float | None
    test: float | None


@dataclass(frozen=True)
class Runs:
    """The trainings of a results folder.

    Attributes
    ----------
    models, histories : sequence of path
        ``.../{dataset}/{model}/{seed}/...`` of each, in one order.
    logs : path
        The folder in which each left its cost, ``{dataset}/{model}/{seed}.json``.
    metrics : DataFrame
        The tidy table of all numbers.
    """

    models: Sequence[str]
    histories: Sequence[str]
    logs: Path
    metrics: pd.DataFrame

    def table(self, asked: Iterable[Mapping]) -> pd.DataFrame:
        """One row for each model on each data set that came out.

        Parameters
        ----------
        asked
            Each with ``dataset``, ``model``, and the ``metric`` that picked its epoch.
        """
        rows = []
        for entry in asked:
            key = entry["dataset"], entry["model"]
            if found := list(self._of(*key, entry["metric"])):
                rows.append(dict(zip(HEADERS, (*key, *_row(entry["metric"], found)), strict=True)))
        return pd.DataFrame(rows, columns=list(HEADERS))

    def _of(self, dataset: str, model: str, metric: str) -> Iterator[Trained]:
        """The trainings of a model with all its seeds, less those that failed."""
        for weights, history in zip(self.models, self.histories, strict=True):
            *_, there, name, seed, _ = Path(weights).parts
            if (there, name) == (dataset, model) and not failures.reason(history):
                scores = histories.read(history)
                yield Trained(
                    _cost(self.logs / dataset / model / f"{seed}.json", weights),
                    _best(scores),
                    self._tested.get((dataset, model, int(seed), metric)),
                )

    @cached_property
    def _tested(self) -> dict[tuple, float]:
        index = ["dataset", "model", "seed", "metric"]
        return self.metrics.set_index(index)["value"].to_dict()


def _cost(path: Path, model: str) -> Cost | None:
    """What the training of a model cost; None if that is not known of just this model."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        same = found.pop("model") == record.required(model).sha256
        return Cost(**found) if same else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _best(history: pd.DataFrame) -> float | None:
    """The score that picked the epoch of the last stage; None of a model without epochs."""
    return float(histories.of_last_stage(history)["score"].max()) if len(history) else None


def write(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table as CSV, without digits that say nothing."""
    rounded = table.round(
        {"seconds": 1, "images_a_second": 0, "gigabytes": 2, "validation": 4, "test": 4}
    )
    write_text(path, rounded.to_csv(index=False, lineterminator="\n"))


def _row(metric: str, seeds: Sequence[Trained]) -> tuple:
    """What ``HEADERS`` names after the data set and the model."""
    costs = _of_one_device([trained.cost for trained in seeds if trained.cost])
    seconds = sum(cost.seconds for cost in costs)
    return (
        len(seeds),
        costs[0].parameters if costs else None,
        _mean(cost.seconds for cost in costs),
        sum(cost.images for cost in costs) / seconds if seconds else None,
        max((cost.memory for cost in costs), default=0) / 1e9 or None,
        costs[0].device if costs else "",
        metric,
        _mean(trained.validation for trained in seeds),
        _mean(trained.test for trained in seeds),
    )


def _of_one_device(costs: Sequence[Cost]) -> list[Cost]:
    """Those of the device that most are of, of several such the first: times do not mix."""
    devices = [cost.device for cost in costs]
    most = max(devices, key=devices.count, default=None)
    return [cost for cost in costs if cost.device == most]


def render(table: pd.DataFrame, search: pd.DataFrame, names: Names) -> str:
    """The table, and what the search cost (`gaebench.search.tuning.cost`), as Markdown."""
    seconds = {(r["dataset"], r["model"]): r["seconds"] for r in table.to_dict("records")}
    rows = search.to_dict("records")
    for found in rows:
        one = seconds.get((found["dataset"], found["model"]))
        found["seconds"] = found["trainings"] * one if pd.notna(one) else None
    none = "No search is recorded."
    return TEXT.format(
        table=_markdown(table.to_dict("records"), HEADERS, names),
        search=_markdown(rows, SEARCHED, names) if rows else none,
    )


def _markdown(rows: list[dict], headers: Mapping[str, str], names: Names) -> str:
    cells = [[_cell(name, row[name], names) for name in headers] for row in rows]
    align = ["left" if name in TEXTS else "right" for name in headers]
    return tabulate(
        cells, list(headers.values()), tablefmt="pipe", colalign=align, disable_numparse=True
    )


def _cell(name: str, value: object, names: Names) -> str:
    if name in ("dataset", "model"):
        return getattr(names, name)(value).text
    if value is None or value != value:
        return ""
    return str(value) if name in TEXTS else f"{value:,.{DIGITS.get(name, 0)}f}"


def _mean(values: Iterable[float | None]) -> float | None:
    found = [value for value in values if value is not None]
    return fmean(found) if found else None
