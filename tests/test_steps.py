"""Steps that are captured do what steps one by one do; the capture itself needs a GPU."""

from contextlib import nullcontext

import numpy as np
import pytest
import torch

from gaebench import plugins
from gaebench.model import ImageSpec
from gaebench.seeding import stream
from gaebench.training import steps
from gaebench.training.steps import CapturedSteps, Steps

TRAIN = torch.rand(500, 12, generator=stream(3))
SETTINGS = [(family, {}) for family in plugins.names("models")] + [
    ("gae", {"exemplars": 100, "narrow_proposal": True}),
    ("gan", {"optimiser": "sgd"}),
    ("aae", {"stochastic": True, "dropout": 0.2, "adversarial_dropout": 0.2}),
]


class Recording:
    """Stands in for a CUDA graph: what is recorded is the function, executed when replayed."""

    made = 0

    def __init__(self, refuse=False):
        self.refuse, self.registered = refuse, []

    def register_generator_state(self, generator):
        self.registered.append(generator)

    def replay(self):
        assert self.registered, "the generator would not move on"
        self.step()


@pytest.fixture
def without_gpu(monkeypatch):
    """CUDA's streams do nothing, and recording keeps the step without executing it."""

    def record(run):
        graph = Recording()
        graph.register_generator_state(run.generator)
        graph.step = run._step
        Recording.made += 1
        run.graph, run.recorded = graph, run._numbers()

    class Stream:
        def __init__(self, device=None):
            pass

        def wait_stream(self, other):
            pass

    Recording.made = 0
    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", Stream)
    monkeypatch.setattr(torch.cuda, "stream", lambda stream: nullcontext())
    monkeypatch.setattr(CapturedSteps, "_record", record)


def trained(kind, family, settings, epochs=3):
    torch.manual_seed(0)
    model = plugins.model(family)(ImageSpec(12, False), stream(0), **settings)
    model.start(TRAIN)
    losses = []
    for stage in model.stages():
        run = kind(stage, stage.rows(TRAIN), stream(2), batch=100)
        model.train()
        for epoch in range(epochs):
            stage.before_epoch(epoch)
            losses.append(run.epoch())
        model.eval()
    return model.state_dict(), losses


@pytest.mark.parametrize("family, settings", SETTINGS)
def test_replays_give_the_bits_of_steps_one_by_one(without_gpu, family, settings):
    weights, losses = trained(Steps, family, settings)
    same, again = trained(CapturedSteps, family, settings)
    assert losses == again
    assert all(map(torch.equal, weights.values(), same.values()))
    assert Recording.made >= 1


def test_a_step_is_recorded_once_unless_a_number_in_it_changes(without_gpu):
    trained(CapturedSteps, "vae", {}, epochs=5)
    assert Recording.made == 1
    Recording.made = 0
    trained(CapturedSteps, "gan", {"optimiser": "sgd", "momentum_epochs": 3}, epochs=5)
    assert Recording.made == 4  # the momentum of epochs 0, 1, 2, and 3 and on


def test_a_step_that_cannot_be_captured_runs_as_it_is(without_gpu, monkeypatch, caplog):
    class Graph(Recording):
        pass

    def graph(graph, stream):
        raise RuntimeError("operation not permitted when stream is capturing\nmore")

    monkeypatch.undo()
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "graph", graph)
    for name in ("Stream", "current_stream"):
        monkeypatch.setattr(torch.cuda, name, lambda *_: type("S", (), {"wait_stream": print})())
    monkeypatch.setattr(torch.cuda, "stream", lambda stream: nullcontext())
    weights, _ = trained(Steps, "vae", {})
    same, _ = trained(CapturedSteps, "vae", {})
    assert all(map(torch.equal, weights.values(), same.values()))
    assert caplog.text.count("cannot be captured (operation not permitted") == 1


def test_the_device_chooses(monkeypatch):
    monkeypatch.setattr(steps, "CapturedSteps", lambda *given: given)
    on_cpu = steps.steps(None, TRAIN, stream(0), 10)
    assert isinstance(on_cpu, Steps) and np.array_equal(on_cpu.shape, (50, 10))
