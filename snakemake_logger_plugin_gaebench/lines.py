"""Where there is no terminal: a line for each job that ended, and now and then what runs."""

import threading
import time
from typing import TextIO

from snakemake_logger_plugin_gaebench.progress import Job, duration
from snakemake_logger_plugin_gaebench.view import View, status

SILENCE = 60.0
"""Seconds without a line after which one says what runs."""


class Lines(View):
    """Plain lines to a stream."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._spoke = time.monotonic()
        self._closed = threading.Event()
        threading.Thread(target=self._break_silence, daemon=True).start()

    def say(self, text: str, *, alarm: bool = False) -> None:
        """Write a text and a line end."""
        self._spoke = time.monotonic()
        self._stream.write(text + "\n")
        self._stream.flush()

    def finished(self, job: Job) -> None:
        """Say what ended, how long it took, and what a training's log says last."""
        progress = self.progress
        self.say(f"[{progress.done + 1}/{progress.total}] {job.name} ({duration(job.seconds)})")

    def leave(self) -> None:
        """End the watch over the silence."""
        self._closed.set()

    def _break_silence(self) -> None:
        while not self._closed.wait(SILENCE - (time.monotonic() - self._spoke)):
            if time.monotonic() - self._spoke >= SILENCE:
                jobs = list(self.progress.running.values())
                self.say("\n".join([status(self.progress), *map(_running, jobs)]))


def _running(job: Job) -> str:
    return f"  {job.name}  {job.last_line()}".rstrip()
