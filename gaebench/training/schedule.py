"""How long training takes, in what steps, and at what rates."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from gaebench.errors import require


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
        Learning rate over the epochs: ``none``, ``cosine`` from full to zero, or ``exponential``.
    fall : float
        Share of the rate that an epoch takes away where the decay is exponential.
    budget : float
        Share of ``epochs`` to spend, for trial runs.
    """

    epochs: int
    batch: int
    patience: int
    score_every: int = 1
    decay: Literal["none", "cosine", "exponential"] = "cosine"
    fall: float = 0.0
    budget: float = 1.0

    def __post_init__(self) -> None:
        require(self.epochs >= 1, "epochs", self.epochs, "at least 1")
        require(self.batch >= 2, "batch", self.batch, "at least 2")
        require(self.patience >= 1, "patience", self.patience, "at least 1")
        require(self.score_every >= 1, "score_every", self.score_every, "at least 1")
        known = self.decay in ("none", "cosine", "exponential")
        require(known, "decay", self.decay, "none, cosine or exponential")
        require(0 <= self.fall < 1, "fall", self.fall, "in [0, 1)")
        require(0 < self.budget < math.inf, "budget", self.budget, "positive")

    def length(self, share: float) -> int:
        """Epochs of a stage that has a share of them."""
        return max(1, round(self.epochs * self.budget * share))

    def spans(self, share: float) -> list[range]:
        """Epochs of a stage, counted from 0, from one validation score to the next."""
        length = self.length(share)
        ends = [*range(self.score_every, length, self.score_every), length]
        return [range(start, end) for start, end in pairwise([0, *ends])]

    def rate(self, epoch: int, length: int) -> float:
        """Factor on the learning rate in an epoch, counted from 0, of a stage of some length."""
        if self.decay == "cosine":
            return 0.5 * (1 + math.cos(math.pi * (epoch / length)))
        return (1 - self.fall) ** epoch if self.decay == "exponential" else 1.0
