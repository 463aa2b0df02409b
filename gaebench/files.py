"""Writing files whole or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gaebench.errors import GaebenchError

REMEDIES = {
    errno.ENOSPC: "Free some space there",
    errno.EDQUOT: "Free some space there, or ask for a larger quota",
    errno.EFBIG: "Allow larger files (ulimit -f)",
    errno.EROFS: "Mount its file system for writing",
    errno.EACCES: "Make it readable and writable for you (chmod, chown)",
    errno.EPERM: "Make it writable for you (chmod, chown, chattr)",
    errno.EMFILE: "Allow more open files (ulimit -n)",
    errno.ENFILE: "Close other programs",
}
"""What to do about errors of the system, by their numbers."""


@contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """Give a temporary name beside ``path``, renamed to it when the block ends well.

    A block that fails, or a process that is killed, leaves whatever stood at ``path`` untouched.

    Parameters
    ----------
    path
        The file to write. Missing parent folders are made.

    Raises
    ------
    GaebenchError
        If the disk is full or the folder cannot be written.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        os.replace(part, path)
    except OSError as error:
        raise GaebenchError(f"{trouble(error, path)}; no half-written file stays.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write ``content`` to ``path``, whole or not at all."""
    with whole(path) as part:
        part.write_bytes(content)


def write_text(path: str | Path, text: str) -> None:
    """Write UTF-8 ``text`` with Unix line ends to ``path``, whole or not at all."""
    write_bytes(path, text.encode())


def expanded(path: str | Path) -> Path:
    """A path that a user gave, with ``~`` and variables such as ``$HOME`` in it replaced."""
    return Path(os.path.expandvars(path)).expanduser()


def trouble(error: OSError, path: str | Path | None = None) -> str:
    """What the system refused, of which file, and the remedy, in one line.

    Parameters
    ----------
    path
        The file that was to be written, where the error may name another, such as a temporary one.
    """
    named = path or error.filename
    what = f"cannot write {named}" if path else f"cannot use {named}" if named else "cannot go on"
    remedy = REMEDIES.get(error.errno, "Check that it is there and can be written")
    return f"{what}: {error.strerror or error}. {remedy}, then run again"
