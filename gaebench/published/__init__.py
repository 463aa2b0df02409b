"""The published numbers (``numbers.csv``)."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One published number, and as printed, with what must be said about it."""

    value: float
    text: str
    citation: str
    note: str


@cache
def _entries() -> dict[tuple[str, str, str, str], Entry]:
    text = Path(__file__).with_name("numbers.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        (row["table"], row["dataset"], row["model"], row["source"]): Entry(
            float(row["value"].split()[0]),  # a remark may follow
            row["value"] + (f" ± {row['sem']}" if row["sem"] else ""),
            row["citation"],
            row["note"],
        )
        for row in rows
    }


def entry(table: str | None, dataset: str, model: str, source: str) -> Entry | None:
    """The number that a source (``slide`` or ``paper``) prints in a cell, if any."""
    return _entries().get((table, dataset, model, source))


def tables() -> list[str]:
    """The tables that sources print numbers in, in order."""
    return list(dict.fromkeys(table for table, *_ in _entries()))


def datasets(table: str | None, source: str) -> list[str]:
    """The data sets for which a source prints numbers in a table, in order."""
    return list(dict.fromkeys(key[1] for key in _entries() if (key[0], key[3]) == (table, source)))
