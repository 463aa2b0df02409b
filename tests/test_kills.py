"""Runs that are killed, and jobs that fail: nothing lives on, nothing good is lost.

Real Snakemake, make and DVC processes on real MNIST, one small training.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from test_pipeline import LOG, MODEL, Project, await_file

pytestmark = pytest.mark.pipeline

LONG = {"epochs": 10_000, "score_every": 1, "batch": 1000, "stop_on": "bound"}
"""A training that no test waits for."""
MAKEFILE = "all:\n\tsnakemake " + MODEL + "\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, mnist_raw: Path) -> Project:
    """A project in which one model was trained for one epoch."""
    project = Project.create(tmp_path_factory.mktemp("trained") / "project", mnist_raw)
    (project.folder / "Makefile").write_text(MAKEFILE)
    project.run("snakemake", MODEL)
    return project


@pytest.fixture
def project(trained: Project, tmp_path: Path) -> Iterator[Project]:
    """A copy of it, in which nothing runs on when the test is over."""
    copy = trained.copy(tmp_path / "copy")
    yield copy
    for process in at_work(copy):
        process.kill()


def train_for_long(project: Project) -> None:
    project.edit(lambda config: config["models"]["vae-1"].update(train=dict(LONG)))


def started(project: Project, *command: str) -> subprocess.Popen:
    """A command whose training is on its way."""
    (project.folder / LOG).unlink(missing_ok=True)
    process = project.start(*command)
    await_file(project.folder / LOG, process, text=" epoch ")
    return process


def at_work(project: Project) -> list[psutil.Process]:
    """The living processes that work in a project's folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(project.folder) and process.status() != "zombie":
                found.append(process)
        except psutil.Error:
            continue
    return found


def await_silence(project: Project, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while left := at_work(project):
        assert time.monotonic() < deadline, [process.cmdline() for process in left]
        time.sleep(0.1)


def kill_snakemake(project: Project, kind: int = signal.SIGKILL) -> None:
    """End Snakemake itself, and none of its jobs."""
    found = [p for p in at_work(project) if any("bin/snakemake" in part for part in p.cmdline())]
    assert found
    found[0].send_signal(kind)


def test_after_a_kill_no_job_lives_on_and_the_next_run_goes_on_by_itself(project, trained):
    before = (project.folder / MODEL).read_bytes()
    train_for_long(project)
    process = started(project, "snakemake", MODEL)
    assert not (project.folder / MODEL).exists(), "Snakemake removes it first"
    kill_snakemake(project)
    process.communicate()
    await_silence(project)
    assert list((project.folder / ".snakemake/locks").glob("*")), "Snakemake left its lock"
    project.edit(lambda config: config["models"]["vae-1"].pop("train"))
    output = project.run("snakemake", MODEL)
    assert "The last run here was killed" in output
    assert "rule train" not in output, "the file of before is there again, and up to date"
    assert (project.folder / MODEL).read_bytes() == before
    left = {path: content for path, content in project.files().items() if "checkpoints" not in path}
    assert left == trained.files()
    assert not list((project.folder / ".snakemake/scripts").glob("tmp*"))
    assert not list(project.folder.glob("results/**/.*.kept"))


@pytest.mark.skipif(sys.platform != "linux", reason="jobs are forks on Linux")
def test_a_termination_of_all_leaves_the_jobs_time_to_tidy_up(project):
    """The server of the jobs ignores it: where that is gone, its jobs are killed."""
    train_for_long(project)
    process = started(project, "snakemake", MODEL)
    below = psutil.Process(process.pid).children(recursive=True)
    server = next(p for p in below if any("forkserver" in part for part in p.cmdline()))
    status = Path(f"/proc/{server.pid}/status").read_text()
    ignored = int(re.search(r"SigIgn:\s*(\w+)", status)[1], 16)
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate()
    assert ignored >> (signal.SIGTERM - 1) & 1


COMMANDS = [("make",), ("dvc", "repro", "--force", "--single-item", "runs")]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGTERM], ids=["KILL", "TERM"])
def test_what_make_or_dvc_started_ends_with_it(project, command, kind):
    train_for_long(project)
    process = started(project, *command)
    process.send_signal(kind)
    process.wait(timeout=60)
    await_silence(project, 60)
    assert (project.folder / MODEL).exists(), "what a run took away, it puts back"
    assert any(rule == "train" for rule, _ in project.due(MODEL)), "and it is stale as before"
    started(project, *command)  # no lock is in the way


def test_a_job_that_fails_takes_no_file_with_it_and_is_due_again(project):
    before = (project.folder / MODEL).read_bytes()
    project.edit(lambda config: config["models"]["vae-1"].update(train={"batch": 60_000}))
    output = project.run("snakemake", MODEL, status=1)
    assert "error: batch 60000" in output
    assert (project.folder / MODEL).read_bytes() == before
    assert [rule for rule, _ in project.due(MODEL)] == ["train"]
    assert "error: batch 60000" in project.run("snakemake", MODEL, status=1)
    project.edit(lambda config: config["models"]["vae-1"].pop("train"))
    assert not project.due(MODEL)


def test_a_second_run_is_refused_and_disturbs_nothing(project):
    train_for_long(project)
    process = started(project, "snakemake", MODEL)
    number = str(process.pid)
    again = project.run("snakemake", MODEL, status=1)
    for output in (again, project.run("snakemake", "--unlock", status=1)):
        assert "Another run is at work" in output and f"process {number}" in output
    assert process.poll() is None
    assert list((project.folder / ".snakemake/locks").glob("*"))
    assert list((project.folder / ".snakemake/scripts").glob("tmp*"))
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 1
    await_silence(project)
    assert not list((project.folder / ".snakemake/locks").glob("*"))


def test_what_killed_processes_left_is_swept_and_what_living_ones_write_is_not(project):
    dead = subprocess.Popen(["true"])
    dead.wait()
    folder = (project.folder / MODEL).parent
    old, living = (folder / f".model.pt.{number}.part" for number in (dead.pid, os.getpid()))
    script = project.folder / ".snakemake/scripts/tmpabc.train.py"
    for path in (old, living, script):
        path.write_text("half")
    project.run("snakemake", "-n", MODEL)
    assert old.exists(), "a dry run changes nothing"
    project.run("snakemake", MODEL)
    assert not old.exists() and living.exists() and not script.exists()
