"""One tidy table out of the metric files of all runs."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from gaebench import failures
from gaebench.errors import GaebenchError
from gaebench.files import write_text
from gaebench.identity import record
from gaebench.report import cells, frames
from gaebench.report.cells import Cell, Number, mean_and_error
from gaebench.report.frames import COLUMNS

DECIMALS = 4
MOST = 12
"""Decimals of a small number: so many that two of its digits are not 0, and no more than these."""


def collect(wanted: Iterable[Cell], versions: Mapping[str, int]) -> pd.DataFrame:
    """Read the metric files into one frame.

    Parameters
    ----------
    wanted
        What to read, in the order of the rows. A cell that several tables share is read once; one
        of a run that failed has no row.
    versions
        Of the metrics, by name.

    Returns
    -------
    DataFrame
        Columns ``dataset, model, seed, metric, value, sem, version``. One row per cell, and after
        it one per detail that is an estimate itself, with ``value`` and ``sem``: ``metric`` is
        then ``prdc.recall``, say.

    Raises
    ------
    GaebenchError
        If a file is missing, is no metric file, or a value is none that the table can hold.
    """
    rows = [
        (*cell[:3], metric, *estimate, versions[cell.metric])
        for cell in dict.fromkeys(wanted)
        if not failures.reason(cell.path)
        for metric, estimate in _of_file(cell.metric, cell.path).items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _of_file(metric: str, path: Path) -> dict[str, Number]:
    return estimates(metric, cells.content(path), str(path))


def estimates(metric: str, found: dict, where: str) -> dict[str, Number]:
    """The estimate of a file under the metric's name, and those among its details.

    Parameters
    ----------
    metric
    found
        What the file says.
    where
        What the file is called in messages.

    Raises
    ------
    GaebenchError
        If the file has no finite value and error.
    """
    parts = {"": found} | {
        name: part
        for name, part in found.items()
        if isinstance(part, dict) and part.keys() >= {"value", "sem"}
    }
    return {
        ".".join(filter(None, [metric, name])): _estimate(part, where)
        for name, part in parts.items()
    }


def _estimate(part: dict, where: str) -> Number:
    number = cells.number(part, "", where)
    if number.sem is None:
        raise GaebenchError(f"{where} is not a metric file: it has no sem. {cells.REMEDY}")
    return number


def write(frame: pd.DataFrame, path: str | Path) -> None:
    """Write the tidy table as CSV, numbers with four decimals, small ones with more."""
    write_text(path, frame[COLUMNS].to_csv(index=False, float_format=_text, lineterminator="\n"))


def _text(value: float) -> str:
    return f"{value:.{decimals(value)}f}"


def decimals(value: float) -> int:
    """How many a number of the table has."""
    first = math.floor(math.log10(abs(value))) if value else 0  # place of the first digit
    return min(max(DECIMALS, 1 - first), MOST)


def read(path: str | Path) -> pd.DataFrame:
    """A tidy table of a run: as :func:`gaebench.report.frames.read`, and it must be as made.

    Raises
    ------
    GaebenchError
        If the file is missing, is no such table, or is another than its identity says.
    """
    record.refuse(path)
    return frames.read(path)


def summary(frame: pd.DataFrame) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Means over seeds as ``{metric: {dataset: {model: {"mean", "sem"}}}}``, rounded alike."""
    result: dict = {}
    for keys, rows in frame.groupby(["metric", "dataset", "model"], sort=False):
        metric, dataset, model = keys
        mean, sem = mean_and_error(rows["value"].tolist(), rows["sem"].tolist())
        models = result.setdefault(metric, {}).setdefault(dataset, {})
        models[model] = {
            name: round(value, decimals(value))
            for name, value in {"mean": mean, "sem": sem}.items()
        }
    return result
