"""Tests of copying flag copies and pass fresh draws; two of three also flag smooth images."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import mannwhitneyu

from gaebench import plugins
from gaebench.data import Dataset
from gaebench.errors import GaebenchError
from gaebench.features import Embedded, Embedding
from gaebench.metrics import authenticity, data_copying, nearest_train
from gaebench.seeding import stream

FLAG = -3.0
"""A C_T below it is significant (Meehan et al. 2020)."""


def images(n, seed, spread=1.0):
    """4 x 4 grey images of five kinds, each varying in six ways, with pixel noise."""
    fixed, rng = np.random.default_rng(0), np.random.default_rng(seed)
    kinds, ways = fixed.normal(0, 1.2, (5, 16)), fixed.normal(0, 0.5, (6, 16))
    logits = kinds[rng.integers(5, size=n)] + spread * rng.normal(size=(n, 6)) @ ways
    pixels = 1 / (1 + np.exp(-logits)) + spread * rng.normal(0, 0.02, (n, 16))
    return pixels.clip(0, 1).astype(np.float32)


def as_bytes(pixels):
    return np.round(255 * pixels).astype(np.uint8)


@pytest.fixture(scope="module")
def data():
    return Dataset(
        *(as_bytes(images(n, seed)) for n, seed in ((3000, 1), (1500, 2), (1500, 3))), shape=(4, 4)
    )


def score(metric, samples, data, **settings):
    """A metric of copying, with the pixels as features where it needs some."""
    draws = stream(0, "test")
    if metric.NEEDS == "samples":
        return metric.evaluate(samples, data, draws, **settings)
    splits = {split: data.images(split) for split in ("train", "valid", "test")}
    none = np.zeros(0, int)
    real = {split: Embedding(pixels, none) for split, pixels in splits.items()}
    return metric.evaluate(Embedded(Embedding(samples, none), real), data, draws, **settings)


def copies(data, noise=1e-6):
    return plugins.load("controls", "near-copies").images(
        data, 1200, stream(0, "copies"), noise=noise
    )


# ---- the controls: training images must be flagged, held-out images must not


def control(name, data):
    settings = {"skip": 100} if "held-out" in name else {}
    return plugins.load("controls", name).images(data, 1200, stream(0, "control", name), **settings)


def test_training_images_are_flagged_and_held_out_images_are_not(data):
    training, held_out = (control(name, data) for name in ("train-images", "held-out"))
    assert score(data_copying, training, data, cells=5).value < 5 * FLAG
    assert abs(score(data_copying, held_out, data, cells=5).value) < abs(FLAG)
    assert score(authenticity, training, data).value == 0
    assert score(authenticity, held_out, data).value > 0.3
    assert score(nearest_train, training, data).value == 1
    fresh = score(nearest_train, held_out, data)
    assert abs(fresh.value) < 3 * fresh.sem < 0.3


@pytest.mark.parametrize("noise", [0.001, 0.01])
def test_near_copies_are_flagged(data, noise):
    samples = copies(data, noise)
    assert score(data_copying, samples, data, cells=5).value < 5 * FLAG
    assert score(authenticity, samples, data).value < 0.05
    assert score(nearest_train, samples, data).value > 0.9


def test_underfit_and_useless_samples_are_no_copies(data):
    wide = images(1200, 8, spread=2.0)
    assert score(data_copying, wide, data, cells=5).value > abs(FLAG)
    assert score(authenticity, wide, data).value > score(authenticity, images(1200, 9), data).value
    noise = np.random.default_rng(0).random((1200, 16), dtype=np.float32)
    assert score(authenticity, noise, data).value > 0.95


def test_smooth_samples_fool_two_of_three(data):
    samples, fresh = control("smooth-held-out", data), images(1200, 9)
    assert score(data_copying, samples, data, cells=5).value < FLAG
    assert score(authenticity, samples, data).value < score(authenticity, fresh, data).value
    found = score(nearest_train, samples, data)
    assert abs(found.value) < 3.5 * found.sem < 0.5


# ---- C_T


def test_z_is_the_mann_whitney_statistic():
    rng = np.random.default_rng(0)
    q, p = rng.normal(size=30), rng.normal(0.5, size=40)
    u = sum(float(a > b) for a in q for b in p)
    expected = (u - 600) / math.sqrt(30 * 40 * 71 / 12)
    assert data_copying.z_score(q, p) == pytest.approx(expected)
    assert data_copying.z_score(np.zeros(30), np.zeros(40)) == 0, "ties count half"


def test_c_t_is_the_weighted_mean_over_the_cells(data):
    samples = copies(data, 0.1)[:600]
    found = score(data_copying, samples, data, cells=4, least=1)
    seed = int(torch.randint(2**31, (), generator=stream(0, "test")))
    cells = data_copying.partition(data.images("train"), 4, seed)
    total, weight = 0.0, 0.0
    for cell in range(4):
        q, p, t = (
            part[cells.predict(part) == cell]
            for part in (samples, data.images("test"), data.images("train"))
        )
        far = [np.sqrt(np.square(x[:, None] - t[None]).sum(2)).min(1) for x in (q, p)]
        u, (m, n) = mannwhitneyu(*far).statistic, map(len, far)
        total += n * (u - m * n / 2) / math.sqrt(m * n * (m + n + 1) / 12)
        weight += n
    assert found.value == pytest.approx(total / weight, abs=0.02)
    assert found.details["cells"] == 4


def test_c_t_of_fresh_images_is_its_error_away_from_zero(data):
    found = [score(data_copying, images(800, 20 + i), data, cells=5) for i in range(20)]
    deviations = [each.value / each.sem for each in found]
    # Beside the noise of the samples, all share that of the test images.
    assert 0.3 < np.std(deviations, ddof=1) < 1.6 and abs(np.mean(deviations)) < 2.5


def test_cells_without_samples_do_not_count(data):
    fewer = score(data_copying, np.tile(data.images("train")[:1], (300, 1)), data, cells=5)
    assert fewer.details["cells"] == 1 and fewer.value < FLAG
    with pytest.raises(GaebenchError, match="no cell of 5 holds 20 samples"):
        score(data_copying, images(10, 1), data, cells=5)


# ---- authenticity


@pytest.mark.parametrize(
    ("dimensions", "mutual"), [(1, 2 / 3), (2, 6 * math.pi / (8 * math.pi + 3 * math.sqrt(3)))]
)
def test_authenticity_of_fresh_draws_is_one_less_the_chance_of_mutual_neighbours(
    dimensions, mutual
):
    points = torch.rand(24_000, dimensions, generator=torch.Generator().manual_seed(0))
    fresh, train = points.double().split([4000, 20_000])
    found = authenticity.authentic(fresh, train).double().mean().item()
    assert found == pytest.approx(1 - mutual, abs=0.03)


def test_authenticity_agrees_with_the_definition(data):
    samples, train = images(60, 11), data.images("train")[:200]
    found = authenticity.authentic(torch.from_numpy(samples), torch.from_numpy(train))
    for sample, authentic in zip(samples, found.tolist(), strict=True):
        far = [math.dist(sample, other) for other in train]
        here = int(np.argmin(far))
        own = min(math.dist(train[here], other) for i, other in enumerate(train) if i != here)
        assert authentic == (far[here] > own)


# ---- the nearest image


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_a_part_of_copies_is_measured(data, share):
    fresh, copied = images(1200, 12), copies(data)
    cut = round(share * 1200)
    found = score(nearest_train, np.concatenate([copied[:cut], fresh[cut:]]), data)
    assert abs(found.value - share) < 3 * found.sem
    assert found.details["fair"] == pytest.approx(2 / 3)


def test_samples_with_one_nearest_image_are_one_draw(data):
    collapsed = score(nearest_train, np.tile(images(1, 13), (500, 1)), data)
    assert collapsed.sem == pytest.approx(math.sqrt(2 / 9) / (1 / 3)), "f = 2/3"
    two = np.repeat(np.stack([data.images("train")[0], data.images("test")[0]]), 250, 0)
    found = score(nearest_train, two, data)
    assert found.details["share"] == 0.5
    assert found.sem == pytest.approx(math.sqrt(2 / 9 / 2) / (1 / 3))


def test_errors_are_those_of_fresh_images_and_other_splits():
    found = []
    for seed in range(40):
        parts = (as_bytes(images(n, 1000 + 4 * seed + n % 7)) for n in (300, 50, 150))
        drawn = images(300, 5000 + seed)
        found.append(score(nearest_train, drawn, Dataset(*parts, shape=(4, 4))))
    values = np.array([each.value for each in found])
    assert values.std(ddof=1) == pytest.approx(np.mean([each.sem for each in found]), rel=0.35)
    assert abs(values.mean()) < 3 * values.std(ddof=1) / math.sqrt(40)
