"""The classifier learns digits, its files come back, and its features are what metrics see."""

import math

import numpy as np
import pytest
import torch

from gaebench import features, runs
from gaebench.data import Dataset
from gaebench.errors import DataError, SettingsError
from gaebench.networks import classifier

LABELS = ("classifier", "digits")


@pytest.fixture(scope="module")
def digits():
    """scikit-learn's 1797 digits of 8 x 8 pixels."""
    from sklearn.datasets import load_digits

    found = load_digits()
    images = found.images.reshape(-1, 64).astype(np.uint8)
    order = np.random.default_rng(0).permutation(len(images))
    parts, targets = (np.split(each[order], [1200, 1500]) for each in (images, found.target))
    names = ("train_labels", "valid_labels", "test_labels")
    return Dataset(*parts, shape=(8, 8), levels=16, **dict(zip(names, targets, strict=True)))


def fit(data, seed=0, **settings):
    return classifier.train(
        data, seed=seed, labels=LABELS, **{"batch": 50, "epochs": 20} | settings
    )


@pytest.fixture(scope="module")
def trained(digits):
    return fit(digits)


def embedding(model, data):
    return {split: classifier.embed(model, data.images(split)) for split in features.SPLITS}


def test_it_learns_digits(trained, digits):
    assert features.accuracy(embedding(trained, digits), digits, "test") > 0.95


def test_it_cannot_learn_labels_without_a_meaning(digits):
    shuffled = np.random.default_rng(1).permutation(digits.train_labels)
    parts = {split: getattr(digits, split) for split in features.SPLITS}
    data = Dataset(
        **parts,
        shape=(8, 8),
        levels=16,
        train_labels=shuffled,
        valid_labels=digits.valid_labels,
        test_labels=digits.test_labels,
    )
    assert features.accuracy(embedding(fit(data, epochs=3), data), data, "test") < 0.3


def test_the_seed_gives_the_bits(digits):
    first, again, other = (fit(digits, seed, epochs=1) for seed in (0, 0, 1))
    weights = [model.head.weight for model in (first, again, other)]
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])


def test_the_features_are_the_layer_below_the_logits(trained, digits, monkeypatch):
    images = digits.images("test")
    found = classifier.embed(trained, images)
    assert found.features.shape == (len(images), classifier.FEATURES)
    with torch.no_grad():
        logits = trained(torch.from_numpy(images))
    np.testing.assert_array_equal(found.classes, logits.argmax(1))
    monkeypatch.setattr(classifier, "CHUNK", 7)
    np.testing.assert_allclose(
        classifier.embed(trained, images).features, found.features, atol=1e-4
    )


def test_weights_and_features_come_back(trained, digits, tmp_path):
    runs.save(trained, tmp_path / "classifier.pt")
    again = classifier.restore(tmp_path / "classifier.pt", digits)
    real = embedding(again, digits)
    features.save(real, tmp_path / "features.npz")
    found = features.load(tmp_path / "features.npz")
    for split, expected in embedding(trained, digits).items():
        np.testing.assert_array_equal(found[split].features, expected.features)
        np.testing.assert_array_equal(found[split].classes, expected.classes)


def test_what_cannot_be_read_is_named(digits, tmp_path):
    path = tmp_path / "broken"
    path.write_bytes(b"no")
    with pytest.raises(DataError, match=r"does not hold this classifier's weights.*trained anew"):
        classifier.restore(path, digits)
    with pytest.raises(DataError, match="holds no features"):
        features.load(path)


def test_weights_that_are_not_finite_are_refused(trained, digits, tmp_path):
    weights = {name: value.clone() for name, value in trained.state_dict().items()}
    weights["head.weight"][0, 0] = math.nan
    torch.save(weights, tmp_path / "classifier.pt")
    with pytest.raises(DataError, match=r"classifier\.pt .*head\.weight is not finite"):
        classifier.restore(tmp_path / "classifier.pt", digits)


def test_a_data_set_without_labels_is_refused():
    image = np.zeros((4, 16), np.uint8)
    with pytest.raises(DataError, match="needs labels"):
        fit(Dataset(image, image, image, shape=(4, 4)), batch=2)


def test_more_images_a_step_than_there_are_is_refused(digits):
    with pytest.raises(SettingsError, match="batch must be"):
        fit(digits, batch=2000)
