"""The one training loop: early stopping on a validation score, the best state restored."""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Literal

import pandas as pd
import torch
from torch import Tensor

from gaebench import metrics, plugins
from gaebench.data import Dataset
from gaebench.errors import Diverged, SettingsError, described, require
from gaebench.model import ImageSpec, Model, Stage
from gaebench.seeding import stream

log = logging.getLogger(__name__)

COLUMNS = ["stage", "epoch", "loss", "score"]
"""Of the history."""


@dataclass(frozen=True)
class Schedule:
    """How long and in what steps to train.

    Attributes
    ----------
    epochs : int
        Passes over the training rows at most.
    batch : int
        Rows per step; a last incomplete batch of an epoch is dropped.
    patience : int
        Epochs without a better validation score after which training stops.
    score_every : int
        Epochs between validation scores; the last one is scored in any case.
    decay : str
        Learning rate over the epochs: ``none``, or ``cosine`` from full to zero.
    budget : float
        Share of ``epochs`` to spend, for trial runs.
    """

    epochs: int
    batch: int
    patience: int
    score_every: int = 1
    decay: Literal["none", "cosine"] = "cosine"
    budget: float = 1.0

    def __post_init__(self) -> None:
        require(self.epochs >= 1, "epochs", self.epochs, "at least 1")
        require(self.batch >= 2, "batch", self.batch, "at least 2")
        require(self.patience >= 1, "patience", self.patience, "at least 1")
        require(self.score_every >= 1, "score_every", self.score_every, "at least 1")
        require(self.decay in ("none", "cosine"), "decay", self.decay, "none or cosine")
        require(0 < self.budget < math.inf, "budget", self.budget, "positive")

    def length(self, share: float) -> int:
        """Epochs of a stage that has a share of them."""
        return max(1, round(self.epochs * self.budget * share))

    def spans(self, share: float) -> list[range]:
        """Epochs of a stage, counted from 0, from one validation score to the next."""
        length = self.length(share)
        ends = [*range(self.score_every, length, self.score_every), length]
        return [range(start, end) for start, end in pairwise([0, *ends])]

    def rate(self, progress: float) -> float:
        """Factor on the learning rate at ``progress`` in [0, 1)."""
        return 0.5 * (1 + math.cos(math.pi * progress)) if self.decay == "cosine" else 1.0


def train(
    data: Dataset,
    family: str,
    settings: dict,
    *,
    seed: int,
    labels: tuple[str, ...],
    stop_on: str,
    valid_images: int,
    device: str = "cpu",
    **schedule,
) -> tuple[Model, pd.DataFrame]:
    """Build a model and fit it.

    Parameters
    ----------
    data
        Trains on its train split, stops by its valid split.
    family, settings
        Module in ``gaebench.models`` and keyword arguments of its class.
    seed, labels
        Name the random streams, e.g. ``0, ("mnist", "gae-2")``.
    stop_on
        Metric whose ``validation_score`` picks the epoch.
    valid_images
        The number of validation images it looks at, the first ones.
    device
        ``cpu`` or ``cuda``.
    schedule
        Fields of :class:`Schedule`.

    Returns
    -------
    (model, history)
        The model in its best state; a frame with the columns stage, epoch, loss, score. Of a model
        without stages it has no rows.

    Raises
    ------
    Diverged
        If a loss or score is not finite.
    """
    require(valid_images >= 1, "valid_images", valid_images, "at least 1")
    plan = Schedule(**schedule)
    torch.manual_seed(stream(seed, "dropout", *labels).initial_seed())
    spec = ImageSpec(data.pixels, data.binary)
    model = plugins.model(family)(spec, stream(seed, "init", *labels), **settings).to(device)
    images = torch.from_numpy(data.images("train")).to(device)
    valid = torch.from_numpy(data.images("valid")[:valid_images]).to(device)
    model.spec = spec
    model.start(images)

    def score(model: Model) -> float:
        draws = stream(seed, "score", *labels, device=device)
        return metrics.score(stop_on, model, valid, draws)

    generator = stream(seed, "train", *labels, device=device)
    try:
        history = fit(model, images, valid, generator, score, plan)
    except Diverged as error:
        raise Diverged(f"{'/'.join([*labels, str(seed)])}: {error}") from None
    return model, history


def fit(
    model: Model,
    images: Tensor,
    valid: Tensor,
    generator: torch.Generator,
    score: Callable[[Model], float],
    schedule: Schedule,
) -> pd.DataFrame:
    """Train a model's stages one after another.

    Parameters
    ----------
    images, valid : Tensor, shape (n, pixels)
        In [0, 1]; ``valid`` is for stages that score themselves.
    generator
        Shuffles the rows and feeds the steps.
    score
        Validation score of the model in nats, higher is better.

    Returns
    -------
    DataFrame
        Columns stage, epoch, loss (mean since the row before), score; one row per score.
    """
    rows = []
    for stage in _stages(model):
        own = stage.score
        stage_score = (lambda _, own=own: own(valid)) if own else score
        rows += _fit_stage(model, stage, images, generator, stage_score, schedule)
    model.eval()
    return pd.DataFrame(rows, columns=COLUMNS)


def _stages(model: Model) -> list[Stage]:
    stages = model.stages()
    if isinstance(stages, list) and all(isinstance(stage, Stage) for stage in stages):
        return stages
    raise plugins.fault(model.stages, f"must give a list of Stage, not {described(stages)}")


def _fit_stage(
    model: Model,
    stage: Stage,
    images: Tensor,
    generator: torch.Generator,
    score: Callable[[Model], float],
    schedule: Schedule,
) -> list[dict]:
    rows, epochs = stage.rows(images), schedule.length(stage.share)
    if len(rows) < schedule.batch:
        raise SettingsError(f"batch {schedule.batch} exceeds the {len(rows)} training images")
    full_rates = [group["lr"] for group in _groups(stage)]
    history, best, started = [], _Best(), time.monotonic()
    for span in schedule.spans(stage.share):
        model.train()
        losses = [
            _run_epoch(stage, rows, generator, schedule, epoch / epochs, full_rates)
            for epoch in span
        ]
        model.eval()
        row = {
            "stage": stage.name,
            "epoch": span.stop,
            "loss": fmean(losses),
            "score": score(model),
        }
        _check(row)
        history.append(row)
        best.see(span.stop, row["score"], model)
        _report(row, epochs, best, started)
        if span.stop - best.epoch >= schedule.patience:
            log.info("%s stops: no better score in %d epochs", stage.name, schedule.patience)
            break
    model.load_state_dict(best.state)
    model.eval()
    return history


def _run_epoch(
    stage: Stage,
    rows: Tensor,
    generator: torch.Generator,
    schedule: Schedule,
    progress: float,
    full_rates: list[float],
) -> float:
    """One pass over shuffled rows; the mean loss. Nothing waits for the device before the end."""
    for group, rate in zip(_groups(stage), full_rates, strict=True):
        group["lr"] = rate * schedule.rate(progress)
    order = torch.randperm(len(rows), generator=generator, device=rows.device)
    batches = order[: len(order) // schedule.batch * schedule.batch].view(-1, schedule.batch)
    total = torch.zeros((), device=rows.device)
    for batch in batches:
        total += _loss(stage, stage.step(rows[batch], generator))
    return total.item() / len(batches)


def _loss(stage: Stage, found: object) -> Tensor:
    wanted = "must give the loss, a detached tensor of one number"
    if not isinstance(found, Tensor):
        raise plugins.fault(stage.step, f"{wanted}, not {described(found)}")
    if found.numel() != 1 or found.requires_grad:
        given = "one with a gradient" if found.requires_grad else f"one of {tuple(found.shape)}"
        raise plugins.fault(stage.step, f"{wanted}, not {given}")
    return found.squeeze()


def _groups(stage: Stage) -> list[dict]:
    return [group for optimiser in stage.optimisers for group in optimiser.param_groups]


@dataclass
class _Best:
    """The best validation score so far, and the weights that gave it."""

    epoch: int = 0
    score: float = -math.inf
    state: dict | None = None

    def see(self, epoch: int, score: float, model: Model) -> None:
        if score > self.score:
            self.epoch, self.score = epoch, score
            self.state = {name: value.clone() for name, value in model.state_dict().items()}


def _check(row: dict) -> None:
    for name in ("loss", "score"):
        if not math.isfinite(row[name]):
            raise Diverged(
                f"training diverged: the {name} of stage {row['stage']} is {row[name]} in epoch "
                f"{row['epoch']}. The usual cause is too large a learning rate: lower the model's "
                "learning_rate."
            )


def _report(row: dict, epochs: int, best: _Best, started: float) -> None:
    left = (time.monotonic() - started) / row["epoch"] * (epochs - row["epoch"])
    log.info(
        "%s epoch %d/%d  loss %.3f  validation %.3f nats  best %.3f (epoch %d)  %.0f s left",
        row["stage"],
        row["epoch"],
        epochs,
        row["loss"],
        row["score"],
        best.score,
        best.epoch,
        left,
    )
