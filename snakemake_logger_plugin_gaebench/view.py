"""What both views have in common: which records are shown, and how a run ends."""

import logging
import os
import re
import time
from abc import ABC, abstractmethod
from logging import LogRecord

from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_gaebench.progress import Job, Progress, duration

TOLD = ("Nothing to be done", "Complete log")
"""How the notes of Snakemake's begin that are shown; its full log has them all."""
HUSHED = re.compile(
    r"Exiting because a job execution failed|At least one job did not complete"
    r"|returned non-zero exit status"
)
"""Errors of Snakemake's that only say that there was one: the job itself has said which."""
INTERRUPTED = re.compile(r"non-zero exit status (130|143)|<Signals\.SIG(INT|TERM)")
"""How it says that a job was ended by Ctrl-C, or with its run."""
DIED = re.compile(r"died with <Signals\.(\w+)")
"""How Snakemake says that a job's process was killed, behind the whole text of its command."""


class View(ABC):
    """Shows a run. Errors and warnings are shown as they come, and errors once more at the end."""

    def __init__(self) -> None:
        self.progress = Progress()
        self._interrupted = False
        os.environ["GAEBENCH_BRIEF"] = "1"  # jobs: no more than warnings and errors

    @abstractmethod
    def say(self, text: str, *, alarm: bool = False) -> None:
        """Show a text that stays."""

    def emit(self, record: LogRecord) -> None:
        """Take in a record of Snakemake's, and show what it means."""
        ended = self.progress.running.get(getattr(record, "job_id", getattr(record, "jobid", None)))
        self.progress.see(record)
        event = getattr(record, "event", None)
        if event == LogEvent.JOB_FINISHED and ended:
            self.finished(ended)
        elif event == LogEvent.JOB_ERROR:
            name = ended.name if ended else record.getMessage()
            self.say(f"{self._how}: {name}", alarm=True)
        elif event in (None, LogEvent.ERROR):
            self._message(record)

    def finished(self, job: Job) -> None:  # noqa: B027 - for those who want to say it
        """A job ended well."""

    def _message(self, record: LogRecord) -> None:
        text = record.getMessage().strip()
        alarm = record.levelno >= logging.WARNING
        self._interrupted |= bool(INTERRUPTED.search(text))
        if died := DIED.search(text):
            self.say(f"a job's process was ended by {died[1]}", alarm=True)
        elif text.startswith(TOLD) or hasattr(record, "plan"):
            self.say(text)
        elif text and alarm and not HUSHED.search(text):
            self.say(text, alarm=True)

    @property
    def _how(self) -> str:
        return "interrupted" if self._interrupted else "failed"

    @abstractmethod
    def leave(self) -> None:
        """End what goes on beside the records."""

    def close(self) -> None:
        """Say how the run ended: the errors once more, in full, and the sum."""
        self.leave()
        progress = self.progress
        for job in progress.failed:
            if self._interrupted and not job.reasons():
                continue  # it was ended with the run
            self.say("\n  ".join([f"failed: {job.name} ({job.log})", *job.errors()]), alarm=True)
        if progress.done or progress.failed:
            failed = f", {len(progress.failed)} {self._how}" * bool(progress.failed)
            done = f"{progress.done} of {progress.total} jobs done{failed}"
            self.say(f"{done} in {duration(progress.seconds)}", alarm=bool(failed))
        if self._interrupted:
            self.say("interrupted: the same command goes on from here")


def status(progress: Progress) -> str:
    """Done and left, in one line."""
    failed = f", {len(progress.failed)} failed" * bool(progress.failed)
    since = time.strftime("%H:%M:%S", time.gmtime(progress.seconds))
    left = f"about {duration(progress.left)} left"
    return f"{progress.done} of {progress.total} jobs done{failed} · {since} · {left}"
