"""A training that was stopped anywhere goes on to the same bytes, or begins anew and says so."""

import logging
import math
import os
import resource
from dataclasses import replace

import numpy as np
import pytest
import torch

from gaebench import plugins, training
from gaebench.data import Dataset
from gaebench.errors import Diverged
from gaebench.training import checkpoints
from gaebench.training.checkpoints import Checkpoint

SMALL = {
    "aae": {"hidden": 20, "dropout": 0.2},
    "bernoulli_mixture": {"components": 10},
    "gae": {"hidden": 20, "dropout": 0.2},
    "gan": {"hidden": 20, "units": 10, "average": 0.9},
    "gmmn_ae": {"hidden": 20, "code": 5, "widths": "20-20"},
    "vae": {"hidden": 20, "dropout": 0.2},
}
"""Small settings, with dropout where a family has it."""
HOW = {"epochs": 6, "batch": 100, "patience": 6, "score_every": 3}
CODE = {"gaebench/model.py": "1"}


class Killed(BaseException):
    """In the place of a kill."""


class Stopping(Checkpoint):
    """Is taken and written after every epoch, and stops training after some of them."""

    def __init__(self, path, after=None, code=CODE):
        super().__init__(path, minutes=0, code=code)
        self.after, self.seen = after, 0

    def offer(self, state):
        self._free = 0.0
        super().offer(state)
        self.seen += 1
        if self.seen == self.after:
            raise Killed


@pytest.fixture(scope="module")
def digits():
    from sklearn.datasets import load_digits

    images = np.round(load_digits().images.reshape(-1, 64) * 255 / 16).astype(np.uint8)
    return Dataset(images[:500], images[500:700], images[700:], (8, 8))


def train(data, family="vae", checkpoint=None, seed=0, settings=None, **changes):
    """The bytes of the model's weights, and the history as CSV."""
    torch.rand(17)  # of the stream that dropout draws from: it is set anew
    how = {"stop_on": "bound", "valid_images": 200} | HOW | changes
    settings = SMALL.get(family, {}) if settings is None else settings
    model, history, _ = training.train(
        data, family, settings, seed=seed, labels=("digits",), checkpoint=checkpoint, **how
    )
    return content(model), history.to_csv()


def content(model):
    return {name: value.numpy().tobytes() for name, value in model.state_dict().items()}


def stop(data, path, after=3, **how):
    """Train for some epochs; leaves a checkpoint."""
    with pytest.raises(Killed):
        train(data, checkpoint=Stopping(path, after), **how)
    assert path.is_file()


@pytest.fixture(scope="module")
def undisturbed(digits):
    return train(digits)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "checkpoints" / "0.pt"


CASES = [(family, {}) for family in plugins.names("models")] + [
    ("aae", {"stochastic": True, "adversarial_dropout": 0.2}),
    ("gae", {"exemplars": 50}),
    ("gan", {"optimiser": "sgd", "learning_rate": 0.1, "momentum_epochs": 4}),
]


@pytest.mark.parametrize("family, changes", CASES)
def test_stopped_after_some_epoch_training_ends_in_the_same_bytes(
    digits, path, family, changes, caplog
):
    caplog.set_level(logging.INFO)
    stop_on = "bound" if family in ("bernoulli_mixture", "gae", "vae") else "parzen"
    settings = SMALL.get(family, {}) | changes
    watching, how = Stopping(path), {"family": family, "stop_on": stop_on, "settings": settings}
    undisturbed = train(digits, **how)
    assert train(digits, checkpoint=watching, **how) == undisturbed
    assert watching.seen >= HOW["epochs"]
    for after in sorted({1, 2, watching.seen // 2 + 1, watching.seen}):
        path.unlink()
        stop(digits, path, after, **how)
        caplog.clear()
        assert train(digits, checkpoint=Stopping(path), **how) == undisturbed
        assert "goes on from its checkpoint" in caplog.text


def test_stopped_again_and_again_training_ends_in_the_same_bytes(digits, undisturbed, path):
    for _ in range(HOW["epochs"]):
        stop(digits, path, after=1)
    assert train(digits, checkpoint=Stopping(path)) == undisturbed


def test_patience_counts_on(digits, path):
    how = {
        "epochs": 40,
        "patience": 2,
        "score_every": 1,
        "settings": {"hidden": 20, "learning_rate": 0.05},
    }
    undisturbed = train(digits, **how)
    epochs = undisturbed[1].count("vae")
    assert epochs < 40
    stop(digits, path, epochs - 1, **how)
    assert train(digits, checkpoint=Stopping(path), **how) == undisturbed


@pytest.mark.parametrize("signal", [SystemExit(143), KeyboardInterrupt()])
def test_terminated_training_writes_what_it_has(digits, undisturbed, path, monkeypatch, signal):
    monkeypatch.setattr(checkpoints, "LEAST_RATIO", 0)
    step, steps = plugins.model("vae").step, iter(range(18))

    def interrupted(self, x, generator):
        if next(steps, None) is None:
            raise signal
        return step(self, x, generator)

    with monkeypatch.context() as patch:
        patch.setattr(plugins.model("vae"), "step", interrupted)
        with pytest.raises(type(signal)):
            train(digits, checkpoint=Checkpoint(path, minutes=1000, code=CODE))
    going = Stopping(path)
    assert train(digits, checkpoint=going) == undisturbed
    assert going.seen == HOW["epochs"] - 3, "three epochs of five steps were done"


OTHERS = {
    "settings.hidden": {"settings": SMALL["vae"] | {"hidden": 21}},
    "settings.pixel_std": {"settings": SMALL["vae"] | {"pixel_std": 0.3}},
    "train.epochs": {"epochs": 7},
    "train.budget": {"budget": 0.9},
    "train.stop_on": {"stop_on": "parzen"},
    "train.valid_images": {"valid_images": 100},
    "stream": {"seed": 1},
    "family": {"family": "gae"},
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_checkpoint_of_another_training_is_not_used(digits, path, name, caplog):
    stop(digits, path)
    assert train(digits, checkpoint=Stopping(path), **OTHERS[name]) == train(digits, **OTHERS[name])
    assert f"not used: checkpoint {path}" in caplog.text
    assert name in caplog.text
    assert "goes on" not in caplog.text


def test_a_checkpoint_of_other_code_is_not_used(digits, undisturbed, path, caplog):
    stop(digits, path)
    edited = CODE | {"gaebench/model.py": "2", "gaebench/new.py": "3"}
    assert train(digits, checkpoint=Stopping(path, code=edited)) == undisturbed
    assert "code.gaebench/model.py, code.gaebench/new.py differ" in caplog.text


@pytest.mark.parametrize("split", ["train", "valid"])
def test_a_checkpoint_of_other_data_is_not_used(digits, path, split, caplog):
    stop(digits, path)
    images = getattr(digits, split).copy()
    images[-1, -1] ^= 1
    other = replace(digits, **{split: images})
    assert train(other, checkpoint=Stopping(path)) == train(other)
    assert "another training: data differ" in caplog.text


def test_a_checkpoint_of_another_device_or_torch_is_not_used(
    digits, undisturbed, path, monkeypatch, caplog
):
    stop(digits, path)
    monkeypatch.setattr(torch, "__version__", "9.9")
    assert train(digits, checkpoint=Stopping(path)) == undisturbed
    assert "machine.torch differ" in caplog.text


def flipped(whole, place):
    part = bytearray(whole)
    part[place] ^= 1
    return bytes(part)


DAMAGES = {
    "empty": lambda whole: b"",
    "cut to less than its digest": lambda whole: whole[:20],
    "cut": lambda whole: whole[: len(whole) // 2],
    "a byte short": lambda whole: whole[:-1],
    "longer": lambda whole: whole + b"\0",
    "a bit of the digest": lambda whole: flipped(whole, 3),
    "a bit in the middle": lambda whole: flipped(whole, len(whole) // 2),
    "the last bit": lambda whole: flipped(whole, -1),
    "zeros": lambda whole: bytes(len(whole)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_is_not_used(digits, undisturbed, path, damage, caplog):
    stop(digits, path)
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert train(digits, checkpoint=Stopping(path)) == undisturbed
    assert f"not used: checkpoint {path} (its content is not what was written)" in caplog.text


def test_what_cannot_be_read_is_not_used(digits, undisturbed, path, caplog):
    path.mkdir(parents=True)
    assert train(digits, checkpoint=Stopping(path)) == undisturbed
    assert f"not used: checkpoint {path}" in caplog.text
    assert "goes on without a new checkpoint" in caplog.text


def test_training_survives_a_disk_that_takes_no_more(digits, undisturbed, path, caplog):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        found = train(digits, checkpoint=Stopping(path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert found == undisturbed
    assert "training goes on without a new checkpoint: cannot write" in caplog.text
    assert os.listdir(path.parent) == []


def test_a_failed_write_keeps_the_checkpoint_before(digits, path):
    stop(digits, path)
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        stop(digits, path, after=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before


class Clock:
    """In the place of the module ``time``."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now


def test_it_is_written_every_few_minutes_and_costs_at_most_a_hundredth(path, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(checkpoints, "time", clock)
    checkpoint, taken, written = Checkpoint(path, minutes=5, code=CODE), [], []

    def state():
        taken.append(clock.now)
        clock.now += 0.5
        return {"epoch": len(taken)}

    for _ in range(3600):
        clock.now += 1
        checkpoint.offer(state)
        if path.exists():
            written.append(clock.now)
            path.unlink()
    assert 0.5 * len(taken) <= 0.01 * clock.now
    assert max(np.diff(taken)) < 55, "a training that is terminated loses no more"
    assert len(written) == pytest.approx(clock.now / 300, abs=2)


def test_it_is_deleted(digits, path):
    stop(digits, path)
    checkpoint = Stopping(path)
    checkpoint.delete()
    assert not path.exists()
    checkpoint.delete()


def test_a_training_that_failed_leaves_none(digits, path):
    step, steps = plugins.model("vae").step, iter(range(18))

    def exploding(self, x, generator):
        loss = step(self, x, generator)
        return loss if next(steps, None) is not None else loss * math.nan

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plugins.model("vae"), "step", exploding)
        checkpoint = Stopping(path)
        with pytest.raises(Diverged):
            train(digits, checkpoint=checkpoint)
    assert checkpoint.seen == 3
    assert not path.exists()


def test_a_checkpoint_may_not_run_code(path, caplog):
    class Hostile:
        def __reduce__(self):
            return os.mkdir, (str(path.parent / "hostile"),)

    checkpoint = Checkpoint(path, minutes=0, code=CODE)
    checkpoint.offer(lambda: {"model": Hostile()})
    assert path.is_file()
    assert checkpoint.read() is None
    assert not (path.parent / "hostile").exists()
    assert "not used" in caplog.text
