"""How each number was made: settings, seeds, versions, and hashes of the code."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from gaebench.errors import DataError
from gaebench.page.text import listed
from gaebench.report.names import Names

OFTEN = ("epochs", "batch", "patience", "score_every", "budget", "decay", "stop_on", "valid_images")
"""Of training, in this order; further settings follow."""


class Sheet(NamedTuple):
    """A small table: its title, its columns, and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: list[list[str]]


def trained(runs: Iterable[Mapping], names: Names) -> list[Sheet]:
    """The trained models, a table for each data set.

    Parameters
    ----------
    runs
        For each model on a data set: ``dataset``, ``model``, ``seeds``, ``family``, ``settings``,
        ``train`` and ``code``, the hash of the code that trains it.
    """
    by_dataset: dict[str, list[list[str]]] = {}
    for run in runs:
        train = {name: run["train"][name] for name in OFTEN if name in run["train"]}
        row = [
            names.model(run["model"]).text,
            run["model"],
            ", ".join(map(str, run["seeds"])),
            listed(run["settings"]),
            listed(train | run["train"]),
            run["code"],
        ]
        by_dataset.setdefault(run["dataset"], []).append(row)
    columns = ("model", "name", "seeds", "settings", "training", "code")
    return [Sheet(names.dataset(name).text, columns, rows) for name, rows in by_dataset.items()]


def measured(metrics: Mapping[str, Mapping]) -> Sheet:
    """The metrics: ``label``, ``version``, ``settings``, ``code`` of each."""
    rows = [
        [told["label"], name, str(told["version"]), listed(told["settings"]), told["code"]]
        for name, told in metrics.items()
    ]
    return Sheet("Metrics", ("metric", "name", "version", "settings", "code"), rows)


def cost(path: str) -> Sheet:
    """A table of costs as its file has it.

    Raises
    ------
    DataError
        If it is no table.
    """
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read ({error}). Delete it and run again.") from error
    return Sheet("What it cost", tuple(map(str, frame.columns)), frame.to_numpy().tolist())
