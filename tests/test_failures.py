"""A run that fails is a cell that says so; whatever else there is goes on."""

import subprocess
import sys

import numpy as np
import pytest

from gaebench import failures, runs
from gaebench.data import Dataset
from gaebench.errors import Diverged, Failed
from gaebench.report import cells, collect
from gaebench.report.cells import Cell

JOB = """
from gaebench import jobs
from gaebench.errors import {error}
with jobs.running({log!r}, "mnist", "bad", 0, outputs={outputs!r}):
    raise {error}("the loss is nan")
"""


def run(tmp_path, error, outputs):
    """A job that raises, in a process of its own: its exit status."""
    program = JOB.format(error=error, log=str(tmp_path / "job.log"), outputs=outputs)
    return subprocess.run([sys.executable, "-c", program], check=False).returncode


def test_a_run_that_fails_leaves_its_reason_and_ends_well(tmp_path):
    outputs = [str(tmp_path / name) for name in ("model.pt", "history.csv")]
    assert run(tmp_path, "Diverged", outputs) == 0
    assert {failures.reason(path) for path in outputs} == {"the loss is nan"}
    assert "failed: the loss is nan" in (tmp_path / "job.log").read_text()


def test_every_other_error_leaves_nothing_and_does_not_end_well(tmp_path):
    outputs = [str(tmp_path / "model.pt")]
    for error in ("SettingsError", "DataError", "GaebenchError"):
        assert run(tmp_path, error, outputs) == 1
    assert run(tmp_path, "Diverged", []) == 1
    assert not (tmp_path / "model.pt").exists()


def test_a_reason_that_cannot_be_written_is_an_error_in_one_message(tmp_path):
    (tmp_path / "a file").touch()
    assert run(tmp_path, "Diverged", [str(tmp_path / "a file/model.pt")]) == 1
    said = (tmp_path / "job.log").read_text()
    assert "failed: the loss is nan" in said and "error: " in said
    assert "this should not happen" not in said


def test_what_reads_a_file_of_a_failed_run_fails_with_its_reason(tmp_path):
    black = np.zeros((3, 4), dtype=np.uint8)
    data = Dataset(black, black, black, shape=(2, 2))
    failures.write([tmp_path / "model.pt", tmp_path / "samples.npy"], "the loss is nan")
    with pytest.raises(Failed, match="the loss is nan"):
        runs.restore(tmp_path / "model.pt", data, "vae", {})
    with pytest.raises(Failed, match="the loss is nan"):
        runs.load_samples(tmp_path / "samples.npy", 4)


def test_a_failed_cell_has_no_row(tmp_path):
    paths = [tmp_path / f"mnist/{model}/0/parzen.json" for model in ("good", "bad")]
    for path in paths:
        path.parent.mkdir(parents=True)
    paths[0].write_text('{"value": 1.0, "sem": 0.1}')
    failures.write(paths[1:], "the loss is nan")
    frame = collect.collect(map(Cell.at, paths), {"parzen": 1})
    assert list(frame.model) == ["good"]
    assert cells.content(paths[1]) == {"failed": "the loss is nan"}


@pytest.mark.parametrize("content", [b"", b"{", b'{"failed": ', b"PK\x03\x04", b'{"value": 1}'])
def test_other_files_are_of_no_failed_run(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    assert failures.reason(tmp_path / "file") is None
    assert failures.reason(tmp_path / "nothing") is None


def test_divergence_is_a_failure():
    assert issubclass(Diverged, Failed)
