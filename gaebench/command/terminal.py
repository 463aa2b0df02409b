"""Where tables and messages go: tables to stdout, all that is no result to stderr."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape


@contextmanager
def whole() -> Iterator[None]:
    """Results reach whoever reads them, or an error says why not.

    What an encoding has no sign for, and what is no text in a file's name, is shown as an escape.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
        sys.stdout.flush()
    except OSError:
        _drop_what_is_refused()
        raise


def _drop_what_is_refused() -> None:
    """Let Python end without writing once more what the system does not take."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def out() -> Console:
    """For results. Without a terminal it has 80 columns, or those of the variable COLUMNS."""
    return Console(highlight=False, soft_wrap=False)


def err() -> Console:
    """For messages."""
    return Console(stderr=True, highlight=False)


def warn(text: str) -> None:
    """A warning."""
    err().print(f"[yellow]warning:[/] {escape(text)}", soft_wrap=True)


def say(text: str) -> None:
    """A message."""
    err().print(escape(text), soft_wrap=True, style="dim")
