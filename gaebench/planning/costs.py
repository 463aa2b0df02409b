"""What jobs cost: as they did when they ran here before, else by a small table of rates.

``rates.csv`` holds CPU seconds of one thread, without a job's start, on a machine whose square
float32 products of 1024 ran at `REFERENCE` GFLOP/s. ``seconds`` is for an amount of work ``size``:
the product of the settings that ``scale`` names. ``bytes`` is the size of a trained model, of
10,000 stored images, or of the file of that name.
"""

import csv
import math
import statistics
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from gaebench import plugins
from gaebench.errors import DataError
from gaebench.identity import record
from gaebench.planning.due import Job
from gaebench.project import workflow

REFERENCE = 80.0
"""GFLOP/s of the machine that rates.csv was measured on, or scaled to."""
START = 0.6
"""Seconds that a job needs there beside computing, as a fork: reading, checking, writing."""
SHARE = 0.9
"""Of several cores' time that is used: at the end jobs wait for each other."""
SIDE = 1024
IMAGES = 10_000
"""Whose file of samples has the ``bytes`` of a rate of sampling."""
SMALL = 20_000
"""Bytes of any other file, about."""


class Cost(NamedTuple):
    """Of one job: seconds of a core; whether it was measured here; bytes on disk."""

    seconds: float
    known: bool
    bytes: int


@dataclass(frozen=True)
class Prices:
    """What the jobs of a project cost on a machine.

    Attributes
    ----------
    root : Path
        The project's folder.
    config : dict
        Its parameters, resolved.
    rate : float
        The machine's GFLOP/s, see :func:`measured_rate`.
    """

    root: Path
    config: dict
    rate: float

    @cached_property
    def rates(self) -> list[dict[str, str]]:
        """The rows of rates.csv."""
        text = Path(__file__).with_name("rates.csv").read_text(encoding="utf-8")
        return list(csv.DictReader(text.splitlines()))

    @cached_property
    def search(self) -> dict:
        """What workflow/search.yaml says."""
        return workflow("reading").read(workflow("search").PATH)

    def of(self, job: Job) -> Cost:
        """The cost of a job."""
        past = self._past(job)
        seconds = self._guess(job) if past is None else past
        return Cost(seconds, past is not None, sum(map(self._bytes, job.outputs)))

    def _past(self, job: Job) -> float | None:
        """Seconds that the job took when it ran before, by its benchmark file."""
        if job.rule == "train" and not self._as_before(job):
            return None
        try:
            text = (self.root / job.benchmark).read_text(encoding="utf-8")
            return float(next(csv.DictReader(text.splitlines(), delimiter="\t"))["s"])
        except (OSError, ValueError, KeyError, TypeError, StopIteration):
            return None

    def _as_before(self, job: Job) -> bool:
        """Whether a training had today's settings when it ran before, as far as is known."""
        try:
            then = record.read(self.root / job.outputs[0])
        except DataError:
            return False
        dataset, model, _ = _place(job)
        now = workflow("runs").training(self.config, model, dataset)
        return then is None or then.params.get("settings") == now

    def _guess(self, job: Job) -> float:
        dataset, model, name = _place(job)
        if job.rule == "trial":
            seconds = self._trial(dataset, model, int(Path(job.outputs[0]).parts[-2]))
            return (START + seconds) * REFERENCE / self.rate
        key = {"train": model, "sample": model, "control": model}.get(job.rule, name)
        seconds = self._seconds(job.rule.partition("_")[0], dataset, key, model)
        return (START + seconds) * REFERENCE / self.rate

    def _trial(self, dataset: str, model: str, rung: int) -> float:
        """Of a search: a share of the model's own training."""
        share = workflow("space").shares(self.search, dataset, model)[rung]
        return share * self._seconds("train", dataset, model, model)

    def _seconds(self, kind: str, dataset: str, key: str, model: str) -> float:
        rows = self._nearest(kind, dataset, key, "seconds")
        work = self._work(kind, dataset, key, model) if rows else {}
        return statistics.median(_scaled(row, work) for row in rows) if rows else 0.0

    def _nearest(self, kind: str, dataset: str, name: str, column: str) -> list[dict[str, str]]:
        """The rates with a value in a column: of that data set and name, of one, or of all."""
        rows = [row for row in self.rates if row["kind"] == kind and row[column]]
        of_set = [row for row in rows if row["dataset"] == dataset]
        of_name = [row for row in rows if row["name"] == name]
        both = [row for row in of_set if row["name"] == name]
        return both or of_name or of_set or rows

    def _work(self, kind: str, dataset: str, key: str, model: str) -> dict:
        """The settings that a job's time grows with."""
        config, asked = self.config, workflow("runs")
        if kind == "train":
            train = asked.training(config, model, dataset)["train"]
            return {"epochs": train["epochs"] * train.get("budget", 1.0)}
        if kind == "classifier":
            return config["classifier"]
        settings = {"samples": config["samples"]}
        if key in plugins.names("metrics"):
            settings |= asked.defaults("metrics", key) | asked.metric_settings(config, key)
        return settings

    def _bytes(self, output: str) -> int:
        """The size that a file will have, about; nothing for one that is written over."""
        if (self.root / output).exists():
            return 0
        path = Path(output)
        if path.name == "samples.npy":
            each = self._listed_bytes("sample", path.parts[-4], "") / IMAGES
            return int(self.config["samples"] * each)
        if path.name == "model.pt":
            return int(self._listed_bytes("train", path.parts[-4], path.parts[-3]))
        listed = (row["bytes"] for row in self.rates if row["name"] == path.name)
        return int(next(listed, SMALL))

    def _listed_bytes(self, kind: str, dataset: str, name: str) -> float:
        rows = self._nearest(kind, dataset, name, "bytes")
        return statistics.median(int(row["bytes"]) for row in rows)


def _place(job: Job) -> tuple[str, str, str]:
    """Data set, model or control, and metric or figure that a job is about, empty where none is."""
    path = Path(job.outputs[0])
    if job.rule in ("train", "trial", "sample", "control") or job.rule.startswith("evaluate"):
        return path.parts[-4], path.parts[-3], path.stem
    dataset = path.parts[-2] if job.rule == "classifier" else path.stem
    return dataset, "", path.stem


def _scaled(row: dict[str, str], work: dict) -> float:
    names = row["scale"].split()
    share = math.prod(float(work.get(name, 1)) for name in names) / float(row["size"] or 1)
    return float(row["seconds"]) * (share if names else 1.0)


def wall(seconds: Collection[float], slots: int) -> float:
    """The seconds that jobs take side by side, so many at a time."""
    used = SHARE if slots > 1 else 1.0
    return max([sum(seconds) / slots / used, *seconds])


def measured_rate() -> float:
    """GFLOP/s of a core that a thread has to itself, in square float32 products."""
    import torch

    from gaebench.scoring.measure import single_thread

    factor = torch.randn(SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    with single_thread():
        times = list(_times(factor))
    return 2 * SIDE**3 / min(times) / 1e9


def _times(factor: object) -> Iterator[float]:
    for _ in range(15):
        started = time.thread_time()
        factor @ factor
        yield time.thread_time() - started
