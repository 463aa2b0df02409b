"""Images of other people's models: what their entries in params.yaml ask for, and their checks."""

import os
from collections.abc import Iterator
from pathlib import Path

from . import paths
from .schema import key_path

FOLDER = "data/foreign"
"""Where their files lie: DVC sees this folder."""
SUFFIXES = (".npy", ".npz", ".pt", ".pth", ".zip")
TABLES = ("table1", "quality", "copying")
"""Where a row of theirs stands, unless the entry says otherwise."""
SEED = 0
"""There is one set of images, and no training that a seed could name."""


def resolved(config: dict) -> dict:
    """The entries, each with the tables that show it."""
    return {
        name: {"tables": _usual(config, entry["dataset"])} | entry
        for name, entry in (config.get("foreign") or {}).items()
    }


def _usual(config: dict, dataset: str) -> list[str]:
    tables = config["tables"]
    return [name for name in TABLES if dataset in tables.get(name, {}).get("seeds", {})]


def here(table: dict, dataset: str) -> list[str]:
    """Those of a table that are of a data set, where the table has numbers on it."""
    return [name for name, of in table.get("foreign", {}).items() if of == dataset]


def note(entry: dict) -> str:
    """What must be said of a row: whose it is."""
    return f"Images by {entry['by']}, as given in `{entry['file']}`: not trained here."


def misplaced(name: str, file: object) -> Iterator[str]:
    """What is wrong with a file's name and place, if anything."""
    if not isinstance(file, str):
        return
    where, path = key_path("foreign", name, "file"), Path(file)
    if path.suffix.lower() not in SUFFIXES:
        yield f"{where}: is {file!r}, must be a file that ends in {', '.join(SUFFIXES)}"
    elif path.is_absolute() or ".." in path.parts or not path.is_relative_to(FOLDER):
        yield f"{where}: is {file!r}, must lie in {FOLDER}, where changes of it are seen"
    elif reason := paths.of_a_file(file):
        yield f"{where}: is {file!r}, {reason}"
    elif not path.is_file():
        yield f"{where}: there is no file {file}"
    elif not os.access(path, os.R_OK):
        yield f"{where}: {file} cannot be read: allow it (chmod u+r)"
