"""On a terminal: a view that is drawn anew while the run goes on, below the lines that stay."""

import sys
import threading
from logging import LogRecord
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from snakemake_logger_plugin_gaebench.progress import LEFT, Job, duration
from snakemake_logger_plugin_gaebench.terminal import Terminal
from snakemake_logger_plugin_gaebench.view import View, status

ROWS = 12
"""Running jobs that are shown at most; the others are counted."""
BAR = 20
"""Columns of the bar."""
PER_SECOND = 3
"""How often the view is drawn."""


class Screen(View):
    """A line for each job that runs, with its log's last one, and a line for what is left."""

    def __init__(self, stream: TextIO, *, colour: bool) -> None:
        super().__init__()
        self._stream, self._colour = stream, colour
        self._terminal: Terminal | None = None
        self._live: Live | None = None
        self._console = self._console_on(stream)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._keep_drawing, daemon=True)

    def _console_on(self, stream: TextIO) -> Console:
        return Console(file=stream, no_color=not self._colour, highlight=False, soft_wrap=True)

    def emit(self, record: LogRecord) -> None:
        """Take in a record; the view begins with the first count of jobs."""
        super().emit(record)
        if self._live is None and self.progress.total:
            self._open()

    def say(self, text: str, *, alarm: bool = False) -> None:
        """Print above the view."""
        self._console.print(Text(text, style="red" if alarm else ""))

    def leave(self) -> None:
        """Take the view away and give the terminal back."""
        if self._live is not None:
            self._closed.set()
            self._thread.join()
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            self._live.stop()
            self._terminal.give_back()
            self._show_waiting(ended=True)

    def _open(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self._terminal = Terminal(self._stream)
        self._console = self._console_on(self._terminal.stream)
        self._live = Live(
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()
        self._thread.start()

    def _keep_drawing(self) -> None:
        while not self._closed.wait(1 / PER_SECOND):
            self._console.size = self._terminal.size()
            self._show_waiting()
            self._live.update(self._drawn(), refresh=True)

    def _show_waiting(self, *, ended: bool = False) -> None:
        if text := self._terminal.waiting(ended=ended).rstrip("\n"):
            self._console.print(Text.from_ansi(text))

    def _drawn(self) -> Group:
        progress = self.progress
        jobs = list(progress.running.values())
        rows = Table.grid(padding=(0, 2), expand=True)
        rows.add_column(no_wrap=True, overflow="ellipsis", max_width=40)
        rows.add_column(no_wrap=True, overflow="ellipsis", ratio=1, style="cyan")
        rows.add_column(no_wrap=True, justify="right")
        for job in jobs[:ROWS]:
            rows.add_row(job.name, _detail(job), duration(job.seconds))
        if len(jobs) > ROWS:
            rows.add_row(f"and {len(jobs) - ROWS} more", "", "")
        last = Table.grid(padding=(0, 2))
        last.add_column(width=BAR)
        last.add_column(no_wrap=True, overflow="ellipsis")
        bar = ProgressBar(total=progress.total, completed=progress.done, width=BAR)
        last.add_row(bar, status(progress))
        return Group(rows, last)


def _detail(job: Job) -> str:
    """The last line of its log, less the time that the view has in a place of its own."""
    return LEFT.sub("", job.last_line())
