"""What is being computed, for someone who waits: a line that moves, or plain lines."""

import time
from contextlib import AbstractContextManager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gaebench.command import terminal


class Watching(AbstractContextManager):
    """Parts of a computation, told of when they are there; on stderr."""

    def __init__(self) -> None:
        console = terminal.err()
        self.live = console.is_terminal
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self.progress = Progress(
            *columns, TimeElapsedColumn(), console=console, transient=True, disable=not self.live
        )
        self.started = time.monotonic()

    def __enter__(self) -> "Watching":
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def begin(self, text: str, count: int) -> None:
        """Say what will be computed, of so many parts."""
        terminal.say(text)
        self.task = self.progress.add_task("computing", total=count)

    def done(self, name: str) -> None:
        """A part is there."""
        self.progress.update(self.task, advance=1, description=f"{name} done")
        if not self.live:
            terminal.say(f"{name} done after {time.monotonic() - self.started:.0f} s")
