"""Where memory is short, no file is called damaged, and no job begins that could not start."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from running import memory, start

from gaebench import errors
from gaebench.errors import GaebenchError
from gaebench.training import checkpoints

SIDE = 4000
"""Of a square of numbers that has 64 MB."""
SHORT = """
import resource, sys
from pathlib import Path
import torch
from torch import nn
from gaebench import formats, runs
from gaebench.training.checkpoints import Checkpoint

path = Path(sys.argv[2])
read = {
    "array": lambda: formats.read_npy(path),
    "arrays": lambda: formats.read_npz(path, ["a"]),
    "weights": lambda: runs.load_weights(nn.Linear(2, 2), path, "model"),
    "checkpoint": Checkpoint(path, minutes=5, code={}).read,
}[sys.argv[1]]
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**25, used + 2**25))
try:
    read()
except Exception as error:
    print(type(error).__name__, error)
"""


def checkpoint(path: Path) -> None:
    found = checkpoints.Checkpoint(path, minutes=0, code={})
    found.offer(lambda: {"a": torch.zeros(SIDE, SIDE)})
    found.write()


WRITE = {
    "array": lambda path: np.save(path, np.zeros((SIDE, SIDE), np.float32)),
    "arrays": lambda path: np.savez(path, a=np.zeros((SIDE, SIDE), np.float32)),
    "weights": lambda path: torch.save({"weight": torch.zeros(SIDE, SIDE)}, path),
    "checkpoint": checkpoint,
}


@pytest.mark.parametrize("kind", WRITE)
def test_a_file_that_does_not_fit_is_not_called_damaged(tmp_path, kind):
    path = tmp_path / ("file.npz" if kind == "arrays" else "file.npy")
    WRITE[kind](path)
    command = [sys.executable, "-c", SHORT, kind, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ShortOfMemory there is not enough memory (")
    assert "Delete" not in done.stdout and "anew" not in done.stdout + done.stderr


def test_a_limit_with_which_no_job_could_start_is_told_at_once(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(memory.resource, "getrlimit", lambda which: (700 * 2**20, -1))
    with pytest.raises(GaebenchError, match=r"700 MB of memory here \(ulimit -v\).*1280.*Allow"):
        start.Run(["results"], "results/logs")
    assert not list(tmp_path.iterdir()), "nothing is begun"


def test_no_limit_and_a_wide_one_are_enough(monkeypatch):
    for allowed in (memory.resource.RLIM_INFINITY, memory.LEAST):
        monkeypatch.setattr(memory.resource, "getrlimit", lambda which, it=allowed: (it, it))
        memory.check()


def test_c_code_that_cannot_say_why_it_failed_was_short_where_memory_is_limited(monkeypatch):
    error = SystemError("error return without exception set")
    for allowed, short in ((memory.resource.RLIM_INFINITY, False), (2**31, True)):
        monkeypatch.setattr(errors.resource, "getrlimit", lambda which, it=allowed: (it, it))
        assert errors.is_of_memory(error) == short
