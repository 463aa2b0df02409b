"""What is known of a run from the records that Snakemake logs: jobs running, done, failed, left."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from logging import LogRecord
from pathlib import Path

from snakemake_interface_logger_plugins.common import LogEvent

TRUST = 30.0
"""Seconds of work after which what was measured counts as much as what was expected."""
OVERDUE = 0.1
"""Of its time so far, what a job still takes at least."""
STAMP = re.compile(r"^\d\d:\d\d:\d\d ")
"""How a line of a job's log begins."""
MISSING = re.compile(r"^Job (\d+) +completed successfully, but some output files are missing", re.M)
"""How Snakemake says, without a record of the job's error, that it ended without its files."""
WHOLE = 100_000
"""Bytes at a log's end in which a reason is looked for."""
LEFT = re.compile(r" +(\d+) s left$")
"""How a line of a training's log ends."""


@dataclass
class Job:
    """A job that runs, or ran.

    Attributes
    ----------
    name : str
        Rule and wildcards, e.g. ``train mnist/gae-2/0``.
    log : Path or None
        Its log file.
    expected : float
        Seconds that it was thought to take.
    started : float
        In seconds of ``time.monotonic``.
    """

    name: str
    log: Path | None
    expected: float
    started: float = field(default_factory=lambda: time.monotonic())

    @property
    def seconds(self) -> float:
        """Since it started."""
        return time.monotonic() - self.started

    def last_line(self) -> str:
        """The last line of its log without its time, or nothing."""
        lines = _tail(self.log)
        return STAMP.sub("", lines[-1]) if lines else ""

    def left(self, ratio: float) -> float:
        """Seconds until it ends: by its own log, or by what jobs took so far."""
        if said := LEFT.search(self.last_line()):
            return max(0.0, int(said[1]) - (time.time() - self.log.stat().st_mtime))
        return max(self.expected * ratio - self.seconds, OVERDUE * self.seconds)

    def reasons(self) -> list[str]:
        """The lines of its log that say why it failed, if any do."""
        lines = _tail(self.log, WHOLE)
        places = [i for i, line in enumerate(lines) if STAMP.match(line)]
        said = [i for i in places if STAMP.sub("", lines[i]).startswith(("error:", "failed:"))]
        if not said:
            return []
        end = next((i for i in places if i > said[-1]), len(lines))
        return [STAMP.sub("", line) for line in lines[said[-1] : end]]

    def errors(self) -> list[str]:
        """Why it failed; if its log does not say so, how the log ends."""
        if found := self.reasons():
            return found
        if not (lines := _tail(self.log, WHOLE)):
            return ["it has no log; what it said stands above"]
        return ["its log ends:", *(STAMP.sub("", line) for line in lines[-5:])]


class Progress:
    """The state of a run, kept by :meth:`see`."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.running: dict[int, Job] = {}
        self.failed: list[Job] = []
        self.done = 0
        self.total = 0
        self.slots = 1
        self._expected: dict[str, float] = {}
        self._mean = 0.0
        self._took = self._thought = TRUST

    def see(self, record: LogRecord) -> None:
        """Take in a record of Snakemake's, or the plan of workflow/rules/messages.smk."""
        handlers: dict[object, Callable[[LogRecord], None]] = {
            LogEvent.RUN_INFO: self._count,
            LogEvent.JOB_INFO: self._start,
            LogEvent.JOB_FINISHED: self._finish,
            LogEvent.JOB_ERROR: self._fail,
            LogEvent.PROGRESS: self._progress,
        }
        if handle := handlers.get(getattr(record, "event", None)):
            handle(record)
        elif plan := getattr(record, "plan", None):
            self.slots, self._expected = plan["slots"], dict(plan["seconds"])
            self._mean = sum(self._expected.values()) / max(1, len(self._expected))
        elif missing := MISSING.search(record.getMessage()):
            self._miss(int(missing[1]))

    @property
    def seconds(self) -> float:
        """Since the run started."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds until the run ends, about."""
        ratio = self._took / self._thought
        waiting = self.total - self.done - len(self.running) - len(self.failed)
        unplanned = max(0, waiting - len(self._expected)) * self._mean
        running = [job.left(ratio) for job in self.running.values()]
        work = ratio * (sum(self._expected.values()) + unplanned) + sum(running)
        return max([work / self.slots, *running])

    def _count(self, record: LogRecord) -> None:
        self.total = record.stats["total"]

    def _start(self, record: LogRecord) -> None:
        rule = record.rule_name.partition("_")[0]  # `evaluate_samples`: the wildcards say of what
        name = f"{rule} {'/'.join(map(str, record.wildcards.values()))}".strip()
        log = Path(record.log[0]) if record.log else None
        self.running[record.jobid] = Job(name, log, self._expected.pop(record.benchmark, 0.0))

    def _finish(self, record: LogRecord) -> None:
        if job := self.running.pop(record.job_id, None):
            self._took += job.seconds
            self._thought += job.expected or job.seconds

    def _fail(self, record: LogRecord) -> None:
        if job := self.running.pop(record.jobid, None):
            logs = [Path(log) for log in record.log]  # its own, then those of a cluster
            job.log = next((log for log in logs if log.is_file()), job.log)
            self.failed.append(job)

    def _miss(self, number: int) -> None:
        if job := self.running.pop(number, None):
            self.failed.append(job)

    def _progress(self, record: LogRecord) -> None:
        self.done, self.total = record.done, record.total


def _tail(path: Path | None, size: int = 4000) -> list[str]:
    """The last lines of a file, as many as ``size`` bytes hold."""
    if path is None or not path.is_file():
        return []
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - size))
        return file.read().decode(errors="replace").splitlines()


def duration(seconds: float) -> str:
    """A time in words: ``40 s``, ``6 min``, ``1 h 40 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
