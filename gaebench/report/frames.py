"""Tidy tables of results of any age: those without versions were written by version 1."""

import csv
import io
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from gaebench.errors import GaebenchError
from gaebench.estimate import LARGEST

TYPES = {
    "dataset": str,
    "model": str,
    "seed": int,
    "metric": str,
    "value": float,
    "sem": float,
    "version": int,
}
COLUMNS = list(TYPES)
CELL = ["dataset", "model", "seed", "metric"]
WHOLE = re.compile(r"[-+]?[0-9]+")
BITS = 63
"""Of a whole number, beside its sign."""


def read(path: str | Path) -> pd.DataFrame:
    """A ``metrics.csv``, see :func:`parsed`."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise GaebenchError(f"{path} cannot be read ({error})") from error
    return parsed(content, str(path))


def parsed(content: bytes | str, where: str) -> pd.DataFrame:
    """The text of a ``metrics.csv`` as a frame with the columns of today.

    Names stay the text that they are, were it ``007`` or ``nan``.

    Raises
    ------
    GaebenchError
        If it is none, a cell stands there twice, or a number is missing or none.
    """
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        rows = list(_rows(text))
    except (ValueError, csv.Error) as error:
        raise GaebenchError(f"{where} is no table of results: {error}") from error
    frame = pd.DataFrame(rows, columns=COLUMNS).astype(TYPES)
    twice = frame.duplicated(CELL)
    if twice.any():
        cell = ", ".join(map(str, frame.loc[twice.idxmax(), CELL]))
        raise GaebenchError(f"{where} has a cell twice: {cell}. Delete one of its rows")
    return frame


def empty() -> pd.DataFrame:
    """A table of no results."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in TYPES.items()})


def _rows(text: str) -> Iterator[list]:
    """Rows in the order of today's columns; ValueError says what is wrong with a line."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next(lines, [])
    twice = sorted({name for name in header if header.count(name) > 1})
    missing = [name for name in COLUMNS if name not in (*header, "version")]
    if twice or missing:
        fault = f"has {', '.join(twice)} twice" if twice else f"lacks {', '.join(missing)}"
        raise ValueError(f"its first line {fault}; the columns are {','.join(COLUMNS)}")
    for line in lines:
        if not line:
            continue
        place = f"line {lines.line_num}"
        if len(line) != len(header):
            raise ValueError(f"{place} has {len(line)} columns, and the first line {len(header)}")
        row = {"version": "1"} | dict(zip(header, line, strict=True))
        yield [READERS[TYPES[name]](row[name], f"{place}, {name}", name) for name in COLUMNS]


def _text(text: str, place: str, name: str) -> str:
    return text


def _whole(text: str, place: str, name: str) -> int:
    if not WHOLE.fullmatch(text.strip()) or len(text) > BITS or int(text) >> BITS not in (0, -1):
        raise ValueError(f"{place} must be a whole number of at most 64 bits, not {text!r}")
    return int(text)


def _number(text: str, place: str, name: str) -> float:
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST:
        raise ValueError(f"{place} must be a number within ±{LARGEST:g}, not {text!r}")
    if name == "sem" and value < 0:
        raise ValueError(f"{place} is a standard error, and cannot be negative as {text!r} is")
    return value


READERS: dict[type, Callable[[str, str, str], object]] = {str: _text, int: _whole, float: _number}
