"""A file of weights is taken over if it is wholly the model's, else it is named with a remedy."""

import math

import numpy as np
import pytest
import torch

from gaebench import data, plugins, runs
from gaebench.errors import DataError
from gaebench.model import ImageSpec
from gaebench.seeding import stream

SETTINGS = {"hidden": 4, "latent": 2}
BIAS = "decoder.net.2.bias"


@pytest.fixture
def dataset():
    rng = np.random.default_rng(0)
    splits = [rng.integers(256, size=(n, 12), dtype=np.uint8) for n in (9, 5, 4)]
    return data.Dataset(*splits, shape=(3, 4))


@pytest.fixture
def model():
    return plugins.model("vae")(ImageSpec(12, False), stream(0), layers=1, **SETTINGS)


@pytest.fixture
def path(model, tmp_path):
    runs.save(model, tmp_path / "model.pt")
    return tmp_path / "model.pt"


def restore(path, dataset):
    return runs.restore(path, dataset, "vae", {"layers": 1} | SETTINGS)


def test_what_was_saved_comes_back(model, path, dataset):
    back = restore(path, dataset).state_dict()
    assert all(torch.equal(value, back[name]) for name, value in model.state_dict().items())


def changed(value):
    """A change of one bias."""
    return lambda weights: weights | {BIAS: value(weights[BIAS])}


WRONG = {
    "not a number": (changed(lambda bias: bias * math.nan), f"{BIAS} is not finite"),
    "infinite": (changed(lambda bias: bias - math.inf), f"{BIAS} is not finite"),
    "one infinite": (changed(lambda bias: bias.index_fill(0, torch.tensor(3), math.inf)), BIAS),
    "double": (changed(torch.Tensor.double), "torch.float64, not .* torch.float32"),
    "half": (changed(torch.Tensor.half), "torch.float16"),
    "whole numbers": (changed(torch.Tensor.long), "torch.int64"),
    "another shape": (changed(lambda bias: bias[:-1]), r"shape \(11,\) .* not \(12,\)"),
    "one more dimension": (changed(lambda bias: bias[None]), r"shape \(1, 12\)"),
    "broadcastable": (changed(lambda bias: bias[:1]), r"shape \(1,\)"),
    "no tensor": (changed(torch.Tensor.tolist), "weights"),
    "one too many": (lambda weights: weights | {"more": weights[BIAS]}, "more is in one"),
    "one too few": (lambda weights: {BIAS: weights[BIAS]}, "is in one and not in the other"),
    "a list": (lambda weights: list(weights.values()), "holds a list, and no mapping"),
    "a tensor": (lambda weights: weights[BIAS], "holds a Tensor, and no mapping"),
    "numbers for names": (lambda weights: {1: weights[BIAS]}, "holds a dict, and no mapping"),
    "a whole model": (lambda weights: torch.nn.Linear(2, 2), "such as a whole model"),
}


@pytest.mark.parametrize("change", WRONG)
def test_other_weights_are_refused(path, dataset, change):
    make, reason = WRONG[change]
    torch.save(make(dict(torch.load(path))), path)
    with pytest.raises(DataError, match=rf"model\.pt does not hold.*{reason}.*Delete it and run"):
        restore(path, dataset)


@pytest.mark.parametrize("place", range(0, 3000, 97))
def test_a_cut_file_is_refused(path, dataset, place):
    path.write_bytes(path.read_bytes()[:place])
    with pytest.raises(DataError, match=r"model\.pt does not hold this model's weights"):
        restore(path, dataset)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_weights_that_are_not_finite_are_not_written(model, path, value):
    before = path.read_bytes()
    with torch.no_grad():
        model.decoder.net[-1].bias[0] = value
    with pytest.raises(DataError, match=rf"model\.pt is not written: {BIAS} is not finite.*rate"):
        runs.save(model, path)
    assert path.read_bytes() == before
