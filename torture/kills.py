"""A run that is killed at random moments, and then run to its end: are the bytes the same?"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator

import psutil

from torture.outcome import DETECTED, SILENT, SURVIVED, Outcome
from torture.project import Project

PART = "killed at a random moment, then run again"
KINDS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
WHOM = ("Snakemake", "all of the run", "a job")
ORPHANS = 15.0
"""Seconds in which nothing may live on."""


def outcomes(
    project: Project, expected: dict[str, bytes], times: int, seed: int
) -> Iterator[Outcome]:
    """Kill a run that starts from raw files ``times`` times, each time a little later."""
    chance = random.Random(seed)
    for _ in range(times):
        kind, whom = chance.choice(KINDS), chance.choice(WHOM)
        process = project.start()
        wait = chance.uniform(2, 25)
        try:
            process.wait(timeout=wait)
        except subprocess.TimeoutExpired:
            _kill(process, kind, whom, chance)
        ended = _ended(process)
        left = _at_work(project)
        what = f"{signal.Signals(kind).name} to {whom} after {wait:.1f} s"
        wrong = [name for name, content in project.files().items() if content != expected.get(name)]
        if left or not ended:
            yield Outcome(PART, what, SILENT, f"{len(left)} processes lived on")
        else:
            yield Outcome(PART, what, SILENT if wrong else SURVIVED, ", ".join(wrong))
    status, output = project.run()
    same = project.files() == expected
    result = SURVIVED if same else DETECTED if status else SILENT
    yield Outcome(
        "the last run after all kills", "all bytes", result, "" if same else output[-300:]
    )


def _kill(process: subprocess.Popen, kind: int, whom: str, chance: random.Random) -> None:
    jobs = psutil.Process(process.pid).children(recursive=True)
    if whom == "all of the run":
        os.killpg(process.pid, kind)
    elif whom == "a job" and jobs:
        jobs[-1].send_signal(kind)
    else:
        process.send_signal(kind)


def _ended(process: subprocess.Popen) -> bool:
    """Let a run that only lost a job, or was asked to end, come to its end."""
    try:
        process.communicate(timeout=600)
    except subprocess.TimeoutExpired:
        return False
    return True


def _at_work(project: Project) -> list[psutil.Process]:
    """Processes in the folder that do not end."""
    deadline = time.monotonic() + ORPHANS
    while (left := _living(project)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


def _living(project: Project) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(project.folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found
