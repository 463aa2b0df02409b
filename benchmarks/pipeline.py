"""The whole graph: its wall time, against the jobs' useful work spread evenly over the cores."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import jobs
from benchmarks.inputs import ROOT, dataset
from benchmarks.measurement import Benchmark, Measurement, NotMeasured
from benchmarks.timing import seconds
from gaebench.errors import GaebenchError
from gaebench.processes.cores import count

PARTS = ("gaebench", "workflow", "params.yaml", "environment.yml", "data/raw", "data/processed")
ONE_RUN = "results/quick/runs/mnist/gae-2/0/parzen.json"
NO_RUN = "no full run here: `make all` first"


def full(share: float) -> Measurement:
    """The last full run, from the records that it left; its size is what it is."""
    found = jobs.records(ROOT, "results/logs")
    useful = jobs.useful(ROOT / "results" / "logs")
    if not useful or not any(record["rule"] == "collect" for record in found):
        raise NotMeasured(NO_RUN)
    wall = jobs.union((record["starttime"], record["endtime"]) for record in found)
    return _against_cores(wall, useful)


def quick(share: float) -> Measurement:
    """The run of `make quick`, with data at hand, in a copy of this folder; small: one model."""
    dataset("mnist")
    targets = ["all"] if share == 1 else [ONE_RUN]
    with tempfile.TemporaryDirectory(prefix="gaebench-") as folder:
        copy = Path(folder)
        _copy(copy)
        wall = seconds(lambda: _snakemake(copy, targets))
        useful = jobs.useful(copy / "results" / "quick" / "logs")
    if not useful:
        raise NotMeasured("the jobs' logs do not say how long they computed")
    return _against_cores(wall, useful)


def memory(share: float) -> Measurement:
    """The largest job of the last full run, in GiB."""
    logs = ROOT / "results" / "logs"
    if not list((logs / "train").rglob("*.tsv")):
        raise NotMeasured(NO_RUN)
    peak, job = jobs.peak_memory(logs)
    return Measurement.once(peak, 1.0, f"the largest job is {job}")


def _against_cores(wall: float, useful: float) -> Measurement:
    cores = count()
    return Measurement.once(wall, useful / cores, f"{useful:.0f} s of useful work, {cores} cores")


def _copy(to: Path) -> None:
    """A folder in which the graph runs, with the data in place and no results."""
    for part in PARTS:
        (to / part).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / part, to / part)


def _snakemake(folder: Path, targets: list[str]) -> None:
    """The command of `make quick`.

    Raises
    ------
    GaebenchError
        If it fails.
    """
    command = [sys.executable, "-m", "snakemake", "--cores", "all"]
    command += ["--configfile", "workflow/quick.yaml", "--", *targets]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise GaebenchError(f"{' '.join(command[1:])} failed:\n{done.stderr[-3000:]}")


USEFUL = "against the jobs' useful work divided by the cores"

FULL = Benchmark(
    what=f"The last full run of the graph: time during which any job ran, {USEFUL}",
    goal=1.15,
    run=full,
)
QUICK = Benchmark(
    what=f"The whole of `make quick`'s command with data at hand, {USEFUL}",
    goal=1.15,
    run=quick,
)
MEMORY = Benchmark(
    what="Largest resident memory of any job of the last full run, in GiB (limit: 1 GiB)",
    goal=2.0,
    run=memory,
)
