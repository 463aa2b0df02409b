"""The jobs that are due, as Snakemake says: it alone knows what is stale."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from gaebench.errors import GaebenchError

JOB = re.compile(
    r"^(?:local)?(?:rule|checkpoint) (?P<rule>\w+):\n(?P<lines>(?: {4}.*\n)*)", re.MULTILINE
)
TOTAL = re.compile(r"^total +(\d+)", re.MULTILINE)
ERROR = re.compile(r"^\w+(?:Error|Exception)\b.*", re.MULTILINE | re.DOTALL)
OURS = re.compile(r"^ +WorkflowError:\n((?: {4}.*\n)+)", re.MULTILINE)
"""What an input function of ours says, which Snakemake lists with its place in the code."""
LISTED = 20
"""Lines of what Snakemake says that an error shows, at most."""


class Job(NamedTuple):
    """A job of the graph.

    Attributes
    ----------
    rule : str
    outputs : tuple of str
        The files it makes, below the project's folder.
    benchmark : str
        Where its time will stand, or stands if it ran before.
    """

    rule: str
    outputs: tuple[str, ...]
    benchmark: str


def due(root: Path, targets: Iterable[str], over: Iterable[Path]) -> list[Job]:
    """The jobs that ``snakemake -n`` lists, without those that only gather others.

    Parameters
    ----------
    root
        The project's folder.
    targets
        What shall be made: rules or files.
    over
        Files laid over its params.yaml.

    Raises
    ------
    GaebenchError
        If Snakemake ends with an error: its lines.
    """
    configs = ["--configfile", *(str(path.resolve()) for path in over)] if over else []
    command = [sys.executable, "-m", "snakemake", "-n", "--cores", "all", *configs, "--", *targets]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise GaebenchError(f"snakemake -n says:\n{said(done.stderr + done.stdout)}")
    return parsed(done.stdout + done.stderr)


def said(text: str) -> str:
    """The error in what Snakemake prints: ours, else from its name on, else the last lines."""
    if ours := OURS.search(text):
        return dedent(ours[1]).strip()
    error = ERROR.search(text)
    lines = (error[0] if error else text).strip().splitlines()
    return "\n".join(lines[:LISTED] if error else lines[-LISTED:])


def parsed(text: str) -> list[Job]:
    """The jobs in what ``snakemake -n`` prints.

    Raises
    ------
    GaebenchError
        If they are not as many as it counts.
    """
    blocks = [(match["rule"], match["lines"]) for match in JOB.finditer(text)]
    counted = TOTAL.search(text)
    if counted and int(counted[1]) != len(blocks):
        raise GaebenchError(
            f"of the {counted[1]} jobs that snakemake -n counts, {len(blocks)} were understood: "
            "run it by itself"
        )
    jobs = [
        Job(rule, _line(lines, "output"), "".join(_line(lines, "benchmark")[:1]))
        for rule, lines in blocks
    ]
    return [job for job in jobs if job.outputs]


def _line(lines: str, name: str) -> tuple[str, ...]:
    found = re.search(rf"^ {{4}}{name}: (.*)$", lines, re.MULTILINE)
    return tuple(found[1].split(", ")) if found else ()
