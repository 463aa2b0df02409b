"""Writing files whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gaebench.errors import GaebenchError


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
        raise GaebenchError(
            f"cannot write {path}: {error.strerror or error}. "
            "Free some space or check the permissions, then run again; no half-written file stays."
        ) from error
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
