"""All that a training goes on from: weights, optimisers, random streams, and where it stands."""

import math
import time
from dataclasses import dataclass, field

import torch
from torch import Tensor

from gaebench import plugins
from gaebench.errors import described
from gaebench.model import Model, Stage


@dataclass
class Progress:
    """Where training stands.

    Attributes
    ----------
    stage, epoch : int
        Stages that are done; epochs of the present one that are done.
    rows : Tensor or None
        What the stage is trained on; None for the training images themselves.
    rates : list of float
        Full learning rates of the stage's parameter groups.
    losses : list of float
        Of the epochs since the last score.
    history : list of dict
        One row per score, with the keys stage, epoch, loss, score.
    best_epoch, best_score, best_state
        The stage's best validation score so far, and the weights that gave it.
    """

    stage: int = 0
    epoch: int = 0
    rows: Tensor | None = None
    rates: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    history: list[dict] = field(default_factory=list)
    best_epoch: int = 0
    best_score: float = -math.inf
    best_state: dict | None = None

    def see(self, score: float, model: Model) -> None:
        """Keep the weights if their score is the best so far."""
        if score > self.best_score:
            self.best_epoch, self.best_score = self.epoch, score
            self.best_state = {name: value.clone() for name, value in model.state_dict().items()}


class State:
    """A training between two epochs.

    Parameters
    ----------
    model
        Its parameters and buffers, and the optimisers of its stages, hold all that steps change.
    generator
        Shuffles the rows and feeds the steps.

    Attributes
    ----------
    images : int
        Images that steps were made with so far.
    """

    def __init__(self, model: Model, generator: torch.Generator) -> None:
        self.model = model
        self.generator = generator
        self.stages = stages(model)
        self.progress = Progress()
        self.images = 0
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """The time that training took so far, in earlier processes too."""
        return time.monotonic() - self._began

    @property
    def stage(self) -> Stage:
        """The stage that is trained."""
        return self.stages[self.progress.stage]

    def begin(self, images: Tensor) -> Tensor:
        """The rows of the stage, which is begun unless a checkpoint did so."""
        progress = self.progress
        if not progress.epoch:
            rows = self.stage.rows(images)
            if not isinstance(rows, Tensor):
                raise plugins.fault(self.stage.rows, f"must give a tensor, not {described(rows)}")
            progress.rows = None if rows is images else rows
            progress.rates = [float(group["lr"]) for group in groups(self.stage)]
        return images if progress.rows is None else progress.rows

    def set_rates(self, factor: float) -> None:
        """Set the learning rates of the stage to a share of the full ones, in place on a GPU."""
        for group, rate in zip(groups(self.stage), self.progress.rates, strict=True):
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate * factor)
            else:
                group["lr"] = rate * factor

    def end(self) -> None:
        """Take the best weights of the stage, and turn to the next one."""
        done = self.progress
        self.model.load_state_dict(done.best_state)
        self.model.eval()
        self.progress = Progress(done.stage + 1, history=done.history)

    def capture(self) -> dict:
        """What a checkpoint holds: tensors, numbers and text."""
        on_cuda = self.model.device.type == "cuda"
        return {
            "progress": vars(self.progress),
            "seconds": self.seconds,
            "images": self.images,
            "model": self.model.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self._optimisers()],
            "generator": self.generator.get_state(),
            "torch": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state(self.model.device) if on_cuda else None,
        }

    def restore(self, saved: dict) -> None:
        """Become what :meth:`capture` saw, of a training of the same model."""
        device = self.model.device
        self.progress = Progress(**saved["progress"])
        self.images = saved["images"]
        self._began = time.monotonic() - saved["seconds"]
        if self.progress.rows is not None:
            self.progress.rows = self.progress.rows.to(device)
        self.model.load_state_dict(saved["model"])
        for optimiser, state in zip(self._optimisers(), saved["optimisers"], strict=True):
            optimiser.load_state_dict(state)
            for group in optimiser.param_groups:
                if isinstance(group["lr"], Tensor):
                    group["lr"] = group["lr"].to(device)
        self.generator.set_state(saved["generator"])
        torch.set_rng_state(saved["torch"])
        if saved["cuda"] is not None:
            torch.cuda.set_rng_state(saved["cuda"], device)

    def _optimisers(self) -> list[torch.optim.Optimizer]:
        """Those of the present stage and the later ones."""
        left = self.stages[self.progress.stage :]
        return [optimiser for stage in left for optimiser in stage.optimisers]


def stages(model: Model) -> list[Stage]:
    """A model's stages, if they are what the contract asks for."""
    found = model.stages()
    if isinstance(found, list) and all(isinstance(stage, Stage) for stage in found):
        return found
    raise plugins.fault(model.stages, f"must give a list of Stage, not {described(found)}")


def groups(stage: Stage) -> list[dict]:
    """The parameter groups of a stage's optimisers."""
    return [group for optimiser in stage.optimisers for group in optimiser.param_groups]
