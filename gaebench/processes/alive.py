"""A file that all processes of a run hold: while any of them lives, the system knows it.

The lock is the kernel's (``flock``), so it ends with the process that holds it, even if that is
killed, and needs no number of a process that may be another's by now.
"""

import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # no such locks on this system: nobody is known to live
    fcntl = None

HELD = "GAEBENCH_HELD"
"""The environment variable that names the file that jobs hold."""


class Held:
    """A file that this process can hold until it ends, with others or alone.

    Parameters
    ----------
    path
        Made if it is not there, with its folder.

    Raises
    ------
    OSError
        If the file cannot be opened for writing.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._number = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)

    def alone(self) -> bool | None:
        """Whether no other process holds the file, and until `share` none can; None if unknown.

        A process that held it with others still does so where the answer is no.
        """
        try:
            fcntl.flock(self._number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.share()
            return False
        except (OSError, AttributeError):
            return None
        return True

    def close(self) -> None:
        """Hold the file no longer, and this object is of no more use."""
        os.close(self._number)

    def share(self) -> None:
        """Hold the file with others; waits while another process is alone with it."""
        try:
            fcntl.flock(self._number, fcntl.LOCK_SH)
        except (OSError, AttributeError):
            return  # this file system has no locks


def hold_with_caller() -> Held | None:
    """Hold the file that `HELD` names, if it names one, as long as the answer is kept."""
    try:
        held = Held(os.environ[HELD])
    except (KeyError, OSError):
        return None
    held.share()
    return held
