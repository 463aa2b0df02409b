"""The training loop: schedule, early stopping, divergence."""

import logging
import math

import pytest
import torch
from torch import nn

from gaebench.errors import Diverged, SettingsError
from gaebench.model import Model, Stage
from gaebench.training import Schedule, fit

IMAGES = torch.rand(20, 3)


class Counter(Model):
    """Its one weight counts steps; the loss is what the test says."""

    def __init__(self, loss=1.0):
        super().__init__()
        self.count = nn.Parameter(torch.zeros(1), requires_grad=False)
        self.loss = loss
        self.seen = []
        self.rates = []
        self.optimiser = torch.optim.SGD([self.count], lr=0.5)

    def stages(self):
        return [Stage("counter", self.step, [self.optimiser])]

    def step(self, batch, generator):
        self.seen.append(batch)
        self.rates.append(self.optimiser.param_groups[0]["lr"])
        self.count += 1
        return torch.tensor(float(self.loss))


def run(model, scores, **schedule):
    values = iter(scores)
    schedule = {"epochs": 6, "batch": 10, "patience": 10} | schedule
    return fit(
        model,
        IMAGES,
        IMAGES,
        torch.Generator().manual_seed(0),
        lambda _: next(values),
        Schedule(**schedule),
    )


def test_the_best_epochs_weights_are_restored():
    model = Counter()
    history = run(model, [0, 3, 1, 2, 1, 1])
    assert model.count.item() == 4  # two steps an epoch, best after the second
    assert history.score.tolist() == [0, 3, 1, 2, 1, 1]


def test_patience_ends_training():
    assert len(run(Counter(), [0, 1, 0, 0, 0, 9], patience=3)) == 5


def test_the_first_of_equal_scores_wins():
    model = Counter()
    run(model, [5, 5, 5, 5, 5, 5])
    assert model.count.item() == 2


@pytest.mark.parametrize("budget, epochs", [(1.0, 6), (0.5, 3), (0.01, 1)])
def test_the_budget_shortens_training(budget, epochs):
    assert len(run(Counter(), range(6), budget=budget)) == epochs


def test_scores_come_every_few_epochs_and_at_the_end():
    model = Counter()
    history = run(model, [1, 3, 2], epochs=5, score_every=2)
    assert history.epoch.tolist() == [2, 4, 5]
    assert model.count.item() == 8  # two steps an epoch, best after the fourth


def test_patience_counts_epochs_not_scores():
    history = run(Counter(), [1, 0, 0], epochs=60, score_every=5, patience=10)
    assert history.epoch.tolist() == [5, 10, 15]


def test_every_row_is_seen_once_an_epoch():
    model = Counter()
    run(model, [0], epochs=1)
    seen = torch.cat(model.seen)
    assert sorted(seen[:, 0].tolist()) == sorted(IMAGES[:, 0].tolist())
    assert not torch.equal(seen, IMAGES)


def test_an_incomplete_batch_is_dropped():
    model = Counter()
    run(model, [0], epochs=1, batch=8)
    assert [len(batch) for batch in model.seen] == [8, 8]


def test_cosine_decay_falls_from_the_full_rate():
    model = Counter()
    run(model, range(6))
    expected = [0.25 * (1 + math.cos(math.pi * k / 6)) for k in range(6)]
    assert model.rates[::2] == pytest.approx(expected)


def test_without_decay_the_rate_stays():
    model = Counter()
    run(model, range(6), decay="none")
    assert set(model.rates) == {0.5}


@pytest.mark.parametrize(
    "loss, score", [(math.nan, 0), (math.inf, 0), (1, math.nan), (1, -math.inf)]
)
def test_divergence_names_stage_epoch_and_parameter(loss, score):
    with pytest.raises(Diverged, match=r"stage counter .* epoch 1.*learning_rate"):
        run(Counter(loss), [score])


def test_progress_is_readable(caplog):
    caplog.set_level(logging.INFO)
    run(Counter(), [0, 1], epochs=2)
    assert "counter epoch 2/2  loss 1.000  validation 1.000 nats" in caplog.text
    assert "s left" in caplog.text


@pytest.mark.parametrize(
    "wrong", [{"decay": "linear"}, {"batch": 1}, {"batch": 21}, {"score_every": 0}]
)
def test_wrong_schedules_are_named(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        run(Counter(), range(6), **wrong)
