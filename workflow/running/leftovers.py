"""What killed processes leave behind: temporary names of files, copies of scripts, locks."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

from running.state import FOLDER

LOCKS = FOLDER / "locks"
PART = re.compile(r"\..*\.(\d+)\.part")
"""A file that a process, whose number it has, was writing (gaebench.files.whole)."""


def unlock() -> bool:
    """Remove Snakemake's locks; whether there were any."""
    found = list(LOCKS.glob("*.lock"))
    for path in found:
        path.unlink(missing_ok=True)
    return bool(found)


def sweep(folders: Iterable[str | Path]) -> int:
    """Remove what no living process will come back to; how many files that were.

    Parameters
    ----------
    folders
        Where jobs write.
    """
    copies = [*FOLDER.glob("scripts/tmp*"), *FOLDER.glob("shell_tmp.*/*")]
    found = [*_parts(folders), *(path for path in copies if path.is_file())]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _parts(folders: Iterable[str | Path]) -> Iterator[Path]:
    for folder in folders:
        for path in Path(folder).rglob(".*.part"):
            named = PART.fullmatch(path.name)
            if named and path.is_file() and not psutil.pid_exists(int(named[1])):
                yield path
