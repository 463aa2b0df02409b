"""An epoch of steps: one after another, or on CUDA captured once and replayed.

The networks are small: on a GPU a step lasts as long as the host needs to launch its operations.
A CUDA graph launches all of them at once. The first steps of a stage run as they do on a CPU, the
next one is recorded, which executes nothing, and from there on the record is replayed. The random
streams move on as if every step had been launched, so that where recording began is seen nowhere.
"""

import logging

import torch
from torch import Tensor

from gaebench import plugins
from gaebench.errors import described
from gaebench.model import Stage

log = logging.getLogger(__name__)

FIRST = 3
"""Steps before the recorded one: they make the optimisers' state, and libraries set up."""


class Steps:
    """The steps of a stage, an epoch at a time.

    Parameters
    ----------
    stage
        Its ``step`` takes the batches.
    rows : Tensor, shape (n, ...)
        What it is trained on.
    generator
        Shuffles the rows and feeds the steps.
    batch
        Rows of a step; what is left of an epoch is dropped.
    """

    def __init__(self, stage: Stage, rows: Tensor, generator: torch.Generator, batch: int) -> None:
        self.stage, self.rows, self.generator = stage, rows, generator
        self.shape = (len(rows) // batch, batch)

    def epoch(self) -> float:
        """One pass over shuffled rows; the mean loss. The device is waited for at its end only."""
        total = torch.zeros((), device=self.rows.device)
        for batch in self._shuffled():
            total += self._loss(self.rows[batch])
        return total.item() / self.shape[0]

    def _shuffled(self) -> Tensor:
        order = torch.randperm(len(self.rows), generator=self.generator, device=self.rows.device)
        steps, batch = self.shape
        return order[: steps * batch].view(steps, batch)

    def _loss(self, batch: Tensor) -> Tensor:
        found = self.stage.step(batch, self.generator)
        wanted = "must give the loss, a detached tensor of one number"
        if not isinstance(found, Tensor):
            raise plugins.fault(self.stage.step, f"{wanted}, not {described(found)}")
        if found.numel() != 1 or found.requires_grad:
            given = "one with a gradient" if found.requires_grad else f"one of {tuple(found.shape)}"
            raise plugins.fault(self.stage.step, f"{wanted}, not {given}")
        return found.squeeze()


class CapturedSteps(Steps):
    """The same on CUDA, as replays of a graph.

    All that a step reads lies at addresses that stay: the shuffled order and the place in it, the
    rows, weights, optimisers' state and rates. Numbers of Python become part of the record, so one
    that an optimiser has changed, such as a momentum, makes it anew.
    """

    def __init__(self, stage: Stage, rows: Tensor, generator: torch.Generator, batch: int) -> None:
        super().__init__(stage, rows, generator, batch)
        device = rows.device
        self.order = torch.empty(self.shape, dtype=torch.int64, device=device)
        self.place = torch.zeros(1, dtype=torch.int64, device=device)
        self.total = torch.zeros((), device=device)
        self.stream = torch.cuda.Stream(device)
        self.graph: torch.cuda.CUDAGraph | None = None
        self.recorded: list = []
        self.refused = False
        self.done = 0

    def epoch(self) -> float:
        """One pass over shuffled rows; the mean loss."""
        self.stream.wait_stream(torch.cuda.current_stream())
        if self.recorded != self._numbers():
            self.graph = None
        with torch.cuda.stream(self.stream):
            self.order.copy_(self._shuffled())
            self.place.zero_()
            self.total.zero_()
            for _ in range(self.shape[0]):
                self._next()
            mean = self.total.item() / self.shape[0]
        torch.cuda.current_stream().wait_stream(self.stream)
        return mean

    def _next(self) -> None:
        if self.graph is None and self.done >= FIRST and not self.refused:
            self._record()
        self.done += 1
        if self.graph:
            self.graph.replay()
        else:
            self._step()

    def _step(self) -> None:
        """The next batch's step; all that it needs to know lies on the device."""
        batch = self.order.index_select(0, self.place).squeeze(0)
        self.total += self._loss(self.rows.index_select(0, batch))
        self.place += 1

    def _record(self) -> None:
        graph = torch.cuda.CUDAGraph()
        graph.register_generator_state(self.generator)
        try:
            with torch.cuda.graph(graph, stream=self.stream):
                self._step()
        except RuntimeError as error:
            reason = str(error).partition("\n")[0]
            log.warning("steps run one by one: they cannot be captured (%s)", reason)
            self.refused = True
        else:
            self.graph, self.recorded = graph, self._numbers()

    def _numbers(self) -> list:
        """What optimisers hold as numbers of Python."""
        groups = [group for optimiser in self.stage.optimisers for group in optimiser.param_groups]
        return [
            [(name, value) for name, value in group.items() if isinstance(value, (int, float))]
            for group in groups
        ]


def steps(stage: Stage, rows: Tensor, generator: torch.Generator, batch: int) -> Steps:
    """The steps of a stage as they suit the device of its rows."""
    kind = CapturedSteps if rows.device.type == "cuda" else Steps
    return kind(stage, rows, generator, batch)
