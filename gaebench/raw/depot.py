"""What the sources of one fetch share: packages, dead hosts, time limits, and running a command."""

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO


class SourceFailed(Exception):
    """One source cannot deliver the file; the message says why in one line."""


@dataclass
class Depot:
    """What the sources of one fetch share, so that no package and no dead host is tried twice.

    Attributes
    ----------
    folder
        A temporary folder for packages.
    connect, read
        Time limits of a request in seconds: to connect, and between two pieces of the answer.
    command
        Time limit of a package manager's command in seconds.
    patience, rate
        Seconds after which an answer must have come at so many bytes a second on average.
    """

    folder: Path
    connect: float = 10.0
    read: float = 30.0
    command: float = 600.0
    patience: float = 60.0
    rate: float = 1000.0
    _results: dict[str, Path | SourceFailed] = field(default_factory=dict)
    dead: dict[str, str] = field(default_factory=dict)

    def once(self, key: str, get: Callable[[Path], Path]) -> Path:
        """The path that ``get(new empty folder)`` gave, or the reason it failed, for this key."""
        if key not in self._results:
            place = self.folder / str(len(self._results))
            place.mkdir()
            try:
                self._results[key] = get(place)
            except SourceFailed as error:
                self._results[key] = error
        result = self._results[key]
        if isinstance(result, SourceFailed):
            raise SourceFailed(str(result))
        return result

    def run(self, command: list[str], place: Path) -> None:
        """Run a package manager's command in ``place``; its complaint becomes the reason."""
        log = self.folder / "log"
        try:
            with open(log, "wb") as out:
                status = _run(command, place, out, self.command)
        except OSError as error:
            raise SourceFailed(f"{command[0]} is not installed, or cannot be run") from error
        except subprocess.TimeoutExpired as error:
            raise SourceFailed(f"{command[0]} took more than {self.command:g} s") from error
        if status:
            raise SourceFailed(_complaint(log, status))

    def download(self, command: list[str], pattern: str) -> Callable[[Path], Path]:
        """A ``get`` for :meth:`once`: run a command that leaves one file like ``pattern``."""

        def get(place: Path) -> Path:
            self.run(command, place)
            found = sorted(place.glob(pattern))
            if len(found) != 1:
                raise SourceFailed(f"{command[0]} left {len(found)} {pattern} files, expected one")
            return found[0]

        return get


def _run(command: list[str], place: Path, out: BinaryIO, limit: float) -> int:
    """The exit status of a command; its children end with it when it takes too long."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=place, start_new_session=True, **streams) as process:
        try:
            return process.wait(limit)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise


def _complaint(log: Path, status: int) -> str:
    """The lines of a package manager's output that best say what went wrong, as one."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines()]
    errors = [line for line in lines if line.lower().startswith(("e:", "err", "npm err"))]
    chosen = errors or [line for line in lines if line] or ["no output"]
    return f"exit status {status}: {'; '.join(chosen[:2])[:300]}"
