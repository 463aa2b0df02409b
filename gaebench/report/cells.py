"""Numbers out of the metric files of runs, and their means over seeds."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gaebench.errors import GaebenchError
from gaebench.estimate import LARGEST
from gaebench.identity import record

REMEDY = "Delete it and run again: it is evaluated anew."

Key = tuple[str, str, int, str]
"""Data set, model or control, seed, metric."""


class Cell(NamedTuple):
    """One number of the benchmark and the file that holds it."""

    dataset: str
    model: str
    seed: int
    metric: str
    path: Path

    @classmethod
    def at(cls, path: str | Path) -> "Cell":
        """The cell of a file named ``.../{dataset}/{model}/{seed}/{metric}.json``."""
        path = Path(path)
        *_, dataset, model, seed, _ = path.parts
        return cls(dataset, model, int(seed), path.stem, path)


class Number(NamedTuple):
    """A number of a metric file, and its standard error where it has one."""

    value: float
    sem: float | None


class Mean(NamedTuple):
    """A mean over seeds, its standard error where it has one, and the number of seeds."""

    value: float
    error: float | None
    seeds: int


def content(path: str | Path) -> dict:
    """What a metric file says.

    Raises
    ------
    GaebenchError
        If it is missing or damaged, or another than its identity says.
    """
    record.refuse(path)
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise GaebenchError(f"{path} is missing. Run again: it is evaluated then.") from error
    except (OSError, ValueError) as error:
        raise GaebenchError(f"{path} is not a metric file ({error!r}). {REMEDY}") from error
    if not isinstance(found, dict):
        raise GaebenchError(f"{path} is not a metric file. {REMEDY}")
    return found


def contents(paths: Iterable[str | Path]) -> dict[Key, dict]:
    """What metric files say, by the cell that each one's place names; errors as `content`."""
    return {Cell.at(path)[:4]: content(path) for path in paths}


def number(found: object, path: str, where: str) -> Number | None:
    """A number of a metric file.

    Parameters
    ----------
    found
        What the file says.
    path
        Keys joined by ``/`` that lead to a number, or to a mapping with ``value`` and perhaps
        ``sem``; without any, those of the metric itself.
    where
        What the file is called in messages.

    Returns
    -------
    Number or None
        None if the file has no such entry.

    Raises
    ------
    GaebenchError
        If the entry is no number that a table of results can hold.
    """
    for key in filter(None, path.split("/")):
        if not isinstance(found, Mapping) or key not in found:
            return None
        found = found[key]
    part = found if isinstance(found, Mapping) else {"value": found}
    value, sem = part.get("value"), part.get("sem")
    if not _counts(value) or not (sem is None or _counts(sem)):
        place = f" at {path!r}" if path else ""
        raise GaebenchError(
            f"{where} has no number{place} within ±{LARGEST:g}: value {value}, sem {sem}. {REMEDY}"
        )
    return Number(float(value), None if sem is None else float(sem))


def _counts(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) <= LARGEST


def mean(numbers: Sequence[Number]) -> Mean:
    """Mean over seeds with its error; a single seed's own error, if it has one."""
    if len(numbers) == 1:
        return Mean(*numbers[0], 1)
    values, sems = zip(*numbers, strict=True)
    return Mean(*mean_and_error(values, sems), len(numbers))


def mean_and_error(values: Sequence[float], sems: Sequence[float]) -> tuple[float, float]:
    """Mean over seeds and its standard error.

    With n >= 2 seeds the error is std / sqrt(n), std with n - 1 degrees of freedom. A single seed
    has no spread over seeds; its error is then the metric's own.
    """
    average = math.fsum(values) / len(values)
    if len(values) == 1:
        return average, float(sems[0])
    variance = math.fsum((value - average) ** 2 for value in values) / (len(values) - 1)
    return average, math.sqrt(variance / len(values))
