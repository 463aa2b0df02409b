"""The full graph on a GPU: its wall time, and the share of it in which the GPU computed."""

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from statistics import fmean

from benchmarks.inputs import ROOT

LEAST = 30
"""Seconds under which nothing is started."""
GRACE = 25
"""Seconds for jobs to end, and write their checkpoints."""
ASK = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]


@dataclass(frozen=True)
class Graph:
    """A run of the graph: its wall time in seconds, whether all is done, and the GPU's share."""

    wall: float
    whole: bool
    busy: float


def run(left: float) -> Graph | None:
    """Run ``all`` for as long as there is time; None if there is too little."""
    if left < LEAST + GRACE:
        print("no time left for the graph: `make gpu` again goes on", flush=True)
        return None
    profile = ROOT / "workflow" / "profiles" / "gpu"
    command = [sys.executable, "-m", "snakemake", "--workflow-profile", str(profile), "all"]
    started, shares = time.monotonic(), []
    process = subprocess.Popen(command, cwd=ROOT)
    watch = threading.Thread(target=_watch, args=(process, shares), daemon=True)
    watch.start()
    try:
        code = process.wait(left - GRACE)
    except subprocess.TimeoutExpired:
        process.terminate()
        code = process.wait()
    return Graph(time.monotonic() - started, code == 0, fmean(shares or [0.0]))


def _watch(process: subprocess.Popen, shares: list[float]) -> None:
    """Ask once a second for the share of time in which the GPU computed."""
    while process.poll() is None:
        found = subprocess.run(ASK, capture_output=True, text=True)
        values = [float(line) / 100 for line in found.stdout.split() if line.isdigit()]
        if values:
            shares.append(fmean(values))
        time.sleep(1)
