"""Fetching: every way a source can fail, and what is left on disk then."""

import gzip
import hashlib
import logging
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

from gaebench.errors import DataError, GaebenchError, Unavailable
from gaebench.raw.depot import Depot
from gaebench.raw.fetch import MIRROR, fetch, fetch_dataset
from gaebench.raw.file import RawFile
from gaebench.raw.gzipped import on_disk
from gaebench.raw.sources import Source, Url

CONTENT = bytes(range(256)) * 4096
NAME = "images"
PRESS = zlib.compressobj(wbits=31)
BOMB = b"".join([*(PRESS.compress(bytes(1 << 20)) for _ in range(256)), PRESS.flush()])


def raw_file(*origins: Source) -> RawFile:
    return RawFile(hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), origins)


class Server:
    """A web server on this machine that misbehaves on request; it counts the requests."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.closing = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                getattr(server, self.path.strip("/").split(".")[0])(self)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def url(self, path: str) -> Url:
        return Url(f"http://127.0.0.1:{self.http.server_address[1]}/{path}")

    def close(self) -> None:
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()

    def answer(
        self,
        request: BaseHTTPRequestHandler,
        body: bytes,
        kind: str = "application/octet-stream",
        length: int | None = None,
    ) -> None:
        request.send_response(200)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body) if length is None else length))
        request.end_headers()
        request.wfile.write(body)

    def good(self, request: BaseHTTPRequestHandler) -> None:
        packed = request.path.endswith(".gz")
        self.answer(request, gzip.compress(CONTENT) if packed else CONTENT)

    def missing(self, request: BaseHTTPRequestHandler) -> None:
        request.send_error(404)

    def page(self, request: BaseHTTPRequestHandler) -> None:
        self.answer(request, b"<html>Please log in</html>", "text/html; charset=utf-8")

    def other(self, request: BaseHTTPRequestHandler) -> None:
        self.answer(request, CONTENT[::-1])

    def longer(self, request: BaseHTTPRequestHandler) -> None:
        self.answer(request, CONTENT + b"x")

    def shorter(self, request: BaseHTTPRequestHandler) -> None:
        self.answer(request, CONTENT[:-1])

    def cut(self, request: BaseHTTPRequestHandler) -> None:
        self.answer(request, CONTENT[:1000], length=len(CONTENT))

    def halfgzip(self, request: BaseHTTPRequestHandler) -> None:
        self.answer(request, gzip.compress(CONTENT)[:-200])

    def badgzip(self, request: BaseHTTPRequestHandler) -> None:
        body = bytearray(gzip.compress(CONTENT))
        body[-6] ^= 1  # in the checksum
        self.answer(request, bytes(body))

    def lost(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", "http://[nowhere/x")
        request.end_headers()

    def bomb(self, request: BaseHTTPRequestHandler) -> None:
        self.answer(request, BOMB)

    def dripping(self, request: BaseHTTPRequestHandler) -> None:
        self.answer(request, b"", length=len(CONTENT))
        while not self.closing.wait(0.05):
            request.wfile.write(b"x")

    def stalled(self, request: BaseHTTPRequestHandler) -> None:
        self.answer(request, CONTENT[:1000], length=len(CONTENT))
        self.closing.wait(20)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Server()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MIRROR, raising=False)


@pytest.mark.parametrize("path", ["good", "good.gz"])
def test_an_address_delivers(server: Server, tmp_path: Path, path: str) -> None:
    file = raw_file(server.url(path))
    assert fetch({NAME: file}, tmp_path / "toy") == {NAME: file.sha256}
    assert (tmp_path / "toy" / NAME).read_bytes() == CONTENT
    assert [entry.name for entry in (tmp_path / "toy").iterdir()] == [NAME]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", "HTTP 404"),
        ("page", "web page"),
        ("other", "SHA-256"),
        ("longer", "more than the expected"),
        ("shorter", f"{len(CONTENT) - 1} bytes"),
        ("cut", "IncompleteRead"),
        ("halfgzip", "truncated gzip"),
        ("badgzip", "damaged gzip"),
        ("lost", "Invalid IPv6 URL"),
        ("bomb", "more than the expected"),
    ],
)
def test_the_next_source_is_tried(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture, path: str, reason: str
) -> None:
    with caplog.at_level(logging.INFO):
        fetch({NAME: raw_file(server.url(path), server.url("good"))}, tmp_path)
    assert (tmp_path / NAME).read_bytes() == CONTENT
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warnings) == 1 and reason in warnings[0] and path in warnings[0]


def test_none_left_names_everything(server: Server, tmp_path: Path) -> None:
    file = raw_file(server.url("missing"), server.url("other"))
    with pytest.raises(Unavailable) as caught:
        fetch({NAME: file}, tmp_path / "toy")
    first, *details = str(caught.value).splitlines()
    assert first == f"toy: {NAME} could not be had from any of its sources"
    assert len(details) == 3
    assert "missing" in details[0] and "HTTP 404" in details[0]
    assert "other" in details[1] and "SHA-256" in details[1]
    for hint in (file.sha256, str(tmp_path / "toy" / NAME), MIRROR):
        assert hint in details[2]
    assert list((tmp_path / "toy").iterdir()) == []


def test_a_failed_fetch_leaves_the_old_file(server: Server, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"old")
    with pytest.raises(Unavailable):
        fetch({NAME: raw_file(server.url("cut"))}, tmp_path)
    assert (tmp_path / NAME).read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_stalled_server_is_left_and_not_asked_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    files = {name: raw_file(server.url("stalled"), OnDisk(tmp_path)) for name in ("a", "b")}
    (tmp_path / "local").write_bytes(CONTENT)
    start = time.monotonic()
    fetch(files, tmp_path / "toy", read=0.3)
    assert time.monotonic() - start < 5
    assert server.asked == ["/stalled"]
    assert (tmp_path / "toy" / "b").read_bytes() == CONTENT


def test_a_server_that_sends_a_byte_at_a_time_is_left(server: Server, tmp_path: Path) -> None:
    start = time.monotonic()
    fetch({NAME: raw_file(server.url("dripping"), server.url("good"))}, tmp_path, patience=0.5)
    assert time.monotonic() - start < 10
    assert (tmp_path / NAME).read_bytes() == CONTENT


def test_a_small_file_that_expands_to_much_costs_little_memory(
    server: Server, tmp_path: Path
) -> None:
    tracemalloc.start()
    fetch({NAME: raw_file(server.url("bomb"), server.url("good"))}, tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 << 20, "of 256 MiB"


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_are_gone_are_the_sources_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "/no/such.pem")
    (tmp_path / "local").write_bytes(CONTENT)
    files = {NAME: raw_file(Url("https://127.0.0.1:9/x"), OnDisk(tmp_path))}
    fetch(files, tmp_path / "toy")
    with pytest.raises(Unavailable, match=r"TLS CA certificate bundle|refused"):
        fetch({"b": raw_file(Url("https://127.0.0.1:9/x"))}, tmp_path / "toy")


@pytest.mark.parametrize(
    "error",
    [
        ValueError("odd"),
        TypeError("a folder"),
        RecursionError(),
        RuntimeError("encrypted"),
        NotImplementedError("compression"),
        PermissionError(13, "Permission denied"),
        MemoryError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_goes_wrong_with_a_source_is_its_own_failure(
    tmp_path: Path, error: Exception
) -> None:
    class Odd:
        """A source that raises after its first bytes."""

        def chunks(self, depot: Depot) -> Iterator[bytes]:
            yield CONTENT[:10]
            raise error

        def __str__(self) -> str:
            return "odd source"

    (tmp_path / "local").write_bytes(CONTENT)
    fetch({NAME: raw_file(Odd(), OnDisk(tmp_path))}, tmp_path / "toy")
    assert (tmp_path / "toy" / NAME).read_bytes() == CONTENT
    with pytest.raises(Unavailable, match=f"odd source: {type(error).__name__}"):
        fetch({"b": raw_file(Odd())}, tmp_path / "toy")
    assert [path.name for path in (tmp_path / "toy").iterdir()] == [NAME]


class OnDisk:
    """A source for tests: the file named ``local`` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def chunks(self, depot: Depot) -> Iterator[bytes]:
        return on_disk(self.folder / "local")


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="refused"):
        fetch({NAME: raw_file(Url("http://127.0.0.1:9/x"))}, tmp_path)


def test_a_whole_file_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    files = {NAME: raw_file(server.url("good"))}
    fetch(files, tmp_path)
    fetch(files, tmp_path)
    assert len(server.asked) == 1


def test_a_wrong_file_is_fetched_again(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / NAME).write_bytes(CONTENT[::-1])
    fetch({NAME: raw_file(server.url("good"))}, tmp_path)
    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert "not the expected content, fetched again" in caplog.text


@pytest.mark.parametrize("place", ["toy/images", "toy/images.gz", "images", "images.gz"])
def test_the_mirror_comes_first(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    path = tmp_path / "mirror" / place
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(CONTENT) if place.endswith(".gz") else CONTENT)
    monkeypatch.setenv(MIRROR, str(tmp_path / "mirror"))
    fetch({NAME: raw_file(server.url("good"))}, tmp_path / "toy")
    assert (tmp_path / "toy" / NAME).read_bytes() == CONTENT
    assert server.asked == []


@pytest.mark.parametrize("content", [None, b"another file"])
def test_a_mirror_without_the_file_is_passed_over(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    if content:
        (tmp_path / NAME).write_bytes(content)
    monkeypatch.setenv(MIRROR, str(tmp_path))
    fetch({NAME: raw_file(server.url("good"))}, tmp_path / "toy")
    assert server.asked == ["/good"]


def test_a_place_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(GaebenchError, match="cannot write"):
        fetch({NAME: raw_file(server.url("good"))}, tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == [NAME]


def test_a_module_may_fetch_by_itself(tmp_path: Path) -> None:
    module = ModuleType("toy")
    module.fetch = lambda folder, *, path: {path: str(folder)}
    assert fetch_dataset(module, tmp_path, path="x") == {"x": str(tmp_path)}
    module = ModuleType("toy")
    module.FILES = {}
    assert fetch_dataset(module, tmp_path, binarise="bernoulli") == {}


def test_reading_checks_the_content(tmp_path: Path) -> None:
    file, path = raw_file(), tmp_path / NAME
    with pytest.raises(DataError, match=r"images cannot be read.*Run again"):
        file.read(path)
    path.write_bytes(CONTENT)
    assert file.read(path) == CONTENT
    path.write_bytes(CONTENT[:-1] + b"\0")
    with pytest.raises(DataError) as caught:
        file.read(path)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    for part in (str(path), found, file.sha256, "Delete it"):
        assert part in str(caught.value)
