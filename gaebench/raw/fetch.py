"""Fetching raw files: each from the first source that delivers the expected content."""

import hashlib
import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from tqdm import tqdm

from gaebench.errors import Unavailable
from gaebench.files import whole
from gaebench.raw.depot import Depot, SourceFailed
from gaebench.raw.file import RawFile
from gaebench.raw.sources import Mirror, Source

MIRROR = "GAEBENCH_MIRROR"

log = logging.getLogger(__name__)


def fetch_dataset(module: ModuleType, folder: str | Path, **options: object) -> dict[str, str]:
    """Fetch the raw files of one data set, or find those that only the user can provide.

    Parameters
    ----------
    module
        A module of ``gaebench.datasets``. Its ``FILES`` are fetched; a module whose files cannot be
        downloaded has a function ``fetch(folder, **options)`` instead.
    folder
        Where the files go, ``data/raw/{module.SOURCE}``.
    options
        The data set's options, as for the module's ``read``.

    Returns
    -------
    dict
        File name -> SHA-256.

    Raises
    ------
    Unavailable
        If a file cannot be had. The first line of the message is the same on every machine; the
        lines after it are details.
    """
    if hasattr(module, "fetch"):
        return module.fetch(Path(folder), **options)
    return fetch(module.FILES, folder)


def fetch(files: Mapping[str, RawFile], folder: str | Path, **limits: float) -> dict[str, str]:
    """Bring every file of ``files`` into ``folder``; one that is there already stays.

    The folder of the environment variable GAEBENCH_MIRROR comes before a file's own sources. Each
    file arrives under a temporary name and is renamed once its size and hash are right.

    Parameters
    ----------
    files
        File name -> what is expected and where it comes from.
    folder
        ``data/raw/{SOURCE}``; its last part is the name to look under in the mirror folder.
    limits
        Time limits in seconds, fields of :class:`gaebench.raw.depot.Depot`.

    Returns
    -------
    dict
        File name -> SHA-256.

    Raises
    ------
    Unavailable
        If no source delivers a file.
    GaebenchError
        If ``folder`` cannot be written.
    """
    folder = Path(folder)
    with TemporaryDirectory(prefix="gaebench-") as packages:
        depot = Depot(Path(packages), **limits)
        for name, file in files.items():
            _fetch_one(file, folder / name, depot)
    return {name: file.sha256 for name, file in files.items()}


def _fetch_one(file: RawFile, path: Path, depot: Depot) -> None:
    if file.is_at(path):
        log.info("%s: already there, SHA-256 checked", path)
        return
    if path.exists():
        log.warning("%s: not the expected content, fetched again", path)
    reasons = []
    for source in _sources(file, path):
        try:
            _download(source, file, path, depot)
        except SourceFailed as error:
            log.warning("%s: %s: %s", path.name, source, error)
            reasons.append(f"  {source}: {error}")
        else:
            log.info("%s: %d bytes from %s, SHA-256 checked", path, file.bytes, source)
            return
    raise Unavailable(_no_source_left(file, path, reasons))


def _sources(file: RawFile, path: Path) -> Iterator[Source]:
    if mirror := os.environ.get(MIRROR):
        yield Mirror(Path(mirror), path.parent.name, path.name)
    yield from file.sources


def _download(source: Source, file: RawFile, path: Path, depot: Depot) -> None:
    """Write what the source delivers to ``path``, if it is the expected content."""
    hasher, size = hashlib.sha256(), 0
    style = {"unit": "B", "unit_scale": True, "leave": False}
    bar = tqdm(desc=path.name, total=file.bytes, disable=None, **style)  # None: on a terminal only
    with whole(path) as part, open(part, "wb") as out, bar:
        for chunk in _delivered(source, depot):
            size += out.write(chunk)
            hasher.update(chunk)
            bar.update(len(chunk))
            if size > file.bytes:
                raise SourceFailed(f"more than the expected {file.bytes} bytes")
        if size != file.bytes:
            raise SourceFailed(f"{size} bytes, expected {file.bytes}")
        if hasher.hexdigest() != file.sha256:
            raise SourceFailed(f"SHA-256 {hasher.hexdigest()}, not the expected one")


def _delivered(source: Source, depot: Depot) -> Iterator[bytes]:
    """What a source delivers; whatever goes wrong with it is its own failure, not the fetch's."""
    try:
        yield from source.chunks(depot)
    except SourceFailed:
        raise
    except Exception as error:
        text = " ".join(str(error).split())[:300]
        raise SourceFailed(f"{type(error).__name__}: {text}" if text else repr(error)) from error


def _no_source_left(file: RawFile, path: Path, reasons: list[str]) -> str:
    return "\n".join(
        [
            f"{path.parent.name}: {path.name} could not be had from any of its sources",
            *reasons,
            f"Put the file with SHA-256 {file.sha256} ({file.bytes} bytes, decompressed) "
            f"at {path}, or at {path.parent.name}/{path.name} (gzipped or not) in a folder named "
            f"by the environment variable {MIRROR}, and run again.",
        ]
    )
