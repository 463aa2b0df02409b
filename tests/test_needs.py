"""What every metric needs is said: too few images, equal, constant or none give no wrong number."""

import json
import logging
import math
from functools import cache

import numpy as np
import pytest
import torch

from gaebench import plugins, runs
from gaebench.data import SPLITS, Dataset
from gaebench.errors import DataError, Diverged, GaebenchError, SettingsError
from gaebench.estimate import mean_and_sem, warn_of_few
from gaebench.features import Embedded, Embedding
from gaebench.mathematics import equality, gaussians
from gaebench.metrics import (
    authenticity,
    class_histogram,
    data_copying,
    frechet,
    loglik_ais,
    loglik_is,
    parzen,
    parzen_curve,
    prdc,
)
from gaebench.model import ImageSpec, Model
from gaebench.seeding import stream

KINDS = {name: plugins.constant("metrics", name, "NEEDS") for name in plugins.names("metrics")}
OF_IMAGES = [name for name, kind in KINDS.items() if kind in ("samples", "features")]
OF_MODELS = [name for name, kind in KINDS.items() if kind == "model"]
SMALL = {"draws": 200, "images": 20, "few": 5, "subset": 3, "validation": 40, "samples": 1000}
SMALL |= {"step": 0.1, "chains": 1, "steps": 3, "leapfrogs": 1, "low": 0.02, "high": 2.0}


def grey(sizes=(300, 60, 60), levels=255):
    """4 x 4 images about three prototypes, all different, with their class as label."""
    rng = np.random.default_rng(0)
    kinds = rng.integers(40, 216, (3, 16))
    labels = [rng.integers(3, size=n) for n in sizes]
    parts = [kinds[own] + rng.integers(-40, 40, (len(own), 16)) for own in labels]
    parts = [part > 127 if levels == 1 else part for part in parts]
    named = dict(zip((f"{split}_labels" for split in SPLITS), labels, strict=True))
    return Dataset(*(part.astype(np.uint8) for part in parts), (4, 4), levels, **named)


def embedding(points):
    return Embedding(np.asarray(points, np.float32), np.arange(len(points)) % 3)


def source(metric, data, samples, real=None):
    """What a metric of images is handed, pixels in the place of features."""
    if KINDS[metric] == "samples":
        return samples
    splits = {split: data.images(split) for split in SPLITS} if real is None else real
    return Embedded(embedding(samples), {name: embedding(part) for name, part in splits.items()})


def score(metric, data, samples, **more):
    settings = more.pop("settings", {})
    given = source(metric, data, samples, **more)
    return plugins.load("metrics", metric).evaluate(given, data, stream(0), **settings)


def right(found):
    """Whether a number and its error could be true."""
    json.loads(found.to_json())
    assert math.isfinite(found.value) and found.sem >= 0
    return True


CONSTANT = np.full((50, 16), 0.5, np.float32)
DRAWN = np.random.default_rng(1).random((50, 16), dtype=np.float32)
ODD = {
    "one": DRAWN[:1],
    "two": DRAWN[:2],
    "four": DRAWN[:4],
    "all equal": np.repeat(DRAWN[:1], 50, 0),
    "two kinds": np.repeat(DRAWN[:2], 25, 0),
    "all black": np.zeros((50, 16), np.float32),
    "constant": CONSTANT,
    "constant pixels": np.concatenate([DRAWN[:, :3], CONSTANT[:, 3:]], axis=1),
}


@pytest.mark.parametrize("metric", OF_IMAGES)
@pytest.mark.parametrize("name", ODD)
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_odd_samples_give_a_right_number_or_are_told_why_not(metric, name):
    try:
        found = score(metric, grey(), ODD[name])
    except GaebenchError as error:
        text = str(error)
        assert "nats" not in text and ("at least" in text or "samples" in text or "between" in text)
    else:
        assert right(found)


@pytest.mark.parametrize("metric", [name for name in OF_IMAGES if KINDS[name] == "features"])
def test_a_single_sample_is_too_few_and_the_remedy_is_enough(metric):
    least = {"data_copying": 20, "prdc": 6}.get(metric, 2)
    with pytest.raises(GaebenchError, match="samples"):
        score(metric, grey(), DRAWN[:1])
    same_cell = np.repeat(grey().images("train")[:1], least, 0)
    samples = same_cell if metric == "data_copying" else DRAWN[:least]
    assert right(
        score(metric, grey(), samples, settings={"cells": 1} if "copying" in metric else {})
    )


@pytest.mark.parametrize("metric", [authenticity, class_histogram, frechet, prdc])
def test_the_need_is_named(metric):
    name = metric.__name__.rpartition(".")[2]
    with pytest.raises(
        SettingsError,
        match=f"{name} needs at least 2 generated images, not 1: set samples to 2 or more",
    ):
        score(name, grey(), DRAWN[:1])


@pytest.mark.parametrize("metric", OF_IMAGES)
@pytest.mark.parametrize("wrong", [np.zeros((0, 16)), np.zeros((5, 15)), np.zeros(16)])
def test_none_and_those_of_another_size_are_refused(metric, wrong):
    with pytest.raises(GaebenchError, match=r"shape|dimensions"):
        score(metric, grey(), wrong.astype(np.float32))


@pytest.mark.parametrize("metric", OF_IMAGES)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_never_scored(metric, value):
    samples = DRAWN.copy()
    samples[3, 5] = value
    with pytest.raises(GaebenchError, match="not finite"):
        score(metric, grey(), samples)


@pytest.mark.parametrize("metric", [name for name in OF_IMAGES if KINDS[name] == "samples"])
def test_what_is_no_image_is_never_scored(metric):
    for wrong, said in ((255 * DRAWN, "0.[0-9]+ to 25"), (DRAWN - 0.5, "-0.[0-9]+ to 0.4")):
        with pytest.raises(GaebenchError, match=rf"pixels in \[0, 1\].*{said}"):
            score(metric, grey(), wrong)


def test_damaged_features_are_named_with_their_remedy():
    with pytest.raises(DataError, match=r"not finite.*Delete classifier\.pt"):
        embedding(np.full((3, 4), np.nan))


# ---- the real images


@pytest.mark.parametrize("metric", [name for name in OF_IMAGES if KINDS[name] == "features"])
@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_real_images_give_a_right_number_or_are_told(metric, split, count):
    data = grey()
    real = {name: data.images(name) for name in SPLITS}
    real[split] = real[split][:count]
    try:
        found = score(metric, data, DRAWN, real=real)
    except GaebenchError as error:
        assert any(word in str(error) for word in ("at least", "between", "no cell of 20 holds"))
    else:
        assert right(found)


@pytest.mark.parametrize("metric", [name for name in OF_IMAGES if KINDS[name] == "features"])
def test_constant_features_give_a_right_number_or_are_told(metric):
    real = {name: np.repeat(CONSTANT[:1], 40, 0) for name in SPLITS}
    try:
        found = score(metric, grey(), CONSTANT, real=real)
    except SettingsError as error:
        assert "cells must be between 1 and 1, the training images that differ" in str(error)
    else:
        assert right(found)


def test_more_cells_than_training_images_that_differ_are_refused_and_as_many_are_not():
    data, rng = grey(), np.random.default_rng(0)
    points = rng.random((7, 16), dtype=np.float32)
    real = {name: points[rng.integers(7, size=300)] for name in SPLITS}
    samples = points[rng.integers(7, size=300)]
    with pytest.raises(SettingsError, match=r"cells must be between 1 and 7.*not 8"):
        score("data_copying", data, samples, real=real, settings={"cells": 8})
    found = score("data_copying", data, samples, real=real, settings={"cells": 7, "least": 1})
    assert found.value == 0 and found.details["cells"] == 7


def test_cells_that_differ_by_rounding_only_are_told():
    cells = data_copying.partition(DRAWN, 3, 0)
    where = torch.from_numpy(DRAWN)
    with pytest.raises(GaebenchError, match="set fewer cells"):
        data_copying.cell_scores(where, where, where[cells.labels_ == 0], cells, 1)


# ---- Parzen scores that say little


def remarks(samples, valid=DRAWN[:20], test=DRAWN[20:40]):
    return parzen.remarks(np.asarray(samples, np.float32), valid, test)


def test_fresh_images_are_not_remarked_on():
    assert remarks(np.random.default_rng(5).random((80, 16))) == []
    assert remarks(DRAWN[40:]) == [] and remarks(DRAWN[40:41]) == []


def test_samples_that_are_alike_are():
    (alike,) = remarks(np.repeat(DRAWN[40:41], 30, 0))
    assert alike.startswith("the 30 samples are all alike (1 different, with 0.00% of")
    near = DRAWN[40] + 0.01 * np.random.default_rng(0).random((30, 16))
    assert "the 30 samples are nearly all alike (30 different" in remarks(near.clip(0, 1))[0]


def test_samples_that_equal_real_images_are_counted():
    first, second = remarks(np.concatenate([DRAWN[:7], DRAWN[18:23], DRAWN[40:]]))
    assert first.startswith(
        "samples that equal validation images that choose the bandwidth: 9 of 22"
    )
    assert second.startswith("samples that equal test images: 3 of 22. Their Parzen score is")
    stored = runs.stored(DRAWN[:7], "mine").astype(np.float32) / runs.WHITE
    assert "7 of 7" in remarks(stored)[0]


@pytest.mark.parametrize("folds", [False, True])
def test_the_remark_is_logged_once_beside_the_score(caplog, folds):
    data, fold = grey(), np.arange(60) % 3
    if folds:
        data = Dataset(data.train, data.valid, data.test, (4, 4), valid_fold=fold, test_fold=fold)
    with caplog.at_level(logging.WARNING, "gaebench"):
        alone = score("parzen", data, np.random.default_rng(9).random((50, 16), np.float32))
        assert not caplog.records
        found = score("parzen", data, np.repeat(DRAWN[:1], 50, 0))
        assert len(caplog.records) == 1 and "50 samples are all alike" in caplog.text
        caplog.clear()
        score("parzen", data, np.concatenate([data.images("valid")[:10], DRAWN]))
        assert len(caplog.records) == 1 and "bandwidth: 10 of 60" in caplog.text
    assert right(found) and right(alone)


def test_images_that_choose_nothing_may_be_among_the_samples(caplog):
    data = grey()
    with caplog.at_level(logging.WARNING, "gaebench"):
        score("parzen", data, data.images("valid")[30:], settings={"validation": 30})
    assert not caplog.records, "held-out images are a control"


def test_equal_rows_are_counted():
    rows = np.array([[1, 2], [1, 2], [3, 4], [5, 6]], np.uint8)
    assert equality.distinct(rows) == 3
    assert equality.shared(rows, np.array([[1, 2], [7, 8]], np.uint8)) == 2


# ---- models


class Made(Model):
    """Bits from codes through a matrix; its encoder proposes them as wide as asked."""

    def __init__(self, stretch=0.0, latent=2, nan=False):
        super().__init__()
        weights = torch.randn(latent, 16, generator=stream(0))
        self.w = torch.nn.Parameter(weights * torch.nan if nan else weights)
        self.stretch = stretch

    def draw_prior(self, n, generator):
        return torch.randn(n, len(self.w), generator=generator) + 0 * self.w[0, 0]

    def logits(self, z):
        return z @ self.w

    def proposal(self, x):
        mean = (x - 0.5) @ self.w.T
        return mean, torch.full_like(mean, self.stretch)

    def draw_posterior(self, x, generator):
        return gaussians.draw(*self.proposal(x), generator)

    def log_prior(self, z):
        return gaussians.log_density(z, *torch.zeros(2, z.shape[-1]))

    def log_likelihood(self, x, z):
        return -torch.nn.functional.binary_cross_entropy_with_logits(
            *torch.broadcast_tensors(self.logits(z), x), reduction="none"
        ).sum(-1)

    def bound(self, x, generator):
        z = self.draw_posterior(x, generator)
        ratio = self.log_prior(z) - gaussians.log_density(z, *self.proposal(x))
        return self.log_likelihood(x, z) + ratio

    def log_marginal(self, x):
        return self.log_likelihood(x, torch.zeros(len(x), len(self.w)))


@cache
def settings_of(metric):
    return {name: SMALL[name] for name in plugins.settings("metrics", metric) if name in SMALL}


def measure(metric, model, data=None, **settings):
    module = plugins.load("metrics", metric)
    given = settings_of(metric) | settings
    with torch.no_grad() if metric != "loglik_ais" else torch.enable_grad():
        return module.evaluate(model, data or grey(levels=1), stream(0), **given)


@pytest.mark.parametrize("metric", OF_MODELS)
def test_a_model_is_scored(metric):
    assert right(measure(metric, Made()))


@pytest.mark.parametrize("metric", OF_MODELS)
def test_a_model_of_nan_is_never_scored(metric):
    with pytest.raises(GaebenchError):
        measure(metric, Made(nan=True)).to_json()


@pytest.mark.parametrize(
    ("metric", "setting"),
    [
        (m, s)
        for m in OF_MODELS
        for s in ("images", "subset")
        if s in plugins.settings("metrics", m)
    ],
)
def test_one_image_is_too_few_for_an_error_and_two_are_enough(metric, setting):
    with pytest.raises(SettingsError, match=f"{setting} must be at least 2, not 1"):
        measure(metric, Made(), **{setting: 1})
    assert right(measure(metric, Made(), **{setting: 2}))


@pytest.mark.parametrize("metric", [m for m in OF_MODELS if m not in ("modes", "negentropy")])
def test_a_data_set_with_one_test_image_has_no_error(metric):
    with pytest.raises(SettingsError, match=r"at least 2 .*images, not 1"):
        measure(metric, Made(), grey((300, 60, 1), levels=1)).to_json()


@pytest.mark.parametrize("metric", ["parzen_curve", "parzen_protocols", "parzen"])
@pytest.mark.parametrize("wrong", [{"validation": 0}, {"low": 0.5, "high": 0.4}, {"count": 1}])
def test_a_grid_of_bandwidths_that_is_none_is_refused(metric, wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        if metric == "parzen":
            score("parzen", grey(), DRAWN, settings=wrong)
        else:
            measure(metric, Made(), **wrong)


def test_a_diverged_model_is_called_so_not_degenerate():
    with pytest.raises(Diverged, match=r"training diverged: the images .* lower the model's learn"):
        parzen.validation_score(Made(nan=True), torch.rand(20, 16), stream(0), samples=100)


def test_one_value_has_no_error():
    with pytest.raises(SettingsError, match="at least 2"):
        mean_and_sem(np.array([1.0]))


# ---- impossible estimates


def test_more_than_bits_can_have_is_refused_by_name():
    wide = Made(stretch=9.0, latent=12)
    with pytest.raises(GaebenchError, match=r"loglik_is of .* nats, which is impossible: of bits"):
        for seed in range(20):
            loglik_is.evaluate(
                wide, grey(levels=1), stream(seed), draws=50, images=60, few=1, subset=2
            )


def test_grey_images_may_have_more():
    model = plugins.model("vae")(
        ImageSpec(16, binary=False), stream(0, "init"), hidden=8, latent=2, pixel_std=0.1
    )
    found = parzen_curve.evaluate(
        model, grey(), stream(0), samples=1000, images=20, low=0.05, high=1.0
    )
    assert right(found)


def test_few_effective_draws_are_told(caplog):
    with caplog.at_level(logging.WARNING, "gaebench"):
        measure("loglik_is", Made(stretch=-2.0))
        assert not caplog.records
        warn_of_few("mine", 1.2, 5000)
        assert "mine: its 5000 draws amount to 1.20" in caplog.text
        caplog.clear()
        x = torch.from_numpy(grey(levels=1).images("test")[:5])
        loglik_ais.importance_sampled(Made(stretch=12.0, latent=12), x, stream(0), 100)
        assert "importance sampling: its 100 draws amount to 1." in caplog.text
