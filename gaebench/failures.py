"""Runs that failed: their files say so, for the other runs to go on and for tables to tell."""

import json
from collections.abc import Iterable
from pathlib import Path

from gaebench.errors import Failed
from gaebench.files import write_text

MARK = b'{"failed": '
"""How the files of a failed run begin; no other file of a run does."""


def write(paths: Iterable[str | Path], reason: str) -> None:
    """Write why a run failed in the place of its files."""
    for path in paths:
        write_text(path, json.dumps({"failed": reason}) + "\n")


def reason(path: str | Path) -> str | None:
    """Why the run failed that a file is of; None if it did not, or there is no such file."""
    try:
        with open(path, "rb") as file:
            if file.read(len(MARK)) != MARK:
                return None
        return json.loads(Path(path).read_text(encoding="utf-8"))["failed"]
    except (OSError, ValueError):
        return None


def refuse(path: str | Path) -> None:
    """Raise :class:`Failed` if a file is of a run that failed."""
    if found := reason(path):
        raise Failed(found)
