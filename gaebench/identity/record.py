"""The identity of a file: what it is, what made it, and the hash of its content.

It stands beside the file: ``results/metrics.csv`` has ``results/.identity/metrics.csv.json``.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from gaebench.errors import DataError
from gaebench.files import write_text

FOLDER = ".identity"
REMEDY = "Run again: it is made anew."
MARK = 16
"""Digits of a hash that tell contents apart where nobody forges them."""
TAIL = 4
"""Parts of a path that tell a file from all others of a results folder: data set to file name."""


@dataclass(frozen=True)
class Identity:
    """What a file is.

    Attributes
    ----------
    file : str
        Its path in the project's folder, with ``/``.
    bytes, sha256
        Size and SHA-256 of its content.
    rule, wildcards
        The rule of the workflow that made it, and of what: data set, model, seed, metric.
    params : dict
        The settings and the hashes of the code that made it, as the rule gave them.
    inputs : {file: mark}
        What it was made of, with the first digits of each hash.
    """

    file: str
    bytes: int
    sha256: str
    rule: str
    wildcards: dict[str, str]
    params: dict
    inputs: dict[str, str]

    def described(self) -> str:
        """What it is, in words."""
        of = ", ".join(f"{name} {value}" for name, value in self.wildcards.items())
        return f"rule {self.rule}: {of}" if of else f"rule {self.rule}"

    @property
    def mark(self) -> str:
        """The first digits of its hash, by which other identities name its content."""
        return self.sha256[:MARK]


def place(path: str | Path) -> Path:
    """Where the identity of a file is."""
    path = Path(path)
    return path.parent / FOLDER / f"{path.name}.json"


def subject(identity: Path) -> Path:
    """The file that an identity at a place is of."""
    return identity.parent.parent / identity.name.removesuffix(".json")


def write(identity: Identity, root: Path = Path()) -> None:
    """Write an identity beside its file; ``root`` is the project's folder."""
    fields = asdict(identity)
    text = json.dumps(fields | {"seal": _seal(fields)}, indent=2, sort_keys=True)
    write_text(place(root / identity.file), text + "\n")


def read(path: str | Path) -> Identity | None:
    """The identity of a file, None if it has none.

    Raises
    ------
    DataError
        If the identity itself is damaged.
    """
    try:
        fields = json.loads(place(path).read_text(encoding="utf-8"))
        seal = fields.pop("seal")
        if seal == _seal(fields):
            return Identity(**fields)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    raise DataError(f"{path} cannot be told: its identity {place(path)} is damaged. {REMEDY}")


def required(path: str | Path, root: Path = Path()) -> Identity:
    """The identity of a file that a job made, if the file is what the identity says.

    Parameters
    ----------
    path
        The file, in the project's folder ``root``.

    Raises
    ------
    DataError
        If the file is missing or has no identity, or is another one or changed.
    """
    name = named(path, root)
    found = read(root / name)
    if not (root / name).is_file():
        raise DataError(f"{name} is missing. {REMEDY}")
    if found is None:
        raise DataError(
            f"{name} has no identity: an older version made it, or it was put there. {REMEDY}"
        )
    if found.file != name:
        raise DataError(_elsewhere(name, found))
    if reason := _changed(root / name, found):
        raise DataError(_otherwise(name, found, reason + _owner(name, root)))
    return found


def refuse(path: str | Path) -> None:
    """Raise DataError if a file has an identity and is not what that says, wherever it lies.

    For those who read one file: files of other origin, without an identity, are let through.
    """
    found = read(path)
    if found is None or not Path(path).is_file():
        return
    tail = Path(found.file).parts[-TAIL:]
    if Path(path).absolute().parts[-len(tail) :] != tail:
        raise DataError(_elsewhere(path, found))
    if reason := _changed(path, found):
        raise DataError(_otherwise(path, found, reason))


def named(path: str | Path, root: Path = Path()) -> str:
    """What a file is called in identities: its path in the project's folder."""
    absolute, folder = Path(root, path).absolute(), root.absolute()
    inside = absolute.is_relative_to(folder)
    return (absolute.relative_to(folder) if inside else absolute).as_posix()


def content_hash(path: str | Path) -> str:
    """SHA-256 of a file; of one that did not change meanwhile it is computed once a process."""
    found = Path(path).stat()
    return _hash(str(path), found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@cache
def _hash(path: str, *_: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(fields: Mapping) -> str:
    """Hash of an identity, by which it is known to be as it was written."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _changed(path: str | Path, expected: Identity) -> str:
    """How a file's content is not the expected one; empty if it is."""
    try:
        size, found = Path(path).stat().st_size, content_hash(path)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if size != expected.bytes:
        return f"it has {size} bytes, not {expected.bytes}"
    if found != expected.sha256:
        return f"its SHA-256 begins with {found[:MARK]}, not {expected.sha256[:MARK]}"
    return ""


def _otherwise(path: str | Path, expected: Identity, reason: str) -> str:
    return f"{path} is not what was made ({expected.described()}): {reason}. {REMEDY}"


def _elsewhere(path: str | Path, found: Identity) -> str:
    return f"{path} is another file, {found.file} ({found.described()}). {REMEDY}"


def _owner(name: str, root: Path) -> str:
    """Which other file has this content, in words; empty if none is known."""
    try:
        owner = _owners(root.resolve() / Path(name).parts[0]).get(content_hash(root / name))
    except OSError:
        return ""
    return f"; it is the content of {owner}" if owner else ""


@cache
def _owners(folder: Path) -> dict[str, str]:
    """The file that each content belongs to, by all identities below a folder; for a message."""
    owners = {}
    for path in sorted(folder.glob(f"**/{FOLDER}/*.json")):
        try:
            found = read(subject(path))
        except DataError:
            continue
        if found:
            owners[found.sha256] = found.file
    return owners
