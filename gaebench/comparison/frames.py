"""Tidy tables of results of any age: those without versions were written by version 1."""

import io
from pathlib import Path

import pandas as pd

from gaebench.errors import GaebenchError
from gaebench.report.collect import COLUMNS, TYPES


def read(path: str | Path) -> pd.DataFrame:
    """A ``metrics.csv``, see :func:`parsed`."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GaebenchError(f"{path} cannot be read ({error})") from error
    return parsed(text, str(path))


def parsed(text: str, where: str) -> pd.DataFrame:
    """The text of a ``metrics.csv`` as a frame with the columns of today.

    Raises
    ------
    GaebenchError
        If it is none, a cell stands there twice, or a number is missing.
    """
    try:
        frame = pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=["nan", ""])
        if "version" not in frame:
            frame["version"] = 1
        frame = frame[COLUMNS].astype(TYPES)
    except (ValueError, KeyError) as error:
        raise GaebenchError(
            f"{where} is no table of results with the columns {','.join(COLUMNS)} ({error})"
        ) from error
    cell = ["dataset", "model", "seed", "metric"]
    if frame.isna().any(axis=None) or frame.duplicated(cell).any():
        raise GaebenchError(f"{where} lacks a number, or has a cell twice")
    return frame


def empty() -> pd.DataFrame:
    """A table of no results."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in TYPES.items()})
