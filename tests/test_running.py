"""What surrounds a run, without Snakemake: who lives, what is kept, what is swept, what is full."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from running import disks, kept, leftovers, start, state

from gaebench.errors import GaebenchError
from gaebench.processes import alive, ending

ROOT = Path(__file__).parents[1]
HOLDER = """
import sys, time
from gaebench.processes import alive, ending
ending.end_with_caller()
held = alive.hold_with_caller()
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with results, as the present one."""
    monkeypatch.chdir(tmp_path)
    Path("results/runs").mkdir(parents=True)
    monkeypatch.delenv(alive.HELD, raising=False)
    monkeypatch.delenv(ending.CALLER, raising=False)
    return tmp_path


def holder(**variables) -> subprocess.Popen:
    """A process that holds a file, or ends with a caller."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()
    return process


def test_a_file_is_held_until_the_process_is_killed(folder):
    process = holder(**{alive.HELD: str(folder / "run")})
    held = alive.Held(folder / "run")
    assert held.alone() is False
    process.kill()
    process.wait()
    assert held.alone() is True


def test_a_process_ends_when_its_caller_is_killed(folder):
    middle = f"""
import os, subprocess, sys, time
os.environ[{ending.CALLER!r}] = str(os.getpid())
print(subprocess.Popen([sys.executable, "-c", {HOLDER!r}], stdout=-3).pid, flush=True)
time.sleep(600)
"""
    caller = subprocess.Popen(
        [sys.executable, "-c", middle],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    number = int(caller.stdout.readline())
    time.sleep(1)
    caller.kill()
    caller.wait()
    deadline = time.monotonic() + 30
    while psutil.pid_exists(number) and ending.lives(psutil.Process(number)):
        assert time.monotonic() < deadline, "it lives on"
        time.sleep(0.1)


def test_a_process_whose_caller_is_gone_already_ends_at_once():
    dead = subprocess.Popen(["true"])
    dead.wait()
    process = holder(**{ending.CALLER: str(dead.pid)})
    assert process.wait(timeout=30) in (-signal.SIGTERM, 128 + signal.SIGTERM)


@pytest.mark.parametrize("by_force", [False, True])
def test_a_job_that_ended_by_itself_keeps_no_other_from_being_ended(by_force):
    started = subprocess.Popen(["true"])
    job = psutil.Process(started.pid)
    started.wait()
    start._end_job(job, by_force)
    assert not ending.lives(job)


def test_who_asks_for_others_is_not_one_of_them():
    start.HELD.parent.mkdir(parents=True)
    start.HELD.touch()
    assert [start.others() for _ in range(2)] == [None, None]
    assert alive.Held(start.HELD).alone() is True


# ---- kept


def record(path: str, text: str | None, kind: Path = state.RECORDS) -> None:
    place = state.place(kind, Path(path))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink() if text is None else place.write_text(text)


FILE = "results/runs/model.pt"


@pytest.fixture
def keeping():
    """A file with its record, kept."""
    Path(FILE).write_text("good")
    record(FILE, "old record")
    kept.keep(["results"], besides="results/outcome.md")


def test_what_a_failed_job_took_is_put_back_with_its_record(keeping):
    Path(FILE).unlink()
    record(FILE, "new record")
    assert kept.settle(["results"]) == [Path(FILE)]
    assert Path(FILE).read_text() == "good"
    assert state.place(state.RECORDS, Path(FILE)).read_text() == "old record"


def test_what_a_killed_job_took_or_half_made_is_put_back(keeping):
    Path(FILE).unlink()
    Path(FILE).write_text("half")
    record(FILE, "{}", state.UNDONE)
    kept.settle(["results"])
    assert Path(FILE).read_text() == "good"
    assert not state.place(state.UNDONE, Path(FILE)).exists()


def test_what_is_stale_and_no_job_had_stays_as_it_is(keeping):
    record(FILE, state.OURS, state.UNDONE)
    assert kept.settle(["results"]) == []
    assert not list(Path("results").rglob(".*.kept"))
    kept.keep(["results"], besides="")
    Path("other").write_text("restored by hand")
    Path("other").replace(FILE)
    assert kept.settle(["results"]) == []
    assert Path(FILE).read_text() == "restored by hand"


def test_no_second_name_outlives_a_job_that_was_killed_before_it_took_anything(keeping):
    record(FILE, "{}", state.UNDONE)
    assert kept.settle(["results"]) == []
    assert Path(FILE).read_text() == "good" and not list(Path("results").rglob(".*.kept"))


def test_what_was_made_anew_or_deleted_by_hand_stays_so(keeping):
    Path(FILE).unlink()
    assert kept.settle(["results"]) == []
    assert not Path(FILE).exists(), "nobody was about to make it"
    Path(FILE).write_text("good")
    kept.keep(["results"], besides="")
    Path(FILE).unlink()
    Path(FILE).write_text("new")
    record(FILE, "new record")
    assert kept.settle(["results"]) == []
    assert Path(FILE).read_text() == "new"
    assert not list(Path("results").rglob(".*.kept")) and not kept.COPIES.exists()


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK])
def test_a_file_that_can_have_no_second_name_is_not_kept_and_others_are(monkeypatch, number):
    other, link = Path("results/runs/z.csv"), os.link
    Path(FILE).write_text("good")
    other.write_text("good")

    def refused(path, second):
        if Path(path) == Path(FILE):
            raise OSError(number, os.strerror(number))
        link(path, second)

    monkeypatch.setattr(os, "link", refused)
    kept.keep(["results"], besides="")
    assert [path.name for path in Path("results").rglob(".*.kept")] == [".z.csv.kept"]


def test_what_says_that_all_came_out_is_not_kept():
    Path("results/outcome.md").write_text("Every run came out.")
    kept.keep(["results"], besides="results/outcome.md")
    assert not list(Path("results").rglob(".*.kept"))


def test_a_file_that_had_no_record_has_none_again():
    Path(FILE).write_text("of a clone")
    kept.keep(["results"], besides="")
    Path(FILE).unlink()
    record(FILE, "of the job that failed")
    kept.settle(["results"])
    assert Path(FILE).read_text() == "of a clone"
    assert not state.place(state.RECORDS, Path(FILE)).exists()


# ---- leftovers and disks


def test_parts_of_the_dead_are_swept_and_no_others():
    dead = subprocess.Popen(["true"])
    dead.wait()
    names = [f".a.{dead.pid}.part", f".b.{os.getpid()}.part", "c.part", ".d.part"]
    for name in names:
        Path("results", name).write_text("half")
    leftovers.sweep(["results"])
    assert sorted(path.name for path in Path("results").glob("*.part")) == sorted(names[1:])


def test_a_start_removes_locks_only_if_nobody_lives(folder, capsys):
    leftovers.LOCKS.mkdir(parents=True)
    lock = leftovers.LOCKS / "0.input.lock"
    lock.write_text("a")
    process = holder(**{alive.HELD: str(folder / start.HELD)})
    me = start._myself() | {"pid": os.getpid()}
    start.HELD.write_text(json.dumps(me))
    start.Run(["results"], "results/logs")
    assert f"process {os.getpid()}" in capsys.readouterr().out
    assert lock.exists() and start.others()
    process.kill()
    process.wait()


def test_a_stale_lock_is_removed_and_said(capsys):
    leftovers.LOCKS.mkdir(parents=True)
    lock = leftovers.LOCKS / "0.input.lock"
    lock.write_text("a")
    start.Run(["results"], "results/logs")
    assert not lock.exists()
    assert "was killed" in capsys.readouterr().out


def test_a_disk_without_space_is_told_before_anything_is_made(monkeypatch):
    usage = type("Usage", (), {"free": 64 * 1024})
    monkeypatch.setattr(disks.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(GaebenchError, match=r"only 64 KB are free in .*Free some space"):
        disks.check(["results"])
    assert not list(Path("results").rglob("*.part"))


@pytest.mark.parametrize("name", ["TMPDIR", "TEMP", "TMP"])
def test_the_folder_for_temporary_files_is_the_one_that_is_named(monkeypatch, name):
    for other in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, "/nowhere")
    with pytest.raises(OSError, match=r"/nowhere"):
        disks.check(["results"])


@pytest.mark.parametrize("place", ["results", "results/logs", "data/processed"])
def test_a_file_or_a_broken_link_in_the_place_of_a_folder_is_named(place):
    path = Path(place)
    path.parent.mkdir(exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    path.touch()
    with pytest.raises(GaebenchError, match=rf"cannot use {place}: Not a directory"):
        start.Run(["results", "data/processed"], "results/logs")
    with pytest.raises(GaebenchError, match=rf"cannot use {place}: Not a directory"):
        start.look(["results", "data/processed", "results/logs"])  # as with -n
    path.unlink()
    path.symlink_to("nowhere/at/all")
    with pytest.raises(GaebenchError, match=rf"cannot use {place}: No such file or directory"):
        start.Run(["results", "data/processed"], "results/logs")


def test_a_folder_that_cannot_be_written_is_named(monkeypatch):
    def refuse(self, *args, **kwargs):
        raise OSError(30, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(GaebenchError, match=r"cannot use .*: Read-only file system\. Mount"):
        start.Run(["results"], "results/logs")
