"""Manifests: what fetching left behind, the files with their hashes or why they cannot be had."""

import json
from pathlib import Path

from gaebench.errors import DataError
from gaebench.files import write_text
from gaebench.identity import record


def write(path: str | Path, content: dict) -> None:
    """Write ``{"files": {name: sha256}}`` or ``{"unavailable": reason}``."""
    write_text(path, json.dumps(content, indent=2, sort_keys=True) + "\n")


def unavailable(path: str | Path) -> str:
    """Why a source cannot be had; empty if it can.

    Raises
    ------
    DataError
        If the manifest is missing or damaged, or another than its identity says.
    """
    record.refuse(path)
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        if content.keys() & {"files", "unavailable"}:
            return str(content.get("unavailable", ""))
        reason = "it names no files"
    except (OSError, ValueError, AttributeError) as error:
        reason = str(error)
    raise DataError(
        f"{path} is not a manifest ({reason}). Run `snakemake -f {path}`: it is made anew."
    )
