"""The start and the end of a run in a checkout: one at a time, whatever became of earlier ones."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from gaebench import files
from gaebench.errors import GaebenchError
from gaebench.processes import alive, ending
from running import disks, kept, leftovers, memory, state

HELD = state.FOLDER / "run"
CALLERS = ("make", "gmake", "dvc")
"""Programs with which a run ends; a shell may leave it behind (nohup)."""
PATIENCE = ending.PATIENCE + 5.0
"""Seconds in which the jobs of a run that was killed have ended."""


_TOLD: set[psutil.Process] = set()
"""Jobs that were told to end."""


class Run:
    """A run in the present folder.

    Parameters
    ----------
    folders
        Where jobs write.
    logs
        The one among them, or in them, that each job writes to first.

    Raises
    ------
    GaebenchError
        If Snakemake's folder or those of the jobs cannot be written, or no job could start.
    """

    def __init__(self, folders: Iterable[str | Path], logs: str | Path) -> None:
        self.folders = list(folders)
        memory.check()
        with _writing():
            disks.check([state.FOLDER, *self.folders, logs])
            self.held = alive.Held(HELD)
            if self._is_alone():
                self._tidy_up()
                HELD.write_text(json.dumps(_myself()), encoding="utf-8")
            self.held.share()
        os.environ[alive.HELD] = str(HELD.absolute())

    def keep(self, besides: str) -> None:
        """Keep what there is, besides one file, before any job starts: see `kept`."""
        end_jobs_when_terminated()
        with _writing():
            kept.keep(self.folders, besides)

    def end(self) -> None:
        """Put back what failed jobs took with them, unless somebody else is at work."""
        with _writing():
            if self.held.alone():
                self._put_back()
            self.held.share()

    def _is_alone(self) -> bool:
        """Whether nobody else is at work here; jobs of a run that was killed may take a moment."""
        deadline = time.monotonic() + PATIENCE
        while (alone := self.held.alone()) is False:
            if owner := _living_owner():
                print(_occupied(owner))
                return False
            if time.monotonic() > deadline:
                print(_haunted())
                return False
            time.sleep(ending.EVERY)
        return bool(alone)

    def _tidy_up(self) -> None:
        if leftovers.unlock():
            print("The last run here was killed, and nothing of it is at work any more: going on.")
        self._put_back()
        leftovers.sweep(self.folders)

    def _put_back(self) -> None:
        for path in kept.settle(self.folders):
            print(f"{path} is the one of before: the job that was to make it anew did not.")


def look(folders: Iterable[str | Path]) -> None:
    """Look into the folders of jobs, which Snakemake does too, and cannot say what is wrong.

    Raises
    ------
    GaebenchError
        If one that is there cannot be read, or something else is in its place.
    """
    with _writing():
        disks.look(list(folders))


def others() -> str | None:
    """Who is at work in this folder, in words; None if nobody is."""
    if not HELD.exists():
        return None
    held = alive.Held(HELD)
    alone = held.alone()
    held.close()
    if alone is not False:
        return None
    owner = _living_owner()
    return _occupied(owner) if owner else _haunted()


def follow() -> None:
    """Let this run, and its jobs, end with the make or dvc that called it."""
    os.environ[ending.CALLER] = str(os.getpid())
    above = (p for p in psutil.Process().parents() if p.name() not in ending.SHELLS)
    caller = next(above, None)
    if caller and {Path(part).name for part in caller.cmdline()[:3]} & set(CALLERS):
        ending.watch(caller, _stop)


def end_jobs_when_terminated() -> None:
    """On SIGTERM end the jobs too, which Snakemake would wait for; trainings keep a checkpoint."""
    before = signal.getsignal(signal.SIGTERM)

    def end(number: int, frame: object) -> None:
        if callable(before):
            before(number, frame)
        threading.Thread(target=_end_jobs, daemon=True).start()

    signal.signal(signal.SIGTERM, end)


def _stop() -> None:
    """End this run in an orderly way: no new jobs, and those that there are terminated."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(1.0)
    _end_jobs()


def _end_jobs() -> None:
    """Terminate the jobs, once each, and by force those that do not end."""
    deadline = time.monotonic() + ending.PATIENCE
    while True:
        for job in ending.below(psutil.Process()):
            _end_job(job, by_force=time.monotonic() > deadline)
        time.sleep(ending.EVERY)


def _end_job(job: psutil.Process, by_force: bool) -> None:
    """Terminate a job that was not told yet, or kill it; it may have ended by itself meanwhile."""
    with suppress(psutil.NoSuchProcess):
        if by_force:
            job.kill()
        elif job not in _TOLD:
            _TOLD.add(job)
            job.terminate()


def _myself() -> dict:
    me = psutil.Process()
    return {"pid": me.pid, "started": me.create_time(), "command": " ".join(me.cmdline()[1:])}


def _living_owner() -> dict | None:
    """Who made the file that is held, if it lives."""
    try:
        owner = json.loads(HELD.read_text(encoding="utf-8"))
        process = psutil.Process(owner["pid"])
        same = process.create_time() == owner["started"]
        return owner if same and ending.lives(process) else None
    except (OSError, ValueError, LookupError, TypeError, psutil.Error):
        return None


def _occupied(owner: dict) -> str:
    since = time.strftime("%H:%M", time.localtime(owner["started"]))
    return (
        f"Another run is at work in {Path.cwd()}: process {owner['pid']}, since {since}: "
        f"{owner['command']}\n"
        f"Wait for its end, or stop it (Ctrl-C where it runs, or: kill {owner['pid']}). "
        "Do not unlock the folder while it runs."
    )


def _haunted() -> str:
    return (
        f"Jobs of an earlier run are still at work in {Path.cwd()}, here or on another machine: "
        f"they hold {HELD} (fuser {HELD} names those of this machine). "
        "Wait for their end, or end them. Do not unlock the folder while they run."
    )


@contextmanager
def _writing() -> Iterator[None]:
    """An error of the file system in one message."""
    try:
        yield
    except OSError as error:
        raise GaebenchError(f"{files.trouble(error)}.") from error
