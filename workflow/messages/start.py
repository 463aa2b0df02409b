"""What a run is about to do, and about how long it will take."""

import shutil
from collections.abc import Collection
from pathlib import Path

from params import runs
from running import disks

from gaebench.errors import counted
from gaebench.planning import wall

LONG = 20 * 60
"""Seconds from which on a run at the whole budget is called one."""
GB = 1e9


def plan(config: dict, jobs: int, seconds: Collection[float], slots: int) -> str:
    """One line: how many jobs, side by side how many, about how long, and whether it is long.

    Parameters
    ----------
    config
        Resolved parameters.
    jobs
        How many there are.
    seconds
        Expected seconds on one core of each that takes time.
    slots
        Jobs at a time.
    """
    expected = wall(seconds, slots)
    place = f"results go to {config['results']}"
    text = f"{counted(jobs, 'job')}, {slots} at a time, about {rounded(expected)}; {place}"
    if expected < LONG or runs.budget(config) < 1:
        return text
    return f"{text}\nThis is the full budget. `make quick` has small results in some minutes."


def short_of_disk(needed: int, results: str) -> str:
    """A warning where what is to be made has no room where the results go; else nothing."""
    there = disks.existing(Path(results).absolute())
    free = shutil.disk_usage(there).free
    if needed <= free:
        return ""
    return (
        f"The disk of {there} has {free / GB:.1f} GB free, and this run makes some "
        f"{needed / GB:.1f} GB: free some space, or it will end where the disk is full. It then "
        "goes on when it is started again."
    )


def rounded(seconds: float) -> str:
    """A guess in words: ``a minute``, ``6 minutes``, ``1.5 hours``."""
    minutes = max(1, round(seconds / 60))
    if minutes >= 90:
        return f"{round(minutes / 30) / 2:g} hours"
    return "a minute" if minutes == 1 else f"{minutes} minutes"
