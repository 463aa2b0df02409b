"""How a run is seen: what the view knows and says, on a terminal that is looked at, and without."""

import fcntl
import io
import logging
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path

import pyte
import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_gaebench import lines
from snakemake_logger_plugin_gaebench.progress import Job, Progress, duration
from snakemake_logger_plugin_gaebench.view import status

COLUMNS, ROWS = 80, 40


def record(event: LogEvent | None = None, text: str = "", **facts: object) -> logging.LogRecord:
    """A record as Snakemake logs it."""
    level = logging.ERROR if event in (LogEvent.JOB_ERROR, LogEvent.ERROR) else logging.INFO
    return logging.makeLogRecord({"event": event, "msg": text, "levelno": level} | facts)


def started(number: int, seed: int, log: Path | None = None) -> logging.LogRecord:
    """A training that starts."""
    wildcards = {"dataset": "mnist", "model": "vae", "seed": seed}
    facts = {"jobid": number, "rule_name": "train", "wildcards": wildcards}
    return record(LogEvent.JOB_INFO, **facts, log=[str(log)] * bool(log), benchmark=f"{seed}.tsv")


def finished(number: int, done: int, total: int) -> list[logging.LogRecord]:
    """A job that ended well."""
    progress = record(LogEvent.PROGRESS, done=done, total=total)
    return [record(LogEvent.JOB_FINISHED, job_id=number), progress]


def planned(seconds: dict[str, float], slots: int = 1) -> list[logging.LogRecord]:
    """The count of jobs, and the plan."""
    plan = {"slots": slots, "seconds": seconds}
    count = record(LogEvent.RUN_INFO, stats={"train": len(seconds), "total": len(seconds)})
    return [count, record(text="the plan", plan=plan)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which stands still until it is set."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


# ---- what is known


def test_the_time_left_is_the_work_left_over_the_jobs_at_a_time(clock):
    progress = Progress()
    for each in planned(dict.fromkeys(("0.tsv", "1.tsv", "2.tsv", "3.tsv"), 100.0), slots=2):
        progress.see(each)
    assert progress.left == 200
    progress.see(started(1, 0))
    progress.see(started(2, 1))
    clock[0] += 40
    assert progress.left == 160
    clock[0] += 60
    for each in (*finished(1, 1, 4), *finished(2, 2, 4)):
        progress.see(each)
    assert progress.left == 100


def test_the_time_left_follows_what_jobs_took(clock):
    progress = Progress()
    for each in planned(dict.fromkeys(("0.tsv", "1.tsv"), 1000.0)):
        progress.see(each)
    progress.see(started(1, 0))
    clock[0] += 3000
    for each in finished(1, 1, 2):
        progress.see(each)
    assert progress.left == pytest.approx(3000, rel=0.05)


def test_no_time_is_left_shorter_than_that_of_the_longest_job(clock):
    progress = Progress()
    for each in planned({"0.tsv": 600.0, "1.tsv": 10.0}, slots=8):
        progress.see(each)
    progress.see(started(1, 0))
    assert progress.left == 600


def test_jobs_that_a_checkpoint_adds_count_as_the_mean_of_the_others(clock):
    progress = Progress()
    for each in planned({"0.tsv": 50.0, "1.tsv": 150.0}):
        progress.see(each)
    progress.see(record(LogEvent.PROGRESS, done=0, total=4))
    assert progress.left == 400


def test_a_trainings_own_log_says_what_is_left_of_it(tmp_path):
    log = tmp_path / "0.log"
    log.write_text(
        "12:00:00 vae epoch 1/9  loss 2.0  80 s left\n12:00:01 vae epoch 2/9  70 s left\n"
    )
    job = Job("train", log, expected=5.0)
    assert 65 < job.left(1.0) <= 70
    assert job.last_line() == "vae epoch 2/9  70 s left"
    log.write_text("")
    assert job.last_line() == "" and 0 < job.left(1.0) <= 5
    assert Job("all", None, expected=0.0).last_line() == ""


def test_the_error_of_a_log_is_given_in_full_and_no_more(tmp_path):
    log = tmp_path / "0.log"
    job = Job("train", log, expected=1.0)
    assert job.errors() == ["it has no log; what it said stands above"]
    log.write_text(
        "12:00:00 epoch 1\n12:00:01 error: one\n  two\n12:00:02 It came about so:\n  x\n"
    )
    assert job.errors() == ["error: one", "  two"]
    log.write_text("".join(f"12:00:00 epoch {n}\n" for n in range(9)))
    assert job.errors() == ["its log ends:", *(f"epoch {n}" for n in range(4, 9))]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (89, "89 s"), (90, "2 min"), (360, "6 min"), (5400, "1 h 30 min")],
)
def test_times_are_words(seconds, words):
    assert duration(seconds) == words


# ---- without a terminal


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> tuple[lines.Lines, io.StringIO]:
    """A view in plain lines, and what it writes to."""
    monkeypatch.setenv("GAEBENCH_BRIEF", "")
    stream = io.StringIO()
    return lines.Lines(stream), stream


def test_a_line_for_each_job_and_the_sum(written, tmp_path):
    view, stream = written
    for each in (*planned({"0.tsv": 1.0, "1.tsv": 1.0}), started(1, 0), *finished(1, 1, 2)):
        view.emit(each)
    view.emit(record(text="Building DAG of jobs..."))
    log = tmp_path / "1.log"
    log.write_text("12:00:00 error: the file is damaged\n")
    view.emit(started(2, 1, log))
    for text in ("Command 'x' returned non-zero exit status 1.", "a real error"):
        view.emit(record(LogEvent.ERROR, text))
    view.emit(record(LogEvent.JOB_ERROR, "Error in rule train", jobid=2, log=[str(log)]))
    view.close()
    assert stream.getvalue().splitlines() == [
        "the plan",
        "[1/2] train mnist/vae/0 (0 s)",
        "a real error",
        "failed: train mnist/vae/1",
        f"failed: train mnist/vae/1 ({log})",
        "  error: the file is damaged",
        "1 of 2 jobs done, 1 failed in 0 s",
    ]


def test_a_long_silence_is_broken_by_what_runs(written, tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "SILENCE", 0.05)
    stream = io.StringIO()
    view = lines.Lines(stream)
    log = tmp_path / "0.log"
    log.write_text("12:00:00 vae epoch 3/9  loss 2.0\n")
    for each in (*planned({"0.tsv": 30.0}), started(1, 0, log)):
        view.emit(each)
    deadline = time.monotonic() + 20
    while "loss" not in stream.getvalue() and time.monotonic() < deadline:
        time.sleep(0.01)
    view.close()
    assert "0 of 1 jobs done" in stream.getvalue()
    assert "\n  train mnist/vae/0  vae epoch 3/9  loss 2.0\n" in stream.getvalue()


@pytest.mark.parametrize(
    "how",
    ["died with <Signals.SIGINT: 2>.", "non-zero exit status 130.", "non-zero exit status 143."],
)
def test_an_interrupted_run_has_no_failures(written, how):
    view, stream = written
    for each in (*planned({"0.tsv": 1.0}), started(1, 0)):
        view.emit(each)
    view.emit(record(LogEvent.ERROR, f"Command 'long' returned {how}"))
    view.emit(record(LogEvent.JOB_ERROR, jobid=1, log=[]))
    view.close()
    said = stream.getvalue()
    assert "long" not in said
    assert "failed" not in said and said.count("interrupted: train") == 1
    assert said.endswith("interrupted: the same command goes on from here\n")


def test_what_failed_before_the_run_was_interrupted_is_told(written, tmp_path):
    view, stream = written
    log = tmp_path / "job.log"
    log.write_text("12:00:00 error: batch 60000 exceeds the 50000 training images\n")
    for each in (*planned({"0.tsv": 1.0, "1.tsv": 1.0}), started(1, 0), started(2, 1)):
        view.emit(each)
    view.emit(record(LogEvent.JOB_ERROR, jobid=1, log=[str(log)]))
    view.emit(record(LogEvent.ERROR, "Command 'long' returned non-zero exit status 143."))
    view.emit(record(LogEvent.JOB_ERROR, jobid=2, log=[]))
    view.close()
    assert stream.getvalue().count("error: batch 60000") == 1
    assert "it has no log" not in stream.getvalue()


def test_a_job_that_ends_without_its_files_has_failed(written):
    view, stream = written
    for each in (*planned({"0.tsv": 1.0}), started(1, 0)):
        view.emit(each)
    gone = "Job 1  completed successfully, but some output files are missing. Missing files ..."
    view.emit(record(LogEvent.ERROR, f"MissingOutputException in rule train:\n{gone}"))
    view.close()
    assert "\nfailed: train mnist/vae/0 " in stream.getvalue()
    assert "0 of 1 jobs done, 1 failed" in stream.getvalue()


def test_a_job_that_is_killed_says_by_what(written):
    view, stream = written
    view.emit(record(LogEvent.ERROR, "Command 'long' died with <Signals.SIGKILL: 9>."))
    assert stream.getvalue() == "a job's process was ended by SIGKILL\n"


# ---- on a terminal


class Seen:
    """What a terminal of 80 columns has shown in the end, and while a command ran."""

    def __init__(self) -> None:
        self.screen = pyte.HistoryScreen(COLUMNS, ROWS, history=10_000)
        self.status = -1
        self.during: list[str] = []

    @property
    def lines(self) -> list[str]:
        """All lines, those that have left the screen at its top too."""
        above = ["".join(line[x].data for x in range(COLUMNS)) for line in self.screen.history.top]
        text = "\n".join(line.rstrip() for line in (*above, *self.screen.display))
        return text.rstrip("\n").split("\n")

    def watch(
        self,
        command: list[str],
        folder: Path,
        environment: Mapping[str, str] = os.environ,
        interrupt_at: str = "",
    ) -> "Seen":
        """Run a command on the terminal to its end; Ctrl-C once it shows a text."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        process = subprocess.Popen(
            ["setsid", "--ctty", "--wait", *command],
            cwd=folder,
            env={**environment, "TERM": "xterm", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        stream = pyte.ByteStream(self.screen)
        while read := self._read(master):
            stream.feed(read)
            self.during += self.lines[-ROWS:]
            if interrupt_at and interrupt_at in "\n".join(self.lines):
                os.write(master, b"\x03")
                interrupt_at = ""
        self.status = process.wait()
        os.close(master)
        return self

    @staticmethod
    def _read(master: int) -> bytes:
        try:
            return os.read(master, 1 << 16)
        except OSError:  # the other end is closed
            return b""


TOY = """
from snakemake.logging import logger

PLAN = {"slots": 2, "seconds": {f"logs/{name}.tsv": 3.0 for name in ("good", "bad", "loud")}}

rule all:
    input: "good", "bad", "loud"

rule train:
    output: "{name}"
    log: "logs/{name}.log"
    benchmark: "logs/{name}.tsv"
    shell: "bash job.sh {wildcards.name} {log} {output}"

onstart: logger.info("3 jobs, some seconds", extra={"plan": PLAN})
onerror: print("what is there is old")
"""
JOB = """
for epoch in 1 2 3 4; do
    echo "12:00:0$epoch vae epoch $epoch/4  loss 0.$epoch  $((4 - epoch)) s left" >> $2
    sleep 0.6
done
if [ $1 = loud ]; then echo Traceback >&2; echo "  of many" >&2; echo "  lines" >&2; fi
if [ $1 = bad ]; then
    echo "12:00:05 error: the file is damaged:" >> $2
    echo "  fetch it again" >> $2
    exit 1
fi
touch $3
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A folder with a graph of three trainings: one fails, one writes to its error output."""
    (tmp_path / "Snakefile").write_text(TOY)
    (tmp_path / "job.sh").write_text(JOB)
    return tmp_path


SNAKEMAKE = [sys.executable, "-m", "snakemake", "--cores", "2", "-k", "--logger", "gaebench"]


@pytest.mark.pipeline
def test_a_terminal_shows_what_runs_and_in_the_end_what_failed(toy):
    seen = Seen().watch(SNAKEMAKE, toy)
    shown = "\n".join(seen.during)
    assert re.search(r"^train good +vae epoch 2/4  loss 0\.2 +\d s$", shown, re.M)
    assert re.search(r"━.* 0 of 4 jobs done · 00:00:0\d · about \d+ s left", shown)
    assert seen.status == 1 and not seen.screen.cursor.hidden
    [hint] = [line for line in seen.lines if line.startswith("Complete log(s):")]
    text = "\n".join(seen.lines)
    assert "Traceback\n  of many\n  lines\n" in text, "whole, though no view knows of it"
    assert "epoch" not in text and "━" not in text and "Command" not in text
    at = seen.lines.index("what is there is old")
    assert seen.lines[at + 1 : -1] == [
        "failed: train bad (logs/bad.log)",
        "  error: the file is damaged:",
        "    fetch it again",
    ]
    assert re.fullmatch(r"2 of 4 jobs done, 1 failed in \d+ s", seen.lines[-1])
    assert hint


@pytest.mark.pipeline
def test_ctrl_c_leaves_a_sane_terminal(toy):
    seen = Seen().watch(SNAKEMAKE, toy, interrupt_at="of 4 jobs done")
    assert seen.status == 1 and not seen.screen.cursor.hidden
    text = "\n".join(seen.lines)
    assert "━" not in text and "epoch" not in text
    assert seen.lines[-1] == "interrupted: the same command goes on from here"


@pytest.mark.pipeline
@pytest.mark.parametrize("option", ["--dry-run", "--verbose"])
def test_a_dry_run_and_a_verbose_one_are_snakemakes_own(toy, option):
    seen = Seen().watch([*SNAKEMAKE, option, "good"], toy)
    assert seen.status == 0
    assert "localrule train:" in seen.lines or "rule train:" in seen.lines


def test_what_others_write_to_the_terminal_waits_until_it_is_asked_for():
    master, slave = pty.openpty()
    program = (
        "import os, sys\n"
        "from snakemake_logger_plugin_gaebench.terminal import Terminal\n"
        "taken = Terminal(sys.stderr)\n"
        "os.system('echo from a job >&2; printf half >&2')\n"
        "print('waiting:', repr(taken.waiting()), file=taken.stream, flush=True)\n"
        "taken.give_back()\n"
        "print('rest:', repr(taken.waiting(ended=True)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=slave, stderr=slave, timeout=60)
    assert done.returncode == 0
    shown = os.read(master, 1 << 16).decode()
    assert shown.split("\r\n")[:2] == ["waiting: 'from a job\\n'", "rest: 'half'"]
    os.close(master)
    os.close(slave)


def test_the_status_is_one_line(clock):
    progress = Progress()
    for each in planned({"0.tsv": 600.0}):
        progress.see(each)
    assert status(progress) == "0 of 1 jobs done · 00:00:00 · about 10 min left"
