"""Can this run write where it will have to? Asked before anything is made."""

import os
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path

from gaebench.errors import GaebenchError

LEAST = 4 * 2**20
"""Bytes that must be free: logs and records alone take as much, and they are not whole or not."""


def check(folders: Collection[str | Path]) -> None:
    """Write a file in each folder, or where it will be made, and in that of temporary files.

    Raises
    ------
    OSError
        Naming the folder, if one cannot be written, or something else is in its place.
    GaebenchError
        If one has hardly any space left, or there is no folder for temporary files.
    """
    look(folders)
    for folder in dict.fromkeys([*map(existing, folders), _temporary()]):
        probe = folder / f".gaebench.{os.getpid()}.part"
        try:
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(folder)) from error
        if (free := shutil.disk_usage(folder).free) < LEAST:
            raise GaebenchError(
                f"only {free // 1024} KB are free in {folder}: nothing is begun. "
                "Free some space there, then run again."
            )


def look(folders: Collection[str | Path]) -> None:
    """Look into each folder that is there.

    Raises
    ------
    OSError
        Naming the folder, if it cannot be read, or something else is in its place.
    """
    for folder in filter(os.path.lexists, folders):
        os.scandir(folder).close()


def existing(folder: str | Path) -> Path:
    """A folder, or the nearest above it that is there."""
    path = Path(folder)
    return next(place for place in (path, *path.absolute().parents) if place.is_dir())


def _temporary() -> Path:
    """The one that the environment names, or the first of the system's that can be written."""
    if named := next(filter(None, map(os.environ.get, ("TMPDIR", "TEMP", "TMP"))), None):
        return Path(named)  # Python would take another in silence, and others not
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        raise GaebenchError(
            f"{error.strerror}: free some space in one, or name one by TMPDIR, then run again."
        ) from error
