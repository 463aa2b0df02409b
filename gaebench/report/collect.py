"""One tidy table out of the metric files of all runs."""

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from gaebench.errors import GaebenchError
from gaebench.files import write_text

COLUMNS = ["dataset", "model", "seed", "metric", "value", "sem"]
DECIMALS = 4


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


def collect(cells: Iterable[Cell]) -> pd.DataFrame:
    """Read the metric files into one frame.

    Parameters
    ----------
    cells
        What to read, in the order of the rows. A cell that several tables share is read once.

    Returns
    -------
    DataFrame
        Columns ``dataset, model, seed, metric, value, sem``. One row per cell, and after it one per
        detail that is an estimate itself, with ``value`` and ``sem``: ``metric`` is then
        ``prdc.recall``, say.

    Raises
    ------
    GaebenchError
        If a file is missing, is no metric file, or holds a value that is NaN or infinite.
    """
    rows = [
        (*cell[:3], metric, *estimate)
        for cell in dict.fromkeys(cells)
        for metric, estimate in _estimates(cell.metric, Path(cell.path)).items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _estimates(metric: str, path: Path) -> dict[str, tuple[float, float]]:
    """The estimate of a file under the metric's name, and those among its details."""
    remedy = "Delete it and run again: it is evaluated anew."
    try:
        content = json.loads(path.read_text())
        parts = {
            f"{metric}.{name}": part
            for name, part in content.items()
            if isinstance(part, dict) and part.keys() >= {"value", "sem"}
        }
        found = {
            name: (float(part["value"]), float(part["sem"]))
            for name, part in [(metric, content), *parts.items()]
        }
    except FileNotFoundError as error:
        raise GaebenchError(f"{path} is missing. Run again: it is evaluated then.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GaebenchError(f"{path} is not a metric file ({error!r}). {remedy}") from error
    for value, sem in found.values():
        if not (math.isfinite(value) and math.isfinite(sem)):
            raise GaebenchError(f"{path} holds value {value} and sem {sem}, not finite. {remedy}")
    return found


def write(frame: pd.DataFrame, path: str | Path) -> None:
    """Write the tidy table as CSV with four fixed decimals."""
    text = frame[COLUMNS].to_csv(index=False, float_format=f"%.{DECIMALS}f", lineterminator="\n")
    write_text(path, text)


def read(path: str | Path) -> pd.DataFrame:
    """Read a tidy table written by :func:`write`.

    Raises
    ------
    GaebenchError
        If the file is missing, has other columns, or lacks a number.
    """
    types = {"dataset": str, "model": str, "seed": int, "metric": str, "value": float, "sem": float}
    try:
        frame = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=["nan", ""])
    except (OSError, ValueError) as error:
        raise GaebenchError(f"{path} cannot be read ({error}). Delete it and run again.") from error
    if list(frame.columns) != COLUMNS or frame.isna().any(axis=None):
        raise GaebenchError(
            f"{path} is not a complete table with the columns {','.join(COLUMNS)}. "
            "Delete it and run again: it is made anew."
        )
    return frame


def mean_and_error(values: Sequence[float], sems: Sequence[float]) -> tuple[float, float]:
    """Mean over seeds and its standard error.

    With n >= 2 seeds the error is std / sqrt(n), std with n - 1 degrees of freedom. A single seed
    has no spread over seeds; its error is then the metric's own.
    """
    mean = math.fsum(values) / len(values)
    if len(values) == 1:
        return mean, float(sems[0])
    variance = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return mean, math.sqrt(variance / len(values))


def summary(frame: pd.DataFrame) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Means over seeds as ``{metric: {dataset: {model: {"mean", "sem"}}}}``, four decimals."""
    result: dict = {}
    for keys, rows in frame.groupby(["metric", "dataset", "model"], sort=False):
        metric, dataset, model = keys
        mean, sem = mean_and_error(rows["value"].tolist(), rows["sem"].tolist())
        models = result.setdefault(metric, {}).setdefault(dataset, {})
        models[model] = {"mean": round(mean, DECIMALS), "sem": round(sem, DECIMALS)}
    return result
