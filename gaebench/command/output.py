"""What the command prints, to its last byte."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


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
