"""Where results come from: commits, folders, files, the working tree."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from gaebench.comparison import frames, git
from gaebench.errors import GaebenchError

FILE = "metrics.csv"
FULL, QUICK = "results", "results/quick"


@dataclass(frozen=True)
class Source:
    """Results of one time or place.

    Attributes
    ----------
    name : str
        What to call it.
    tables : {folder: DataFrame}
        ``results`` and ``results/quick``, those that there are; or one of another name.
    text : (path) -> str or None
        A file of its project, such as ``params.yaml``; None where that is not known.
    commit : str or None
        Its hash.
    here : bool
        Whether it is the working tree.
    """

    name: str
    tables: dict[str, pd.DataFrame]
    text: Callable[[str], str | None]
    commit: str | None = None
    here: bool = False


class Pair(NamedTuple):
    """Two tables that are compared, and what each is called."""

    before: pd.DataFrame
    after: pd.DataFrame
    before_name: str
    after_name: str
    quick: bool


def source(text: str | None, root: Path) -> Source:
    """The results that a text names: a commit, a folder, a file; the working tree by default.

    Parameters
    ----------
    text
        A ``metrics.csv``, a folder with one, a checkout, or a name of git's.
    root
        The project's folder.

    Raises
    ------
    GaebenchError
        If there are no results.
    """
    if text is None:
        return _folder(root, "the working tree", here=True)
    path = Path(text).expanduser()
    if path.is_file():
        return Source(text, {text: frames.read(path)}, lambda name: None)
    if path.is_dir() and (path / FILE).is_file():
        return Source(text, {text: frames.read(path / FILE)}, lambda name: None)
    if path.is_dir() and any((path / folder / FILE).is_file() for folder in (FULL, QUICK)):
        return _folder(path, text, here=path.resolve() == root)
    if revision := git.commit(root, text):
        return _commit(root, text, revision)
    raise GaebenchError(
        f"{text}: no results there. Give a metrics.csv, a folder with one, or a commit, branch or "
        f"tag of {root}; git knows none of that name"
    )


def _folder(root: Path, name: str, here: bool) -> Source:
    def text(path: str) -> str | None:
        file = root / path
        return file.read_text(encoding="utf-8") if file.is_file() else None

    paths = {folder: root / folder / FILE for folder in (FULL, QUICK)}
    tables = {folder: frames.read(path) for folder, path in paths.items() if path.is_file()}
    if not tables:
        raise GaebenchError(f"{root} has no results: run make quick or make all there")
    return Source(name, tables, text, here=here)


def _commit(root: Path, name: str, revision: str) -> Source:
    tables = {}
    for folder in (FULL, QUICK):
        found = git.file(root, revision, f"{folder}/{FILE}")
        if found is not None:
            tables[folder] = frames.parsed(found, f"{name}:{folder}/{FILE}")
    if not tables:
        raise GaebenchError(f"the commit {name} has no {FULL}/{FILE}")
    return Source(name, tables, lambda path: git.file(root, revision, path), revision)


def pairs(before: Source, after: Source, quick: bool) -> list[Pair]:
    """The tables of two sources that belong together: the full ones, the quick ones, or both.

    Parameters
    ----------
    quick
        Whether only those of ``make quick`` are wanted.

    Raises
    ------
    GaebenchError
        If none do.
    """
    common = [name for name in before.tables if name in after.tables]
    if quick and common:
        common = [name for name in common if name == QUICK]
    names = [(name, name) for name in common] or [(_one(before, quick), _one(after, quick))]
    return [
        Pair(
            before.tables[old],
            after.tables[new],
            _called(before, old),
            _called(after, new),
            quick or QUICK in (old, new),
        )
        for old, new in names
    ]


def _one(found: Source, quick: bool) -> str:
    """The table of a source that is compared with one of another name."""
    name = QUICK if quick else FULL
    if len(found.tables) == 1 and (FULL not in found.tables or not quick):
        return next(iter(found.tables))
    if name in found.tables:
        return name
    raise GaebenchError(
        f"{found.name} has no results of make quick: no commit holds them. Keep a copy of "
        f"{QUICK}, and compare that folder"
    )


def _called(found: Source, name: str) -> str:
    return found.name if name == found.name else f"{name} of {found.name}"
