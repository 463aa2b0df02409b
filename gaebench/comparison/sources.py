"""Where results come from: commits, folders, files, the working tree."""

import os
import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from gaebench.comparison import git
from gaebench.errors import GaebenchError
from gaebench.report import frames

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
    content : (path) -> bytes or None
        A file of its project, such as ``params.yaml``; None where that is not known.
    places : {folder: str}
        Where each table was read, without links: of what is the same, it is the same.
    commit : str or None
        Its hash.
    here : bool
        Whether it is the working tree.
    """

    name: str
    tables: dict[str, pd.DataFrame]
    content: Callable[[str], bytes | None]
    places: dict[str, str]
    commit: str | None = None
    here: bool = False


class Pair(NamedTuple):
    """Two tables that are compared, what each is called, and whether they are one and the same."""

    before: pd.DataFrame
    after: pd.DataFrame
    before_name: str
    after_name: str
    quick: bool
    itself: bool


def source(text: str | None, root: Path) -> Source:
    """The results that a text names: a commit, a folder, a file; the working tree by default.

    Parameters
    ----------
    text
        A ``metrics.csv``, a folder with one, a checkout, or a name of git's; a commit, ``:`` and a
        folder or file for what the commit has there.
    root
        The project's folder.

    Raises
    ------
    GaebenchError
        If there are no results.
    """
    if text is None:
        return _folder(root, "the working tree", here=True)
    if not text.strip():
        raise GaebenchError(f"{text!r} names no results: was a variable not set?")
    path = os.path.expanduser(text)
    if os.path.isfile(path):
        return _file(path, text)
    if os.path.isfile(os.path.join(path, FILE)):
        return _file(os.path.join(path, FILE), text)
    if any(os.path.isfile(os.path.join(path, folder, FILE)) for folder in (FULL, QUICK)):
        return _folder(Path(path), text, here=Path(path).resolve() == root)
    if within := _within(root, text):
        revision, folder = within
        return _commit(root, text, revision, {text: folder})
    revision = _revision(root, text.removesuffix(":"))  # with it, git names the commit's folder
    return _commit(root, text, revision, {FULL: FULL, QUICK: QUICK})


def _file(path: str, name: str) -> Source:
    places = {name: os.path.realpath(path)}
    return Source(name, {name: frames.read(path)}, lambda path: None, places)


def _folder(root: Path, name: str, here: bool) -> Source:
    def content(path: str) -> bytes | None:
        file = root / path
        return file.read_bytes() if file.is_file() else None

    paths = {folder: root / folder / FILE for folder in (FULL, QUICK)}
    tables = {folder: frames.read(path) for folder, path in paths.items() if path.is_file()}
    if not tables:
        raise GaebenchError(f"{root} has no results: run make quick or make all there")
    places = {folder: os.path.realpath(paths[folder]) for folder in tables}
    return Source(name, tables, content, places, here=here)


def _revision(root: Path, name: str) -> str:
    """The hash of a commit, by a name that is no place with results."""
    ways = f"{name}: no results there. Give a metrics.csv, a folder with one, or a commit"
    try:
        if found := git.commit(root, name):
            return found
        shallow = git.is_shallow(root)
    except git.GitFailed as error:
        raise GaebenchError(
            f"{ways} of a clone in order: of {root}, no commit of that name can be had; {error}"
        ) from error
    remedy = ". The clone lacks older commits: git fetch --unshallow brings them" if shallow else ""
    raise GaebenchError(
        f"{ways}, branch or tag of {root}; git finds no commit of that name{remedy}"
    )


def _commit(root: Path, name: str, revision: str, folders: dict[str, str]) -> Source:
    """What a commit has in folders, by what their tables are called."""
    tables = {}
    for called, folder in folders.items():
        found = git.file(root, revision, f"{folder}/{FILE}")
        if found is not None:
            place = name if called == name else f"{name}:{folder}/{FILE}"
            tables[called] = frames.parsed(found, place)
    if not tables:
        raise GaebenchError(f"the commit {name} has no {next(iter(folders.values()))}/{FILE}")
    places = {called: f"{revision}:{folders[called]}" for called in tables}
    return Source(name, tables, lambda path: git.file(root, revision, path), places, revision)


def _within(root: Path, text: str) -> tuple[str, str] | None:
    """The hash and the folder of ``commit:folder``; None of anything else, ``main@{10:30}`` too."""
    name, _, place = text.rpartition(":")
    if not name or not place or "{" in text:
        return None
    try:
        revision = git.commit(root, name)
    except git.GitFailed:
        return None
    return revision and (revision, posixpath.normpath(place.removesuffix(FILE)))


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
            before.places[old] == after.places[new],
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
