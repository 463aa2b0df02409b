"""Disks that are full or cannot be written, and little memory: one message, and nothing is lost."""

import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path

from torture.outcome import DETECTED, SILENT, SKIPPED, SURVIVED, Outcome
from torture.project import Project

PART = "disk, permission or memory that is short"
TRAIN = ("snakemake", "--cores", "1", "-f", "results/runs/mnist/vae-1/0/model.pt")
LOG = "results/logs/train/mnist/vae-1/0.log"
BASE = ("results", ".snakemake", "data")
LIMITS = {
    "2 GB of address space (ulimit -v)": f"--as={2 * 2**30}",
    "1 GB of address space (ulimit -v)": f"--as={2**30}",
    "700 MB of address space (ulimit -v)": f"--as={700 * 2**20}",
    "300 MB of address space (ulimit -v)": f"--as={300 * 2**20}",
    "files of 20 KB at most (ulimit -f)": "--fsize=20000",
    "16 open files (ulimit -n)": "--nofile=16",
}
Shortage = Callable[[Path], AbstractContextManager[tuple[str, ...]]]
"""In a project's folder, something is short; it gives what the command is to be prefixed with."""


def outcomes(finished: Project, expected: dict[str, bytes]) -> Iterator[Outcome]:
    """Train a model again where something is short, and then without that."""
    shortages: dict[str, Shortage] = {}
    for name in BASE:
        shortages[f"{name} read-only"] = partial(_read_only, name)
        shortages[f"{name} with 64 KB left"] = partial(_small, name, 64)
        shortages[f"{name} filled up during the run"] = partial(_filled, name)
    shortages["TMPDIR full"] = _no_temporary
    shortages |= {what: partial(_limited, limit) for what, limit in LIMITS.items()}
    for what, shortage in shortages.items():
        yield _tried(finished, expected, what, shortage)


def _tried(finished: Project, expected: dict[str, bytes], what: str, shortage: Shortage) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="gaebench-torture-") as folder:
        project = finished.copy(Path(folder) / "project")
        try:
            with shortage(project.folder) as prefix:
                status, output = project.run(*prefix, *TRAIN)
                there = project.files()
        except (PermissionError, subprocess.CalledProcessError, FileNotFoundError) as error:
            return Outcome(PART, what, SKIPPED, f"not permitted here ({error})")
    if lost := [name for name, content in expected.items() if there.get(name) != content]:
        return Outcome(PART, what, SILENT, f"lost or changed: {', '.join(lost)}")
    if not status:
        return Outcome(PART, what, SURVIVED)
    told = "error: " in output or "WorkflowError" in output
    plain = "this should not happen" not in output and "Traceback" not in output
    return Outcome(PART, what, DETECTED if told and plain else SILENT, output[-200:])


@contextmanager
def _limited(limit: str, folder: Path) -> Iterator[tuple[str, ...]]:
    yield ("prlimit", limit)


@contextmanager
def _read_only(name: str, folder: Path) -> Iterator[tuple[str, ...]]:
    place = str(folder / name)
    with _mounted("--bind", place, place):
        _run("mount", "-o", "remount,ro,bind", place)
        yield ()


@contextmanager
def _small(name: str, spare: int, folder: Path) -> Iterator[tuple[str, ...]]:
    """The folder on a disk of its own with so many KB to spare."""
    place, aside = folder / name, folder.parent / "aside"
    used = sum(-(-p.stat().st_size // 4096) * 4 + 4 for p in place.rglob("*"))
    place.rename(aside)
    place.mkdir()
    with _mounted("-t", "tmpfs", "-o", f"size={used + spare}k", "none", str(place)):
        _run("cp", "-a", f"{aside}/.", str(place))
        yield ()


@contextmanager
def _filled(name: str, folder: Path) -> Iterator[tuple[str, ...]]:
    """The folder on a disk that is full from the moment at which the job is at work."""
    with _small(name, 16 * 1024, folder):
        filling = threading.Thread(target=_fill, args=(folder / name, folder / LOG), daemon=True)
        filling.start()
        yield ()


def _fill(place: Path, log: Path) -> None:
    started = time.time()
    while not log.exists() or log.stat().st_mtime < started:
        time.sleep(0.05)
    with suppress(OSError), open(place / "ballast", "wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


@contextmanager
def _no_temporary(folder: Path) -> Iterator[tuple[str, ...]]:
    place = folder.parent / "temporary"
    place.mkdir()
    with _mounted("-t", "tmpfs", "-o", "size=4k", "none", str(place)):
        (place / "ballast").write_bytes(bytes(4096))
        yield ("env", f"TMPDIR={place}")


@contextmanager
def _mounted(*options: str) -> Iterator[None]:
    _run("mount", *options)
    try:
        yield
    finally:
        _run("umount", options[-1])


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
