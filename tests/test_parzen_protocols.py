"""The changed Parzen protocols, on a model that stores every image that it is shown."""

import math

import numpy as np
import pytest
import torch

from gaebench.data import Dataset
from gaebench.errors import SettingsError
from gaebench.metrics import parzen
from gaebench.metrics import parzen_protocols as protocols
from gaebench.model import Model

SHAPE = (8, 8)
SETTINGS = {"samples": 200, "validation": 60, "images": 150, "low": 0.02, "high": 0.5, "count": 20}


class Store(Model):
    """Codes are the images' logits plus noise; the prior is that of the training images."""

    def __init__(self, train: torch.Tensor, noise: float) -> None:
        super().__init__()
        self.mean = torch.nn.Parameter(torch.zeros(()))  # tells the device
        self.train_images, self.noise = train, noise

    def proposal(self, x):
        codes = x.clamp(0.01, 0.99).logit()
        return codes, torch.full_like(codes, 2 * math.log(self.noise))

    def draw_posterior(self, x, generator):
        codes, _ = self.proposal(x)
        return codes + self.noise * torch.randn(codes.shape, generator=generator)

    def draw_prior(self, n, generator):
        y = torch.randint(len(self.train_images), (n,), generator=generator)
        return self.draw_posterior(self.train_images[y], generator)

    def logits(self, z):
        return z


@pytest.fixture(scope="module")
def data():
    from sklearn.datasets import load_digits

    digits = np.round(load_digits().images.reshape(-1, 64) / 16 * 255).astype(np.uint8)
    return Dataset(digits[:900], digits[900:1300], digits[1300:1500], shape=SHAPE)


@pytest.fixture(scope="module")
def store(data):
    return Store(torch.from_numpy(data.images("train")), noise=1.0)


@pytest.fixture(scope="module")
def found(data, store):
    return protocols.evaluate(store, data, torch.Generator().manual_seed(0), **SETTINGS)


def score(found, name):
    return found.details[name]["value"]


def test_the_unchanged_protocol_is_the_metric_on_the_same_samples(data, store):
    settings = {name: SETTINGS[name] for name in ("validation", "low", "high", "count")}
    samples = store.sample(200, torch.Generator().manual_seed(3)).numpy()
    expected = parzen.evaluate(samples, data, torch.Generator(), **settings)
    whole = SETTINGS | {"images": len(data.test)}
    found = protocols.evaluate(store, data, torch.Generator().manual_seed(3), **whole)
    assert found.value == pytest.approx(expected.value, abs=1e-9)
    assert found.sem == pytest.approx(expected.sem, abs=1e-9)
    assert found.details["honest"]["bandwidth"] == expected.details["bandwidth"]


def test_test_images_as_exemplars_raise_the_score_and_means_of_them_more(found):
    assert score(found, "test_exemplars") > score(found, "honest") + 2
    assert score(found, "test_exemplars_bandwidth") >= score(found, "test_exemplars")
    assert score(found, "test_means") > score(found, "test_exemplars") + 2


def test_training_images_as_exemplars_do_not(found):
    assert score(found, "train_exemplars") == pytest.approx(score(found, "honest"), abs=3)
    assert score(found, "train_means") < score(found, "test_means") - 10


def test_the_bandwidth_that_the_scored_images_choose_is_the_best_for_them(found):
    for name in ("last_validation", "train_bandwidth", "honest"):
        assert score(found, "test_bandwidth") >= score(found, name) - 1e-9


def test_training_images_are_nearer_to_a_model_that_stores_them(data):
    copies = Store(torch.from_numpy(data.images("train")), noise=0.3)
    settings = SETTINGS | {"samples": 900}
    found = protocols.evaluate(copies, data, torch.Generator().manual_seed(0), **settings)
    assert score(found, "train_scored") > score(found, "honest") + 5


def test_blurred_images_are_easier_and_blurred_centres_alone_are_not(found):
    assert score(found, "blurred_images") > score(found, "honest") + 2
    assert score(found, "blurred_centres") < score(found, "blurred_images")


def test_scaling_all_pixels_moves_a_score_by_its_logarithm():
    torch.manual_seed(0)
    images, centres = torch.rand(20, 64), torch.rand(30, 64)
    s, a = 0.2, 0.7
    moved = parzen.log_densities(a * images, a * centres, [a * s])
    kept = parzen.log_densities(images, centres, [s])
    torch.testing.assert_close(moved, kept - 64 * math.log(a), atol=1e-3, rtol=0)


def test_every_image_is_an_exemplar_equally_often(store):
    images = torch.rand(7, 64)
    made = protocols.Exemplars(store, 16, torch.Generator().manual_seed(0)).means(images)
    near = (made[:, None] - images.clamp(0.01, 0.99)).abs().amax(2).argmin(1).bincount()
    assert sorted(near.tolist()) == [2] * 5 + [3] * 2


def test_a_blur_keeps_the_grey_of_the_middle_and_spreads_a_point():
    grey = protocols.blurred(torch.full((1, 400), 0.5), (20, 20), 1.0).view(20, 20)
    torch.testing.assert_close(grey[5:15, 5:15], torch.full((10, 10), 0.5))
    point = torch.zeros(1, 13, 17)
    point[0, 6, 8] = 1
    spread = protocols.blurred(point.flatten(1), (13, 17), 1.5).view(13, 17)
    rows, columns = torch.meshgrid(torch.arange(13.0), torch.arange(17.0), indexing="ij")
    assert spread.sum().item() == pytest.approx(1, abs=1e-5)
    variance = (spread * (rows - 6).square()).sum().item()
    assert variance == pytest.approx((spread * (columns - 8).square()).sum().item(), abs=1e-4)
    assert variance == pytest.approx(1.5**2, rel=0.1)


def test_dequantised_levels_are_the_levels_again():
    levels = torch.arange(256.0)[None] / 255
    noisy = protocols.dequantised(levels, torch.Generator().manual_seed(0))
    torch.testing.assert_close((256 * noisy).floor(), torch.arange(256.0)[None])
    assert noisy.max() < 1 and noisy.unique().numel() == 256


def test_a_model_without_an_encoder_is_refused(data):
    class Decoder(Store):
        draw_posterior = Model.draw_posterior

    bare = Decoder(torch.from_numpy(data.images("train")), noise=1.0)
    with pytest.raises(SettingsError, match="no encoder"):
        protocols.evaluate(bare, data, torch.Generator(), **SETTINGS)


def test_folds_are_refused(data, store):
    folds = {"valid_fold": np.arange(400) % 2, "test_fold": np.arange(200) % 2}
    parts = Dataset(data.train, data.valid, data.test, shape=SHAPE, **folds)
    with pytest.raises(SettingsError, match="single fold"):
        protocols.evaluate(store, parts, torch.Generator(), **SETTINGS)
