"""The one training loop: early stopping on a validation score, the best state restored."""

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import fmean
from typing import NamedTuple

import pandas as pd
import torch
from torch import Tensor

from gaebench import metrics, plugins, runs
from gaebench.data import Dataset
from gaebench.errors import Diverged, GaebenchError, SettingsError, require
from gaebench.model import Model, generated
from gaebench.seeding import stream
from gaebench.training import contract, cost
from gaebench.training.checkpoints import Checkpoint, going_on, surroundings
from gaebench.training.cost import Cost
from gaebench.training.schedule import Schedule
from gaebench.training.state import Progress, State
from gaebench.training.steps import Steps, steps

log = logging.getLogger(__name__)

COLUMNS = ["stage", "epoch", "loss", "score"]
"""Of the history."""
TRIED = 100
"""Samples that are looked at where a score failed."""


class Trained(NamedTuple):
    """What training gives.

    Attributes
    ----------
    model : Model
        In its best state.
    history : DataFrame
        Columns stage, epoch, loss (mean since the row before), score (nats).
    cost : Cost
    """

    model: Model
    history: pd.DataFrame
    cost: Cost


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
    checkpoint: Checkpoint | None = None,
    **schedule,
) -> Trained:
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
    checkpoint
        Training goes on from it if it is of the same training, and writes it now and then. Where
        the model is kept, it is to be deleted.
    schedule
        Fields of :class:`Schedule`.

    Returns
    -------
    Trained
        Of a model without stages the history has no rows.

    Raises
    ------
    SettingsError
        If the settings do not fit the model or the data, such as a batch larger than they are.
    Diverged
        If a loss, a weight, a sample or a score is not finite.
    PluginFault
        If the model breaks its contract (:mod:`gaebench.training.contract`).
    """
    require(valid_images >= 1, "valid_images", valid_images, "at least 1")
    plan = Schedule(**schedule)
    if checkpoint:
        checkpoint.identity |= surroundings(data, device) | {
            "family": family,
            "settings": settings,
            "train": vars(plan) | {"stop_on": stop_on, "valid_images": valid_images},
            "stream": [seed, *labels],
        }
    torch.manual_seed(stream(seed, "dropout", *labels).initial_seed())
    images = torch.from_numpy(data.images("train")).to(device)
    valid = torch.from_numpy(data.images("valid")[:valid_images]).to(device)

    def build(*names: object) -> Model:
        return runs.build(data, family, settings, stream(*names), device)

    model = build(seed, "init", *labels)
    watch = contract.Watch(model, {"training": images, "validation": valid})
    model.start(images)
    contract.require_weights(model)

    def score(model: Model) -> float:
        draws = stream(seed, "score", *labels, device=device)
        watch.look()
        return metrics.score(stop_on, model, valid, draws)

    generator = stream(seed, "train", *labels, device=device)
    with _naming(*labels, seed):
        trained = fit(model, images, valid, generator, score, plan, checkpoint)
    watch.look()
    contract.require_kept(trained.model, lambda: build(0, "unused"), images)
    return trained


@contextmanager
def _naming(*run: object) -> Iterator[None]:
    """Say of which run it is where training diverges."""
    try:
        yield
    except Diverged as error:
        raise Diverged(f"{'/'.join(map(str, run))}: {error}") from None


def fit(
    model: Model,
    images: Tensor,
    valid: Tensor,
    generator: torch.Generator,
    score: Callable[[Model], float],
    schedule: Schedule,
    checkpoint: Checkpoint | None = None,
) -> Trained:
    """Train a model's stages one after another.

    Parameters
    ----------
    images, valid : Tensor, shape (n, pixels)
        In [0, 1]; ``valid`` is for stages that score themselves.
    generator
        Shuffles the rows and feeds the steps.
    score
        Validation score of the model in nats, higher is better.
    checkpoint
        See :func:`train`.

    Returns
    -------
    Trained
        The history has one row per score.
    """
    state = State(model, generator)
    with going_on(checkpoint, state) as keep:
        for stage in state.stages[state.progress.stage :]:
            own = stage.score
            stage_score = (lambda _, own=own: plugins.number(own, own(valid))) if own else score
            _fit_stage(state, images, stage_score, schedule, keep)
            state.end()
    model.eval()
    history = pd.DataFrame(state.progress.history, columns=COLUMNS)
    return Trained(model, history, cost.of(model, state.seconds, state.images))


def _fit_stage(
    state: State,
    images: Tensor,
    score: Callable[[Model], float],
    schedule: Schedule,
    keep: Callable[[], None],
) -> None:
    stage, progress, rows = state.stage, state.progress, state.begin(images)
    if len(rows) < schedule.batch:
        own = len(rows) != len(images)
        what = f"rows that stage {stage.name} gives" if own else "training images"
        raise SettingsError(f"batch {schedule.batch} exceeds the {len(rows)} {what}")
    run = steps(stage, rows, state.generator, schedule.batch)
    clock = _Clock(schedule.length(stage.share), progress.epoch)
    for span in schedule.spans(stage.share):
        if span.stop <= progress.epoch:
            continue
        loss = _run_span(state, run, schedule, span, keep)
        row = {"stage": stage.name, "epoch": span.stop, "loss": loss, "score": _try(score, state)}
        progress.history.append(row)
        progress.see(row["score"], state.model)
        _report(row, progress, clock)
        if span.stop - progress.best_epoch >= schedule.patience:
            log.info("%s stops: no better score in %d epochs", stage.name, schedule.patience)
            break
        keep()


def _run_span(
    state: State, run: Steps, schedule: Schedule, span: range, keep: Callable[[], None]
) -> float:
    """Train up to the next score; the mean loss since the last one."""
    stage, progress = state.stage, state.progress
    state.model.train()
    for epoch in range(max(span.start, progress.epoch), span.stop):
        state.set_rates(schedule.rate(epoch, schedule.length(stage.share)))
        stage.before_epoch(epoch)
        loss = run.epoch()
        state.images += math.prod(run.shape)
        progress.losses.append(loss)
        progress.epoch = epoch + 1
        _require_finite("loss", loss, state)
        if progress.epoch < span.stop:
            keep()
    state.model.eval()
    loss, progress.losses = fmean(progress.losses), []
    return loss


# ---- divergence


def _try(score: Callable[[Model], float], state: State) -> float:
    """The validation score, after a look at the weights; at the samples, should it fail."""
    model = state.model
    for name, value in model.state_dict().items():
        if not value.isfinite().all():
            raise _diverged(f"the weight {name}", "not finite", state)
    try:
        value = score(model)
    except GaebenchError:
        if not generated(model, TRIED, stream(0, "try", device=model.device)).isfinite().all():
            raise _diverged("a sample", "not finite", state) from None
        raise
    _require_finite("score", value, state)
    return value


def _require_finite(name: str, value: float, state: State) -> None:
    if not math.isfinite(value):
        raise _diverged(f"the {name}", value, state)


def _diverged(what: str, value: object, state: State) -> Diverged:
    return Diverged(
        f"training diverged: {what} of stage {state.stage.name} is {value} in epoch "
        f"{state.progress.epoch}. The usual cause is too large a learning rate: lower the model's "
        "learning_rate."
    )


# ---- the log


class _Clock:
    """Guesses the time that is left from the epochs since it was made."""

    def __init__(self, epochs: int, done: int) -> None:
        self.epochs, self.done, self.started = epochs, done, time.monotonic()

    def left(self, epoch: int) -> float:
        """Seconds from the end of that epoch."""
        elapsed = time.monotonic() - self.started
        return elapsed / (epoch - self.done) * (self.epochs - epoch)


def _report(row: dict, progress: Progress, clock: _Clock) -> None:
    log.info(
        "%s epoch %d/%d  loss %.3f  validation %.3f nats  best %.3f (epoch %d)  %.0f s left",
        row["stage"],
        row["epoch"],
        clock.epochs,
        row["loss"],
        row["score"],
        progress.best_score,
        progress.best_epoch,
        clock.left(row["epoch"]),
    )
