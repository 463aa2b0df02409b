"""Disks that are full or cannot be written, and little memory: one message, and nothing is lost."""

import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from torture.outcome import DETECTED, SILENT, SKIPPED, SURVIVED, Outcome
from torture.project import Project

PART = "disk, permission or memory that is short"
TRAIN = ("snakemake", "--cores", "1", "-f", "results/runs/mnist/vae-1/0/model.pt")
BASE = ("results", ".snakemake", "data")


def outcomes(finished: Project, expected: dict[str, bytes]) -> Iterator[Outcome]:
    """Train a model again where something is short, and then without that."""
    for name in BASE:
        yield _tried(finished, expected, f"{name} read-only", _read_only(name))
        yield _tried(finished, expected, f"{name} with 64 KB left", _small(name, 64))
        yield _tried(finished, expected, f"{name} filled up during the run", _small(name, 5 * 1024))
    for name, (what, limit) in LIMITS.items():
        yield _tried(finished, expected, name, _nothing, _limited(what, limit))


LIMITS = {
    "2 GB of address space (ulimit -v)": (resource.RLIMIT_AS, 2 * 2**30),
    "700 MB of address space (ulimit -v)": (resource.RLIMIT_AS, 700 * 2**20),
    "files of 20 KB at most (ulimit -f)": (resource.RLIMIT_FSIZE, 20_000),
    "16 open files (ulimit -n)": (resource.RLIMIT_NOFILE, 16),
}


def _tried(
    finished: Project,
    expected: dict[str, bytes],
    what: str,
    short: Callable[[Path], object],
    limit: Callable[[], None] | None = None,
) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="gaebench-torture-") as folder:
        project = finished.copy(Path(folder) / "project")
        try:
            with short(project.folder):
                status, output = project.run(*TRAIN, preexec_fn=limit)
                lost = [
                    name for name, there in expected.items() if project.files().get(name) != there
                ]
        except (PermissionError, subprocess.CalledProcessError, FileNotFoundError) as error:
            return Outcome(PART, what, SKIPPED, f"not permitted here ({error})")
    if lost:
        return Outcome(PART, what, SILENT, f"lost or changed: {', '.join(lost)}")
    if not status:
        return Outcome(PART, what, SURVIVED)
    told = "error: " in output or "WorkflowError" in output
    plain = "this should not happen" not in output
    return Outcome(PART, what, DETECTED if told and plain else SILENT, output[-200:])


@contextmanager
def _nothing(folder: Path) -> Iterator[None]:
    yield


def _read_only(name: str) -> Callable[[Path], object]:
    @contextmanager
    def mounted(folder: Path) -> Iterator[None]:
        place = str(folder / name)
        _mount("--bind", place, place)
        try:
            _mount("-o", "remount,ro,bind", place)
            yield
        finally:
            subprocess.run(["umount", place], check=True, capture_output=True)

    return mounted


def _small(name: str, spare: int) -> Callable[[Path], object]:
    """The folder on a disk of its own with so many KB to spare."""

    @contextmanager
    def mounted(folder: Path) -> Iterator[None]:
        place, aside = folder / name, folder.parent / "aside"
        used = sum(-(-p.stat().st_size // 4096) * 4 + 4 for p in place.rglob("*"))
        os.rename(place, aside)
        place.mkdir()
        _mount("-t", "tmpfs", "-o", f"size={used + spare}k", "none", str(place))
        try:
            subprocess.run(["cp", "-a", f"{aside}/.", str(place)], check=True, capture_output=True)
            if spare > 64:
                free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize - 4200 * 1024
                (place / "ballast").write_bytes(bytes(max(0, free)))
            yield
        finally:
            subprocess.run(["umount", str(place)], check=True, capture_output=True)

    return mounted


def _mount(*options: str) -> None:
    subprocess.run(["mount", *options], check=True, capture_output=True)


def _limited(what: int, limit: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(what, (limit, limit))
