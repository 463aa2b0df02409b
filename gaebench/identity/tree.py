"""All files of a project that jobs made: whether each is what its identity says."""

import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gaebench.errors import DataError, GaebenchError
from gaebench.files import trouble
from gaebench.identity import record
from gaebench.identity.record import FOLDER, Identity

SUMMARIES = (
    "metrics.csv",
    "metrics.json",
    "tables.md",
    "claims.md",
    "outcome.md",
    "index.html",
    "cost.csv",
    "cost.md",
)
FOLDERS = ("runs", "search", "figures", "vector")
"""What a results folder holds that jobs made, beside the summaries."""
DATA = "data"


class Finding(NamedTuple):
    """A file that is not what was made, with the whole message.

    ``inputs`` are the files because of which it is not, if it is whole itself.
    """

    file: str
    problem: str
    inputs: tuple[str, ...] = ()


def verify(project: str | Path, results: str = "results") -> list[Finding]:
    """Everything that is not as it should be in a project's folder; nothing is changed.

    Each file that jobs made is hashed once and compared with its identity, and it is looked whether
    it was made of the files that are there. Raw files are compared with their manifest.

    Parameters
    ----------
    project
        Its folder.
    results
        A folder in it. Further results folders may lie anywhere in the project.

    Returns
    -------
    list of Finding
        In the order of the files' names. None if all is well.
    """
    root = Path(project)
    folders = sorted({results, *_folders(root)})
    found = [finding for folder in folders for finding in changed(root, folder)]
    found += [finding for folder in folders for finding in _missing(root, root / folder)]
    found += [*_missing(root, root / DATA), *_missing(root, root / "docs")]
    return sorted({*found, *_raw(root)})


def changed(root: Path, results: str) -> list[Finding]:
    """The files of one results folder, and of the data, that are not what was made.

    Raises
    ------
    GaebenchError
        If a folder cannot be read.
    """
    files = sorted({*_made(root, results), *_identified(root)})
    with ThreadPoolExecutor() as pool:  # hashing leaves Python's lock to others
        list(pool.map(_hashed, files))
    found, sound = [], {}
    for file in files:
        name = record.named(file.relative_to(root), root)
        try:
            sound[name] = record.required(name, root)
        except DataError as error:
            found.append(Finding(name, str(error)))
    return found + list(_stale(sound))


def _hashed(file: Path) -> None:
    """Have the hash of a file that has an identity; whether it can be read is asked later."""
    with suppress(OSError):
        if record.place(file).is_file():
            record.content_hash(file)


def _stale(sound: Mapping[str, Identity]) -> Iterator[Finding]:
    """Files that were made of others than those that are there."""
    for name, identity in sound.items():
        others = tuple(
            file
            for file, mark in identity.inputs.items()
            if file in sound and sound[file].mark != mark
        )
        if others:
            more = f" (and {len(others) - 1} more)" if len(others) > 1 else ""
            yield Finding(
                name,
                f"{name} was made of another {others[0]}{more} than is there now. {record.REMEDY}",
                others,
            )


def _made(root: Path, results: str) -> Iterator[Path]:
    """The files that jobs have made, or should have."""
    folders = [root / results / folder for folder in FOLDERS]
    found = [path for folder in folders for path in _below(folder)]
    found += [root / results / name for name in SUMMARIES]
    found += [*(root / DATA / "processed").glob("*.npz"), *(root / DATA / "raw").glob("*.json")]
    return (path for path in found if path.is_file() and not _hidden(path.relative_to(root)))


def _below(folder: Path) -> Iterator[Path]:
    """The files below a folder, if it is there."""
    for place, _, files in os.walk(folder, onerror=_refuse):
        yield from (Path(place, name) for name in files)


def _refuse(error: OSError) -> None:
    """Say what folder cannot be looked into; one that is not there has no files."""
    if not isinstance(error, FileNotFoundError):
        raise GaebenchError(f"{trouble(error)}.") from error


def _identified(root: Path) -> Iterator[Path]:
    """Files of the documentation that jobs have made."""
    there = map(record.subject, (root / "docs" / FOLDER).glob("*.json"))
    return filter(Path.is_file, there)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _folders(root: Path) -> Iterator[str]:
    """Results folders anywhere in a project, such as those of ``make quick`` and of studies."""
    for place, folders, files in os.walk(root, onerror=_refuse):
        path = Path(place)
        if "runs" in folders or "tables.md" in files:
            yield path.relative_to(root).as_posix()
        others = (name for name in folders if name not in FOLDERS and not name.startswith("."))
        folders[:] = [name for name in others if not (path / name / ".git").exists()]


def _missing(root: Path, folder: Path) -> Iterator[Finding]:
    """Files that are gone while their identities are there."""
    for path in folder.glob(f"**/{FOLDER}/*.json"):
        file = record.subject(path)
        if not file.exists():
            name = file.relative_to(root).as_posix()
            yield Finding(name, f"{name} is missing, its identity is there. {record.REMEDY}")


def _raw(root: Path) -> Iterator[Finding]:
    """Raw files that are not those of their manifest."""
    for manifest in (root / DATA / "raw").glob("*.json"):
        name = manifest.relative_to(root).as_posix()
        for file, sha256 in _files(manifest).items():
            path = manifest.with_suffix("") / file
            if path.is_file() and _unlike(path, sha256):
                shown = path.relative_to(root).as_posix()
                yield Finding(
                    shown,
                    f"{shown} is not the file that {name} names. "
                    f"To fetch it anew: snakemake -f {name}",
                )


def _unlike(path: Path, sha256: str) -> bool:
    try:
        return record.content_hash(path) != sha256
    except OSError:
        return True


def _files(manifest: Path) -> dict[str, str]:
    """File name -> SHA-256; none of a manifest that is damaged, which is told elsewhere."""
    try:
        files = json.loads(manifest.read_text(encoding="utf-8")).get("files", {})
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
    return files if isinstance(files, dict) else {}
