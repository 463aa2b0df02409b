"""What a run leaves behind: where it is, its first two tables in short, and what is missing."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from params import jobs
from params.targets import Targets
from tabulate import tabulate

from gaebench.errors import counted

TITLES = ("Table 1", "Table 2")
"""The slides' tables."""
FILES = ("tables.md", "claims.md", "metrics.csv")
WIDTH = 80
"""Columns that every terminal has."""
CELLS = re.compile(r"(?<!\\)\|")
MARKUP = re.compile(r"<sup>.*?</sup>|\*\*|†")
ERROR = re.compile(r" ± \S+")
EMPTY = {"", "n/a"}


def made(config: dict) -> Iterator[str]:
    """Where the results are, their first tables, and which data sets could not be had and why.

    ``config`` holds resolved parameters.
    """
    results = Path(config["results"])
    sections = re.split(r"^## ", (results / "tables.md").read_text(encoding="utf-8"), flags=re.M)
    for title in TITLES:
        if section := next((s for s in sections if s.startswith(f"{title}\n")), None):
            yield f"{title}\n{short(section, WIDTH)}\n"
    there = [name for name in FILES if (results / name).is_file()]
    drawn = sum((results / "figures" / f"{name}.png").is_file() for name in config["figures"])
    figures = f", and {counted(drawn, 'figure')} in {results}/figures" if drawn else ""
    yield f"Made: {results}/{', '.join(there)}{figures}"
    for dataset in Targets(config).optional:
        if reason := jobs.unavailable(config, dataset):
            yield f"Missing: {dataset}: {reason}"


def short(section: str, width: int) -> str:
    """A table of tables.md: models only, columns that have numbers, errors where they fit.

    Parameters
    ----------
    section
        Markdown with one table.
    width
        Columns of text that it may take; the last columns of one that is too wide are left out.
    """
    lines = [_cells(line) for line in section.splitlines() if line.startswith("|")]
    if len(lines) < 3 or len({*map(len, lines)}) > 1:
        return "(in tables.md)"
    head, _, *rows = lines
    controls = next((i for i, row in enumerate(rows) if row[0].startswith("*")), len(rows))
    columns = list(zip(head, *rows[:controls], strict=True))
    empty = [first for first, *cells in columns if {*cells} <= EMPTY]
    absent = {first.removesuffix("ours") for first in empty if first.endswith(", ours")}
    kept = [c for c in columns if c[0] not in empty and not c[0].startswith(tuple(absent))]
    plain = [[ERROR.sub("", cell) for cell in column] for column in kept]
    texts = [_laid_out(kept), *(_laid_out(plain[:n]) for n in range(len(plain), 0, -1))]
    return next((text for text in texts if _width(text) <= width), texts[-1])


def _cells(line: str) -> list[str]:
    cells = CELLS.split(line.strip("|"))
    return [MARKUP.sub("", cell).replace("\\|", "|").strip() for cell in cells]


def _laid_out(columns: list[Sequence[str]]) -> str:
    head, *rows = zip(*columns, strict=True)
    words = [text.replace(", ", ",\n").replace(" (", "\n").rstrip(")") for text in head[1:]]
    align = ("left", *["right"] * len(words))
    text = tabulate(rows, [head[0], *words], "simple", disable_numparse=True, colalign=align)
    return "\n".join(line.rstrip() for line in text.splitlines())


def _width(text: str) -> int:
    return max(map(len, text.splitlines()))
