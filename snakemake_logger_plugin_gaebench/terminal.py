"""The terminal in the hands of one view: what others write to it waits until it is shown."""

import os
import tempfile
from typing import TextIO


class Terminal:
    """Takes the terminal over, for a view that draws over its own lines.

    Standard output and error, where they are the terminal, become a file that jobs inherit; a
    traceback of theirs would else be drawn over. :meth:`waiting` gives what was written to it.

    Attributes
    ----------
    stream : TextIO
        The terminal itself.
    """

    def __init__(self, stream: TextIO) -> None:
        self._taken = {fd: os.dup(fd) for fd in (1, 2) if os.isatty(fd)}
        self._file = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - all append to it, for long
        self._read = 0
        self.stream = os.fdopen(os.dup(stream.fileno()), "w", encoding="utf-8")
        for fd in self._taken:
            os.dup2(self._file.fileno(), fd)

    def size(self) -> os.terminal_size:
        """Columns and lines."""
        return os.get_terminal_size(self.stream.fileno())

    def waiting(self, *, ended: bool = False) -> str:
        """Whole lines that others wrote since the last call; where all ended, the rest too."""
        found = os.pread(self._file.fileno(), os.fstat(self._file.fileno()).st_size, self._read)
        whole = found if ended else found[: found.rfind(b"\n") + 1]
        self._read += len(whole)
        return whole.decode(errors="replace")

    def give_back(self) -> None:
        """Give standard output and error back."""
        for fd, kept in self._taken.items():
            os.dup2(kept, fd)
            os.close(kept)
        self._taken.clear()
