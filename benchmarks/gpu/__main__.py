"""On a machine with CUDA: the tests that need it, speed against its limits, and the full graph.

Writes ``results/gpu.md`` and ``.csv`` as it goes. Ends after ten minutes at most; the graph goes on
where it stopped when this is started again.
"""

import subprocess
import sys
import time

import torch

from benchmarks.gpu import graph, paths, report, steps
from benchmarks.gpu.limits import measured_limits
from benchmarks.inputs import ROOT
from gaebench.errors import GaebenchError

ALL = 570
"""Seconds for all of it."""
PARTS = ("tests", "speed", "graph")


def main(parts: list[str]) -> None:
    """Run the parts named, or all."""
    if unknown := set(parts) - set(PARTS):
        sys.exit(f"error: no part {min(unknown)!r}; there are: {', '.join(PARTS)}")
    if missing := _missing():
        sys.exit(f"make gpu: {missing}")
    deadline = time.monotonic() + ALL
    wanted = parts or PARTS
    failed = "tests" in wanted and _tests()
    try:
        if "speed" in wanted:
            _speed()
        if "graph" in wanted:
            report.save_graph(ROOT / "results", graph.run(deadline - time.monotonic()))
    except GaebenchError as error:
        sys.exit(f"error: {error}")
    sys.exit(failed)


def _missing() -> str:
    """What is not there, in one line; empty if nothing."""
    if torch.cuda.is_available():
        return ""
    if torch.version.cuda is None:
        return (
            f"this torch, {torch.__version__}, is built for CPUs: install one built for CUDA, and "
            "run it on a machine with an NVIDIA GPU"
        )
    return f"torch {torch.__version__} finds no NVIDIA GPU: `nvidia-smi` says whether there is one"


def _tests() -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-m", "gpu", "-rA"]
    return subprocess.run(command, cwd=ROOT).returncode


def _speed() -> None:
    torch.set_num_threads(1)  # "the CPU core"
    limits = measured_limits("cuda")
    print(limits, flush=True)
    rows = []
    for row in (*steps.rows(limits), *paths.rows(limits)):
        print(row, flush=True)
        rows.append(row)
        report.save_speed(ROOT / "results", limits, rows)


if __name__ == "__main__":
    main(sys.argv[1:])
