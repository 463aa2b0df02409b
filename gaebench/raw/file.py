"""One raw file: its hash, its size, its sources; checked whenever it is read."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from gaebench.errors import DataError
from gaebench.raw.sources import Source


@dataclass(frozen=True)
class RawFile:
    """One raw file: how to know it, and where to get it.

    Attributes
    ----------
    sha256
        SHA-256 of the decompressed content, in hexadecimal.
    bytes
        Size of the decompressed content.
    sources
        Tried in this order.
    """

    sha256: str
    bytes: int
    sources: tuple[Source, ...]

    def is_at(self, path: Path) -> bool:
        """Whether the file at ``path`` has this size and hash."""
        if not path.is_file() or os.path.getsize(path) != self.bytes:
            return False
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256

    def read(self, path: Path) -> bytes:
        """The content of the file at ``path``.

        Raises
        ------
        DataError
            If it is missing, or not the expected content.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DataError(
                f"{path} cannot be read ({error.strerror}). Run again: it is fetched anew."
            ) from error
        self.check(path, len(content), hashlib.sha256(content).hexdigest())
        return content

    def check(self, path: Path, size: int, sha256: str) -> None:
        """Raise DataError unless the size in bytes and the SHA-256 are the expected ones."""
        if (size, sha256) != (self.bytes, self.sha256):
            raise DataError(
                f"{path} is not the expected file: it has {size} bytes and SHA-256 {sha256}, "
                f"expected {self.bytes} bytes and {self.sha256}. "
                "Delete it and run again: it is fetched anew."
            )
