"""The files below a folder, each of them once, whatever links there are."""

import os
from pathlib import Path

from gaebench.errors import DataError, counted
from gaebench.foreign.words import shown

NAMED = 3
"""Files that a message names."""


def below(folder: Path) -> tuple[list[str], list[str]]:
    """Names below a folder, relative to it and with ``/``, less hidden ones.

    Returns
    -------
    (names, remarks)
        Of all that is no folder, broken links too. What was left out, one line each: a folder that
        a link leads to a second time.

    Raises
    ------
    DataError
        If a folder cannot be read.
    """
    seen, names, again = set(), [], []
    for home, folders, files in os.walk(folder, onerror=_refuse, followlinks=True):
        inside, found = Path(home).relative_to(folder), os.stat(home)
        if (found.st_dev, found.st_ino) in seen:
            again.append(inside.as_posix())
            folders.clear()
            continue
        seen.add((found.st_dev, found.st_ino))
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        names += [(inside / name).as_posix() for name in files if not is_hidden(name)]
    left_out = f"{counted(len(again), 'folder')} that links lead to again left out: {some(again)}"
    return names, [left_out] if again else []


def is_hidden(name: str) -> bool:
    """Whether a name with ``/`` is one of the system's, or lies in such a folder."""
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    odd = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return odd or parts[-1:] == ["Thumbs.db"]


def some(names: list[str]) -> str:
    """The first of several names, in a message."""
    return ", ".join(map(shown, names[:NAMED])) + ", ..." * (len(names) > NAMED)


def _refuse(error: OSError) -> None:
    raise DataError(f"{shown(error.filename)}: cannot be read ({error.strerror})") from error
