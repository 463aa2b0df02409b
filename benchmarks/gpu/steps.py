"""Training steps of every family: one by one, captured, and the roof over both."""

from collections.abc import Iterator

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import inputs
from benchmarks.gpu.limits import Limits, least
from benchmarks.gpu.report import Row
from gaebench import plugins
from gaebench.model import ImageSpec, Model, Stage
from gaebench.seeding import stream
from gaebench.training.steps import CapturedSteps, Steps

ACCESSES = 10
"""Times that a step reads or writes a weight or what belongs to it: forward and backward read it,
backward writes its gradient, Adam reads weight, gradient and two moments and writes three."""
STEPS = 40
"""Of an epoch that is timed; of the CPU core, fewer."""
CPU_STEPS = 5
TRAIN = 50_000


def rows(limits: Limits, device: str = "cuda", share: float = 1.0) -> Iterator[Row]:
    """A row per stage of every family, with its own default settings, batch 250, on MNIST.

    The share is of the steps that are timed.
    """
    for family in plugins.names("models"):
        for number in range(len(_model(family, "cpu", _share(CPU_STEPS * share))[0].stages())):
            yield row(limits, family, number, device, share)


def row(limits: Limits, family: str, number: int, device: str, share: float) -> Row:
    """Steps a second of one stage."""
    print(f"{family}, stage {number}", flush=True)
    many, few = _share(STEPS * share), _share(CPU_STEPS * share)
    flops, moved = cost(family, number, few)
    found = {
        "steps one by one": _rate(Steps, family, number, device, many),
        "captured": _rate(CapturedSteps, family, number, device, many),
        "CPU core": _rate(Steps, family, number, "cpu", few),
    }
    stage = _model(family, "cpu", few)[0].stages()[number].name
    what = f"training {family}, stage {stage} (steps a second)"
    return Row(what, found, roof=1 / limits.roof(flops, moved), most=True)


def cost(family: str, number: int, share: float) -> tuple[float, float]:
    """Operations of the products of a step, and bytes it must move at least."""
    model, train = _model(family, "cpu", share)
    stage, batch = _begun(model, train, number)
    with FlopCounterMode(display=False) as counter:
        stage.step(batch, stream(0))
    weights = sum(p.numel() for o in stage.optimisers for g in o.param_groups for p in g["params"])
    moved = 4 * (ACCESSES * weights + batch.numel())
    return counter.get_total_flops(), moved


def _share(steps: float) -> float:
    """Of the training images that so many batches have."""
    return steps * inputs.BATCH / TRAIN


def _rate(kind: type[Steps], family: str, number: int, device: str, share: float) -> float:
    model, train = _model(family, device, share)
    stage, _ = _begun(model, train, number)
    run = kind(stage, stage.rows(train), stream(1, device=device), inputs.BATCH)
    model.train()
    return run.shape[0] / least(run.epoch, device, rounds=2)


def _model(family: str, device: str, share: float) -> tuple[Model, torch.Tensor]:
    train = inputs.images("mnist", "train", share).to(device)
    model = plugins.model(family)(ImageSpec(train.shape[1], False), stream(0)).to(device)
    model.start(train)
    return model, train


def _begun(model: Model, train: torch.Tensor, number: int) -> tuple[Stage, torch.Tensor]:
    """A stage about to take its first step, and a batch of its rows."""
    stage = model.stages()[number]
    model.train()
    stage.before_epoch(0)
    return stage, stage.rows(train)[: inputs.BATCH]
