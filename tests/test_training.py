"""The training loop: schedule, early stopping, divergence."""

import logging
import math

import numpy as np
import pytest
import torch
from torch import nn

from gaebench import plugins, runs
from gaebench.data import Dataset
from gaebench.errors import Diverged, GaebenchError, SettingsError
from gaebench.model import Model, Stage
from gaebench.training import Schedule, fit, train

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
    ).history


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


def test_exponential_decay_takes_the_same_share_every_epoch():
    model = Counter()
    run(model, range(6), decay="exponential", fall=0.1)
    assert model.rates[::2] == pytest.approx([0.5 * 0.9**k for k in range(6)])


def test_a_stage_hears_of_every_epoch_before_it_begins():
    class Listening(Counter):
        def stages(self):
            return [Stage("counter", self.step, [self.optimiser], before_epoch=self.begins)]

        def begins(self, epoch):
            self.heard = [*getattr(self, "heard", []), (epoch, int(self.count))]

    model = Listening()
    run(model, range(6), score_every=3)
    assert model.heard == [(0, 0), (1, 2), (2, 4), (3, 6), (4, 8), (5, 10)]


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


def test_the_loss_is_looked_at_in_every_epoch_and_before_the_score():
    losses = iter([1.0, 1.0, math.inf, -math.inf])  # whose sum would be an error of its own

    class Exploding(Counter):
        def step(self, batch, generator):
            return super().step(batch, generator) * next(losses)

    with pytest.raises(Diverged, match=r"the loss of stage counter is nan in epoch 2\."):
        run(Exploding(), [], score_every=6)


def test_weights_are_looked_at_before_the_score():
    class Exploding(Counter):
        def step(self, batch, generator):
            self.count *= math.inf
            return torch.tensor(1.0)

    with pytest.raises(Diverged, match="the weight count of stage counter is not finite in epoch"):
        run(Exploding(), [])


class Scorned(Counter):
    """Makes a given sample, which no metric takes."""

    def __init__(self, pixel):
        super().__init__()
        self.pixel = pixel

    def sample(self, n, generator):
        return torch.full((n, 3), self.pixel)

    def stages(self):
        return [Stage("scorned", self.step, [self.optimiser], score=self.fail)]

    def fail(self, valid):
        raise GaebenchError("the samples are degenerate")


def test_a_score_that_fails_on_samples_that_are_not_finite_is_divergence():
    with pytest.raises(
        Diverged, match=r"a sample of stage scorned is not finite in epoch 1\..*rate"
    ):
        run(Scorned(math.nan), [])


def test_a_score_that_fails_on_other_samples_says_why_itself():
    with pytest.raises(GaebenchError, match=r"^the samples are degenerate$") as error:
        run(Scorned(0.5), [])
    assert not isinstance(error.value, Diverged)


@pytest.mark.parametrize(
    "family, rate",
    [("vae", 1e30), ("gae", 1e4), ("aae", 1e4), ("gan", 1e30), ("gmmn_ae", 1e30), ("vae", 1e4)],
)
def test_too_large_a_learning_rate_is_told_as_divergence_where_parzen_picks_the_epoch(family, rate):
    images = np.random.default_rng(0).integers(256, size=(300, 784), dtype=np.uint8)
    data = Dataset(images[:200], images[200:], images[:1], (28, 28))
    how = {"epochs": 20, "batch": 50, "patience": 20, "stop_on": "parzen", "valid_images": 50}
    with pytest.raises(Diverged, match="learning_rate"):
        train(data, family, {"learning_rate": rate}, seed=0, labels=("noise",), **how)


def test_progress_is_readable(caplog):
    caplog.set_level(logging.INFO)
    run(Counter(), [0, 1], epochs=2)
    assert "counter epoch 2/2  loss 1.000  validation 1.000 nats" in caplog.text
    assert "s left" in caplog.text


@pytest.mark.parametrize(
    "wrong", [{"decay": "linear"}, {"fall": 1.0}, {"batch": 1}, {"batch": 21}, {"score_every": 0}]
)
def test_wrong_schedules_are_named(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        run(Counter(), range(6), **wrong)


class Quiet(plugins.model("vae")):
    """Its `train` gives nothing back."""

    def train(self, mode=True):
        super().train(mode)


def test_a_train_that_gives_nothing_back_does(monkeypatch, tmp_path):
    monkeypatch.setattr(plugins, "model", lambda family: Quiet)
    images = np.random.default_rng(0).integers(0, 2, (30, 4), dtype=np.uint8)
    bits = Dataset(images, images, images, (2, 2), levels=1)
    how = {"stop_on": "bound", "valid_images": 9, "epochs": 1, "batch": 10, "patience": 1}
    small = {"layers": 1, "hidden": 3, "latent": 2}
    runs.save(train(bits, "vae", small, seed=0, labels=(), **how).model, tmp_path / "model.pt")
    assert not runs.restore(tmp_path / "model.pt", bits, "vae", small).training
