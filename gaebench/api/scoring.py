"""Scores of images and of models."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from gaebench import foreign, jobs, plugins, runs
from gaebench.api.arguments import evaluated, require_name, require_seed
from gaebench.api.loading import given
from gaebench.data import Dataset
from gaebench.errors import DataError, GaebenchError, SettingsError, described
from gaebench.foreign import Foreign, tensors
from gaebench.foreign.words import reading
from gaebench.model import ImageSpec, Model
from gaebench.project import Loaded, Project
from gaebench.report import collect, frames
from gaebench.scoring import SHOWN, Score, Subject, measure, metrics_for
from gaebench.scoring.measure import as_in_a_job
from gaebench.scoring.selection import needs
from gaebench.seeding import stream

DENSE = ". Give a dense one, of numbers alone: images.to_dense().float()"
SCORABLE = "give images (an array, a tensor, a file or a folder) or a gaebench.model.Model"


@dataclass(frozen=True)
class Scored:
    """What came out of scoring a subject.

    Attributes
    ----------
    dataset, name, seed
        What the data set and the subject are called; the seed.
    scores : list of Score
    images : Foreign or None
        The images that were scored.
    left_out : {metric: reason}
        Metrics of the tables that do not fit the data set.
    """

    dataset: str
    name: str
    seed: int
    scores: list[Score]
    images: Foreign | None
    left_out: dict[str, str]

    @property
    def remarks(self) -> list[str]:
        """What a reader of the numbers must know."""
        own = self.images.remarks if self.images else ()
        return list(dict.fromkeys([*own, *(text for s in self.scores for text in s.remarks)]))

    @property
    def failed(self) -> dict[str, str]:
        """Metrics without a number, and why."""
        return {score.metric: score.reason for score in self.scores if score.estimate is None}

    @property
    def contents(self) -> dict[str, dict]:
        """By metric, what its file in the graph would hold."""
        return {s.metric: json.loads(s.estimate.to_json()) for s in self.scores if s.estimate}

    @property
    def frame(self) -> pd.DataFrame:
        """Rows as in ``results/metrics.csv``, unrounded."""
        rows = [
            (self.dataset, self.name, self.seed, part, *number, version(metric))
            for metric, content in self.contents.items()
            for part, number in collect.estimates(metric, content, metric).items()
        ]
        return pd.DataFrame(rows, columns=frames.COLUMNS)


def version(metric: str) -> int:
    """A metric's version."""
    return plugins.constant("metrics", metric, "VERSION")


def score(
    what: np.ndarray | Model | str | Path,
    data: Dataset | str,
    *,
    metrics: Iterable[str] | str = (),
    name: str = "mine",
    seed: int = 0,
) -> pd.DataFrame:
    """Score images, or a model, as the benchmark scores its own.

    Parameters
    ----------
    what
        Images as an array or a tensor of shape (n, pixels), (n, height, width), or
        with a channel: uint8, uint16 or floats in [0, 1]. Or a file or folder of images, see
        :func:`gaebench.foreign.files.array`. Or a trained :class:`gaebench.model.Model`, which on
        bits is scored by its likelihood, else by the images it makes.
    data
        Of :func:`gaebench.load`, or its name.
    metrics
        Instead of those of the tables.
    name, seed
        Name the random streams.

    Returns
    -------
    DataFrame
        Columns ``dataset, model, seed, metric, value, sem, version``, as ``results/metrics.csv``
        has them. Its ``attrs["remarks"]`` says what is odd about the images.

    Raises
    ------
    DataError
        If the images cannot be scored.
    SettingsError
        If no metric fits, or one that is asked for cannot be had.
    GaebenchError
        If a metric gives no number.
    """
    found = scored(Project.here(), what, data, asked=metrics, name=name, seed=seed)
    if found.failed:
        raise GaebenchError("\n".join(f"{key}: {why}" for key, why in found.failed.items()))
    frame = found.frame
    frame.attrs["remarks"] = found.remarks
    return frame


def scored(
    project: Project,
    what: object,
    data: Dataset | str,
    *,
    asked: Iterable[str] = (),
    name: str = "mine",
    seed: int = 0,
    processes: int = 1,
    told: Callable[[str, int], None] = lambda text, count: None,
    done: Callable[[str], None] = lambda part: None,
) -> Scored:
    """:func:`score` with all that is known of the scores.

    Parameters
    ----------
    asked
        Metrics; none for those of the tables.
    processes
        See :func:`gaebench.scoring.measure.measure`.
    told
        Told of what will be computed: in words, and how many parts.
    done
        Told of each part.
    """
    require_seed(seed)
    require_name(name)
    data = given(project, data)
    called = data.name if isinstance(data, Loaded) else ""
    model = what if isinstance(what, Model) else None
    shown = _shown(project, "model" if model is not None and data.binary else "samples")
    wanted, left_out = metrics_for(data, shown, asked, model is not None)
    if not wanted:
        raise SettingsError(f"no metric of the tables fits: {left_out}")
    if model is not None:
        _require_whole(type(model), wanted)
        _require_float32(model)
    with as_in_a_job(), evaluated(model):
        there = _device(project, model)
        images = _images(project, what, data, called, name, seed, wanted, there)
        subject = Subject(
            data,
            called,
            name,
            seed,
            classifier=project.config["classifier"],
            cache=project.cache,
            images=None if images is None else images.images,
            model=model,
            device=there,
        )
        told(*_plan(wanted, images))
        scores = measure(subject, project.metrics(wanted), processes, done)
    return Scored(called, name, seed, scores, images, left_out)


def _device(project: Project, model: Model | None) -> str:
    """Where to compute: where the model is, which the caller chose."""
    tf32 = project.config["tf32"]
    if model is None:
        return jobs.use_torch(project.config["device"], tf32=tf32)
    jobs.set_up_torch(tf32=tf32)
    return str(model.device)


def _shown(project: Project, kind: str) -> list[str]:
    """The metrics of the tables that make a score."""
    entries = [entry for table in SHOWN[kind] for entry in project.table(table).entries]
    return list(dict.fromkeys(entry.metric for entry in entries))


def _images(
    project: Project,
    what: object,
    data: Dataset,
    called: str,
    name: str,
    seed: int,
    wanted: list[str],
    device: str,
) -> Foreign | None:
    count = project.config["samples"]
    if isinstance(what, str) and not what:  # which would be the current folder
        raise SettingsError(f"the path of the images is empty: {SCORABLE}")
    if isinstance(what, str | Path):
        return foreign.read(what, data, count)
    if not isinstance(what, Model):
        return foreign.fitted(_array(what), data, count)
    what.spec = what.spec or ImageSpec(data.pixels, data.binary)
    if all(needs(metric) == "model" for metric in wanted):
        return None
    made = runs.sample(what, count, stream(seed, "sample", called, name, device=device))
    return foreign.drawn(made, data)


def _require_whole(kind: type[Model], wanted: list[str]) -> None:
    """Refuse a model without what every one has, unless metrics ask for other methods alone."""
    every = ("draw_prior", "logits")
    missing = [name for name in every if getattr(kind, name) is getattr(Model, name)]
    asking = [name for name in wanted if not plugins.constant("metrics", name, "ASKS", ())]
    if missing and asking:
        raise SettingsError(
            f"{kind.__name__} has no {' and no '.join(missing)}, which {', '.join(asking)} "
            "cannot do without"
        )


def _require_float32(model: Model) -> None:
    """Refuse a model whose weights are not of float32, as images are."""
    for name, weight in model.named_parameters():
        if weight.dtype != torch.float32:
            kind = str(weight.dtype).removeprefix("torch.")
            raise SettingsError(f"the model's {name} is of {kind}: give model.float()")


def _array(images: object) -> np.ndarray:
    """Images as an array; DataError where they are none, or some of their pixels are masked."""
    if isinstance(images, Tensor):
        with reading("the tensor cannot be read", DENSE):
            return tensors.dense(images.detach().cpu(), "the tensor")
    if not (isinstance(images, list | tuple) or hasattr(images, "__array__")):
        raise SettingsError(f"{described(images)} cannot be scored: {SCORABLE}")
    if np.ma.is_masked(images):
        raise DataError("some pixels are masked: give every pixel a value")
    with reading("the images make no array"):
        return np.asarray(images)


def _plan(wanted: list[str], images: Foreign | None) -> tuple[str, int]:
    """What will be computed, in words, and its number of parts."""
    count = f"{len(images.images):,} images" if images else "the model"
    classifier = any(needs(metric) == "features" for metric in wanted)
    return f"{count}: {', '.join(wanted)}", len(wanted) + classifier
