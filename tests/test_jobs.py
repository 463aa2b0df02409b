"""What surrounds a job: its log, its exit status, its errors, its device."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gaebench import jobs
from gaebench.errors import SettingsError


def run(tmp_path: Path, body: str) -> tuple[subprocess.CompletedProcess, str]:
    """Run a small job in a process of its own; the process and the text of its log file."""
    log = tmp_path / "logs" / "job.log"
    program = (
        "import os, signal\nfrom gaebench import jobs\nfrom gaebench.errors import DataError\n"
        f"with jobs.running({str(log)!r}, 'mnist', 'gae-2', 0):\n    {body}\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    return done, "" if log.is_symlink() else log.read_text()


def test_lines_go_to_the_log_and_labelled_to_the_terminal(tmp_path):
    done, log = run(tmp_path, "jobs.log.info('epoch 1')")
    assert done.returncode == 0
    assert done.stderr == "[mnist/gae-2/0] epoch 1\n"
    assert log.endswith(" epoch 1\n")


def test_an_error_that_the_user_can_act_on_has_no_traceback(tmp_path):
    done, log = run(tmp_path, "raise DataError('the file is damaged')")
    assert done.returncode == 1
    assert done.stderr == "[mnist/gae-2/0] error: the file is damaged\n"
    assert log.endswith(" error: the file is damaged\n")


def test_any_other_error_keeps_its_traceback(tmp_path):
    done, log = run(tmp_path, "raise ZeroDivisionError('oh')")
    assert done.returncode == 1
    for text in (done.stderr, log):
        assert "Traceback" in text
        assert "ZeroDivisionError: oh" in text


@pytest.mark.parametrize("body, status", [("pass", 0), ("raise DataError('oh')", 1)])
def test_where_the_log_has_no_space_the_terminal_has_what_was_said(tmp_path, body, status):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/job.log").symlink_to("/dev/full")
    done, _ = run(tmp_path, f"jobs.log.info('epoch 1')\n    {body}")
    assert done.returncode == status
    error = "[mnist/gae-2/0] error: oh\n" if status else ""
    assert done.stderr == "[mnist/gae-2/0] epoch 1\n" + error


@pytest.mark.parametrize("kind", ["SIGTERM", "SIGINT"])
def test_a_job_that_is_ended_tidies_up_and_says_nothing(tmp_path, kind):
    target = str(tmp_path / "out.txt")
    body = (
        f"from gaebench import files\n    with files.whole({target!r}) as part:\n"
        f"        part.touch()\n        os.kill(os.getpid(), signal.{kind})"
    )
    done, _ = run(tmp_path, body)
    assert done.returncode == 128 + getattr(signal, kind)
    assert not done.stderr
    assert not [path for path in tmp_path.iterdir() if "out.txt" in path.name]


def test_where_somebody_reads_the_logs_the_terminal_has_warnings_and_errors_only(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("GAEBENCH_BRIEF", "1")
    done, log = run(tmp_path, "jobs.log.info('epoch 1'); jobs.log.warning('look')")
    assert done.stderr == "[mnist/gae-2/0] look\n"
    assert "epoch 1" in log and "look" in log


def test_the_device_can_be_chosen():
    assert jobs.use_torch("cpu") == "cpu"
    assert jobs.use_torch("auto") in ("cpu", "cuda")


def test_reduced_precision_has_to_be_asked_for():
    precisions = []
    for wanted in ({}, {"tf32": True}, {"tf32": False}):
        jobs.use_torch("cpu", **wanted)
        precisions.append(torch.backends.cuda.matmul.fp32_precision)
    assert precisions == ["ieee", "tf32", "ieee"]


def test_cuda_where_there_is_none_is_told(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert jobs.use_torch("auto") == "cpu"
    with pytest.raises(SettingsError, match="set it to auto or cpu"):
        jobs.use_torch("cuda")


HOLD = """
import sys
from gaebench import jobs
print(jobs._least_used(2), flush=True)
sys.stdin.read()
"""


def test_each_job_takes_the_gpu_that_fewest_have(tmp_path):
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    held = []

    def start():
        command = [sys.executable, "-c", HOLD]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        held.append(subprocess.Popen(command, env=environment, text=True, **pipes))
        return int(held[-1].stdout.readline())

    try:
        assert [start() for _ in range(3)] == [0, 1, 0]
        held[1].kill()
        held[1].wait()
        assert start() == 1
    finally:
        for process in held:
            process.kill()
            process.communicate()


def test_where_files_cannot_be_locked_some_gpu_is_taken(tmp_path, monkeypatch):
    def unsupported(*_):
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(jobs.fcntl, "flock", unsupported)
    monkeypatch.setattr(jobs, "_HELD", [])
    assert jobs._least_used(2) == 0


@pytest.mark.parametrize(
    ("device", "hidden", "expected"), [("cuda", "", True), ("cpu", "0", False), ("auto", "", False)]
)
def test_gpu_slots_are_taken_where_jobs_use_one(monkeypatch, device, hidden, expected):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    assert jobs.wants_gpu(device) is expected
