"""DVC through an S3-compatible server on this machine, between two clones: `make test-remotes`."""

import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from test_pipeline import Project, environment, only_one_run

LACKING = [name for name in ("dvc_s3", "moto") if importlib.util.find_spec(name) is None]
pytestmark = [
    pytest.mark.pipeline,
    pytest.mark.skipif(bool(LACKING), reason=f"{LACKING} not installed: `make test-remotes`"),
]


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server that has a bucket called ``results``."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "anyone")
    log = tmp_path / "server.log"
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", "0"]
    with log.open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        address = _address(log, process)
        requests.put(f"{address}/results", timeout=60).raise_for_status()
        yield address
    finally:
        process.terminate()
        process.wait()


def _address(log: Path, process: subprocess.Popen) -> str:
    """What the server says that it listens on."""
    deadline = time.monotonic() + 120
    while "Running on http" not in log.read_text():
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return next(word for word in log.read_text().split() if word.startswith("http://127.0.0.1"))


def test_a_clone_has_nothing_to_do_after_a_pull_from_s3(bucket, tmp_path, mnist_raw):
    project = Project.create(tmp_path / "project", mnist_raw)
    project.edit(only_one_run)
    project.run("dvc", "remote", "add", "--default", "storage", "s3://results/here")
    project.run("dvc", "remote", "modify", "storage", "endpointurl", bucket)
    project.run("dvc", "repro")
    project.run("git", "add", ".")
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    project.run("git", *who, "commit", "--quiet", "--message", "Results")
    project.run("dvc", "push", "--quiet")
    clone = Project(tmp_path / "clone")
    subprocess.run(
        ["git", "clone", "--quiet", project.folder, clone.folder], check=True, env=environment()
    )
    clone.run("dvc", "pull", "--quiet")
    assert not clone.due()
    assert "up to date" in clone.run("dvc", "status")
    assert clone.files() == project.files()
    assert any(name.endswith("model.pt") for name in clone.files())
