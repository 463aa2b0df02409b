"""The published numbers (``paper.csv``) and the remarks on them (``notes.csv``)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Entry:
    """One published number, as printed, with what must be said about it."""

    text: str
    citation: str
    note: str


def _rows(name: str) -> list[dict[str, str]]:
    path = Path(__file__).with_name(name)
    return pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records")


@cache
def _entries() -> dict[tuple[str, str, str, str], Entry]:
    return {
        (row["table"], row["dataset"], row["model"], row["source"]): Entry(
            row["value"] + (f" ± {row['sem']}" if row["sem"] else ""), row["citation"], row["note"]
        )
        for row in _rows("numbers.csv")
    }


def entry(table: str, dataset: str, model: str, source: str) -> Entry | None:
    """The number that a source (``slide`` or ``paper``) prints in a cell, if any."""
    return _entries().get((table, dataset, model, source))


def datasets(table: str, source: str) -> list[str]:
    """The data sets for which a source prints numbers in a table, in order."""
    return list(dict.fromkeys(key[1] for key in _entries() if (key[0], key[3]) == (table, source)))


def citations(table: str, source: str) -> list[str]:
    """Where a source's numbers in a table come from, without repeats, in order."""
    found = (entry for key, entry in _entries().items() if (key[0], key[3]) == (table, source))
    return list(dict.fromkeys(entry.citation for entry in found))


def notes(table: str, dataset: str = "", model: str = "") -> list[str]:
    """The remarks on a data set and on a model in a table or, without either, on the whole table.

    A remark on ``gae`` is one on every model named ``gae-...``.
    """
    return [
        row["note"]
        for row in _rows("notes.csv")
        if row["table"] in ("", table) and _concerns(row, dataset, model)
    ]


def _concerns(row: dict[str, str], dataset: str, model: str) -> bool:
    if row["dataset"]:
        return row["dataset"] == dataset
    if row["model"]:
        return f"{model}-".startswith(f"{row['model']}-")
    return not dataset and not model
