"""Parzen estimates against scikit-learn, a slow float64 version and known densities."""

import math

import numpy as np
import pytest
import torch
from sklearn.neighbors import KernelDensity

from gaebench import runs
from gaebench.data import Dataset
from gaebench.errors import GaebenchError
from gaebench.metrics import parzen


def slow(images, centres, s):
    """The definition, in float64."""
    images, centres = images.double(), centres.double()
    distances = (images[:, None] - centres[None]).square().sum(2)
    log_sum = torch.logsumexp(-distances / (2 * s**2), 1)
    return log_sum - math.log(len(centres)) - images.shape[1] / 2 * math.log(2 * math.pi * s**2)


@pytest.fixture(scope="module")
def digits():
    from sklearn.datasets import load_digits

    images = torch.from_numpy(load_digits().images.reshape(-1, 64).astype(np.float32) / 16)
    return images[:900], images[900:1400], images[1400:]


@pytest.mark.parametrize("chunk", [1, 33, 1000])
@pytest.mark.parametrize("s", [0.1, 0.2, 1.0])
def test_agrees_with_the_definition_for_any_chunk(digits, s, chunk):
    centres, _, test = digits
    found = parzen.log_densities(test, centres, [s], chunk)[0]
    torch.testing.assert_close(found.mean(), slow(test, centres, s).mean(), atol=1e-3, rtol=0)


def test_agrees_with_scikit_learn(digits):
    centres, _, test = digits
    # One leaf: its tree loses digits where densities differ by many orders of magnitude.
    kde = KernelDensity(bandwidth=0.2, leaf_size=len(centres)).fit(centres.numpy())
    found = parzen.log_densities(test, centres, [0.2])[0]
    np.testing.assert_allclose(found.numpy(), kde.score_samples(test.numpy()), atol=1e-3)


def test_all_bandwidths_come_from_one_pass(digits):
    centres, _, test = digits
    grid = [0.05, 0.2, 0.7]
    together = parzen.log_densities(test, centres, grid)
    alone = torch.cat([parzen.log_densities(test, centres, [s]) for s in grid])
    torch.testing.assert_close(together, alone)


def large(images):
    """8 x 8 images as 32 x 32, with a little noise, so that near points are many and near."""
    images = images.reshape(-1, 8, 8).repeat_interleave(4, 1).repeat_interleave(4, 2).flatten(1)
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(0))
    return (images + 0.02 * noise).clamp(0, 1)


@pytest.mark.parametrize("s", [0.1, 0.4])
def test_float32_distances_cost_less_than_a_thousandth_of_a_nat(digits, s):
    centres, _, test = map(large, digits)
    found = parzen.log_densities(test, centres, [s])[0]
    expected = torch.cat([slow(row[None], centres, s) for row in test])
    assert (found - expected).mean().abs() < 1e-3
    assert (found - expected).abs().max() < 1e-2


@pytest.mark.parametrize("bandwidths", [[0.1, 0.2, 0.4], [3.0]])
def test_far_centres_are_left_out_within_the_bound(digits, bandwidths, monkeypatch):
    centres, _, test = digits
    found = parzen.log_densities(test, centres, bandwidths)
    monkeypatch.setattr(parzen, "OMITTED", 1e-300)
    whole = parzen.log_densities(test, centres, bandwidths)
    assert (whole - found).abs().max() < 1e-9


def test_a_test_image_among_the_centres_has_the_density_of_its_own_kernel():
    x = torch.rand(1, 784)
    far = torch.cat([x, x + 10])
    s = 0.05
    expected = -math.log(2) - 784 / 2 * math.log(2 * math.pi * s**2)
    assert parzen.log_densities(x, far, [s]).item() == pytest.approx(expected, abs=0.05)


def test_the_bandwidth_recovered_is_that_of_the_noise():
    rng = np.random.default_rng(0)
    centres = torch.from_numpy(rng.random((50, 100), dtype=np.float32))
    valid = centres[rng.integers(50, size=500)] + 0.17 * torch.from_numpy(
        rng.normal(size=(500, 100)).astype(np.float32)
    )
    s, _ = parzen.best_bandwidth(valid, centres, low=0.1, high=0.4, count=20)
    assert s == pytest.approx(0.17, rel=0.08)


@pytest.mark.parametrize("low, high", [(0.5, 1.0), (0.01, 0.02)])
def test_the_grid_moves_on_until_it_holds_the_optimum(digits, low, high):
    centres, valid, _ = digits
    inside = parzen.best_bandwidth(valid, centres, low=0.05, high=0.8, count=40)
    found = parzen.best_bandwidth(valid, centres, low=low, high=high, count=10)
    assert found[0] == pytest.approx(inside[0], rel=0.1)
    assert found[1] == pytest.approx(inside[1], abs=0.5)


def test_copies_of_the_validation_images_have_no_best_bandwidth(digits):
    valid = digits[1]
    with pytest.raises(GaebenchError, match="degenerate"):
        parzen.best_bandwidth(valid, valid.clone(), low=1e-3, high=2e-3, count=3)


def dataset(train, valid, test, **folds):
    as_bytes = [np.round(images.numpy() * 255).astype(np.uint8) for images in (train, valid, test)]
    return Dataset(*as_bytes, shape=(8, 8), **folds)


def test_real_images_score_above_noise_and_above_a_single_image(digits):
    train, valid, test = digits
    data, generator = dataset(train, valid, test), torch.Generator()
    noise = np.random.default_rng(0).random(train.shape).astype(np.float32)
    one = np.repeat(train[:1].numpy(), len(train), 0)
    scores = [
        parzen.evaluate(source, data, generator).value for source in (train.numpy(), noise, one)
    ]
    assert scores[0] > max(scores[1:]) + 10


def test_16_bit_samples_move_nothing_that_is_printed(digits, tmp_path):
    train, valid, test = digits
    data, generator = dataset(train, valid, test), torch.Generator()
    full = (train.numpy() * 0.987).astype(np.float32)
    runs.save_samples(np.round(full * runs.WHITE).astype(np.uint16), tmp_path / "samples.npy")
    stored = runs.load_samples(tmp_path / "samples.npy", 64)
    found = parzen.evaluate(stored, data, generator)
    assert found.value == pytest.approx(parzen.evaluate(full, data, generator).value, abs=1e-4)


def test_folds_have_their_own_bandwidths_and_the_error_is_over_folds(digits):
    train, valid, test = digits
    fold = np.arange(len(valid)) % 2, np.arange(len(test)) % 2
    data = dataset(train, valid, test, valid_fold=fold[0], test_fold=fold[1])
    found = parzen.evaluate(train.numpy(), data, torch.Generator())
    values = [
        parzen.evaluate(
            train.numpy(),
            dataset(train, valid[fold[0] == k], test[fold[1] == k]),
            torch.Generator(),
        ).value
        for k in (0, 1)
    ]
    assert found.value == pytest.approx(np.mean(values))
    assert found.sem == pytest.approx(np.std(values, ddof=1) / math.sqrt(2))
    assert len(found.details["bandwidth"]) == 2
