"""Metrics of one subject, one after another or side by side."""

import copy
import logging
import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from gaebench import metrics
from gaebench.data import Dataset
from gaebench.errors import Failed, GaebenchError, SettingsError
from gaebench.estimate import Estimate
from gaebench.features import Embedded
from gaebench.model import Model
from gaebench.scoring import embedding
from gaebench.scoring.selection import needs
from gaebench.seeding import stream

SAID_ELSEWHERE = ("gaebench.metrics.parzen",)
"""Whose warnings `gaebench.foreign` gives in its own words."""


@dataclass(frozen=True)
class Subject:
    """What is scored.

    Attributes
    ----------
    data : Dataset
    dataset, name, seed
        What the data set and the subject are called, and a seed: they name the random streams.
    images : ndarray of float32, shape (n, pixels), or None
    model : Model or None
    classifier : dict
        Settings of the classifier's training.
    cache : Path
        Where classifiers are kept.
    device : str
        ``cpu`` or ``cuda``.
    """

    data: Dataset
    dataset: str
    name: str
    seed: int
    classifier: dict
    cache: Path
    images: np.ndarray | None = None
    model: Model | None = None
    device: str = "cpu"


@dataclass(frozen=True)
class Score:
    """What a metric makes of a subject.

    Attributes
    ----------
    metric : str
    estimate : Estimate or None
        None where there is none.
    reason : str
        Why not.
    remarks : tuple of str
        What it warned of.
    """

    metric: str
    estimate: Estimate | None = None
    reason: str = ""
    remarks: tuple[str, ...] = ()


def measure(
    subject: Subject,
    settings: Mapping[str, dict],
    processes: int = 1,
    done: Callable[[str], None] = lambda name: None,
) -> list[Score]:
    """Scores of a subject, in the order of the metrics.

    Parameters
    ----------
    subject
    settings
        By metric.
    processes
        How many compute at a time, one thread each. More than one start Python anew, so a script
        that asks for them must guard its own start (``if __name__ == "__main__"``).
    done
        Told the name of each part when it is there: a metric, or ``classifier``.

    Raises
    ------
    GaebenchError
        If one of those processes is killed.
    """
    featured = [name for name in settings if needs(name) == "features"]
    jobs = {name: (name, given) for name, given in settings.items()}
    if processes > 1 and len(jobs) > 1 and subject.device == "cpu" and subject.model is None:
        with _alive(processes):
            found = _side_by_side(subject, jobs, featured, processes, done)
    else:
        found = _in_turn(subject, jobs, featured, done)
    return [found[name] for name in settings]


@contextmanager
def _alive(processes: int) -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        raise GaebenchError(
            f"one of up to {processes} processes that compute side by side was killed, most likely "
            "for lack of memory. Use fewer (taskset -c 0 gaebench score ...), ask for one metric "
            "at a time (--metric), or close other programs"
        ) from error


def _in_turn(
    subject: Subject, jobs: dict[str, tuple], featured: list[str], done: Callable
) -> dict[str, Score]:
    found, space = {}, None
    with single_thread():
        for name, job in jobs.items():
            if name in featured and space is None:
                space = _embed(subject)
                done("classifier")
            found[name] = _score(subject, *job, space if name in featured else None)
            done(name)
    return found


def _side_by_side(
    subject: Subject, jobs: dict[str, tuple], featured: list[str], processes: int, done: Callable
) -> dict[str, Score]:
    """The same by several processes: the longest part, the classifier, starts first."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(processes, len(jobs)), context, _begin, (subject,)) as pool:
        parts: dict[Future, str] = {}
        if featured:
            parts[pool.submit(_embed_there)] = "classifier"
        plain = [name for name in jobs if name not in featured]
        parts |= {pool.submit(_score_there, *jobs[name]): name for name in plain}
        found, open_parts = {}, set(parts)
        while open_parts:
            ready, open_parts = wait(open_parts, return_when=FIRST_COMPLETED)
            for part in ready:
                name, result = parts[part], part.result()
                done(name)
                if name != "classifier":
                    found[name] = result
                    continue
                further = {pool.submit(_score_there, *jobs[f], result): f for f in featured}
                parts |= further
                open_parts |= set(further)
    return found


_SUBJECT: Subject
"""Of a process of the pool."""


def _begin(subject: Subject) -> None:
    global _SUBJECT
    _SUBJECT = subject
    torch.set_num_threads(1)


def _embed_there() -> Embedded:
    return _embed(_SUBJECT)


def _score_there(metric: str, settings: dict, space: Embedded | None = None) -> Score:
    return _score(_SUBJECT, metric, settings, space)


def _embed(subject: Subject) -> Embedded:
    return embedding.embedded(
        subject.images,
        subject.data,
        subject.dataset,
        subject.classifier,
        subject.cache,
        subject.device,
    )


def _score(subject: Subject, metric: str, settings: dict, space: Embedded | None) -> Score:
    sources = {"samples": subject.images, "features": space, "model": subject.model}
    labels = (metric, subject.dataset, subject.name)
    draws = stream(subject.seed, *labels, device=subject.device)
    with collected() as remarks:
        try:
            source = sources[needs(metric)]
            if source is not subject.model:
                source = copy.deepcopy(source)  # a metric may change what it is given
            estimate = metrics.measured(metric, source, subject.data, draws, settings)
        except (Failed, SettingsError) as error:
            return Score(metric, reason=str(error), remarks=tuple(remarks))
    return Score(metric, estimate, remarks=tuple(remarks))


@contextmanager
def single_thread() -> Iterator[None]:
    """One thread, as a job of the graph has: more of them give other last bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def as_in_a_job() -> Iterator[None]:
    """torch as a job has it, whatever its caller has set, and then as it was."""
    dtype = torch.get_default_dtype()
    precision = torch.backends.cuda.matmul.fp32_precision
    elsewhere = torch.get_default_device().type != "cpu"
    torch.set_default_dtype(torch.float32)
    try:
        with (
            single_thread(),
            torch.device("cpu") if elsewhere else nullcontext(),
            torch.inference_mode(False),
            torch.enable_grad(),
            torch.autocast("cpu", enabled=False),
            torch.autocast("cuda", enabled=False),
        ):
            yield
    finally:
        torch.set_default_dtype(dtype)
        torch.backends.cuda.matmul.fp32_precision = precision


@contextmanager
def collected() -> Iterator[list[str]]:
    """The warnings that the package logs meanwhile, which go nowhere else."""
    found: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(record.getMessage())
    handler.addFilter(lambda record: record.name not in SAID_ELSEWHERE)
    log = logging.getLogger("gaebench")
    before = log.handlers, log.propagate
    log.handlers, log.propagate = [handler], False
    try:
        yield found
    finally:
        log.handlers, log.propagate = before
