"""Processes that end when the one that called them is gone, however it came to its end.

A process whose parent was killed lives on as an orphan and goes on writing. The kernel tells of it
on Linux alone, and only about the very parent, between which and the caller there may be shells;
so a thread looks now and then.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

import psutil

log = logging.getLogger(__name__)

CALLER = "GAEBENCH_CALLER"
"""The environment variable that names the process, by its number, with which jobs end."""
EVERY = 0.5
"""Seconds between two looks."""
PATIENCE = 10.0
"""Seconds in which a process that is told to end can tidy up."""
SHELLS = ("sh", "ash", "bash", "dash", "ksh", "zsh", "env")
"""They only pass on what they are told to run."""


def end_with_caller() -> None:
    """End this process once the one that `CALLER` names is gone; at once if it is gone already."""
    if number := os.environ.get(CALLER):
        ancestors = [process.pid for process in psutil.Process().parents()]
        caller = psutil.Process(int(number)) if int(number) in ancestors else None
        watch(caller, _end)


def watch(process: psutil.Process | None, end: Callable[[], None]) -> None:
    """Call a function, in a thread of its own, once a process is gone; None is one that is."""

    def look() -> None:
        while process is not None and lives(process):
            time.sleep(EVERY)
        end()

    threading.Thread(target=look, daemon=True, name="watch on the caller").start()


def lives(process: psutil.Process) -> bool:
    """Whether a process is there and not only its number, which another may have been given."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def below(process: psutil.Process) -> list[psutil.Process]:
    """The processes that one started and those that they started, less the shells between."""
    try:
        found = process.children(recursive=True)
        return [child for child in found if lives(child) and child.name() not in SHELLS]
    except psutil.NoSuchProcess:
        return []


def _end() -> None:
    """Terminate this process, which tidies up; by force where it does not come to that."""
    log.warning("the run that started this job is gone: the job ends too")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(128 + signal.SIGTERM)
