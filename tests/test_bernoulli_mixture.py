"""The anchor of Table 2: a mixture whose likelihood is known, and the estimates beside it."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli

from gaebench.data import Dataset
from gaebench.errors import SettingsError
from gaebench.metrics import loglik_exact, loglik_prior
from gaebench.model import ImageSpec
from gaebench.models.bernoulli_mixture import BernoulliMixture
from gaebench.models.vae import VAE
from gaebench.seeding import stream

SPEC = ImageSpec(pixels=9, binary=True)
EVERY = torch.tensor(list(itertools.product([0.0, 1.0], repeat=9)))


def noisy_prototypes(n, seed):
    """Three prototypes in shares 1/2, 1/3, 1/6, each pixel flipped with probability 0.1."""
    rng = np.random.default_rng(seed)
    prototypes = np.random.default_rng(9).integers(0, 2, (3, 9))
    images = prototypes[rng.choice(3, n, p=[1 / 2, 1 / 3, 1 / 6])]
    return (images ^ (rng.random((n, 9)) < 0.1)).astype(np.uint8)


@pytest.fixture(scope="module")
def data():
    return Dataset(*(noisy_prototypes(n, n) for n in (3000, 100, 500)), (3, 3), levels=1)


@pytest.fixture(scope="module")
def fitted(data):
    model = BernoulliMixture(SPEC, stream(0), components=6)
    images = torch.from_numpy(data.images("train"))
    model.start(images)
    for epoch in range(8):
        for batch in images[torch.randperm(3000, generator=stream(epoch))].split(100):
            model.train().step(batch, stream(0))
    return model.eval()


def test_the_probabilities_of_all_images_sum_to_one(fitted):
    total = fitted.log_marginal(EVERY).double().logsumexp(0)
    assert total.item() == pytest.approx(0, abs=1e-5)


def test_log_marginal_against_the_definition(fitted):
    x = EVERY[::7].double()
    pixels = Bernoulli(logits=fitted.log_odds().detach().double())
    terms = pixels.log_prob(x.unsqueeze(1)).sum(2) + fitted.log_weights().double()
    torch.testing.assert_close(
        fitted.log_marginal(x.float()).double(), terms.logsumexp(1), atol=1e-4, rtol=0
    )


def test_em_finds_the_truth(fitted, data):
    """The fitted model reaches the likelihood of the distribution that made the images."""
    prototypes = torch.from_numpy(np.random.default_rng(9).integers(0, 2, (3, 9))).double()
    truth = Bernoulli(probs=0.1 + 0.8 * prototypes)
    x = torch.from_numpy(data.images("test"))
    weights = torch.tensor([1 / 2, 1 / 3, 1 / 6]).double().log()
    best = (truth.log_prob(x.double().unsqueeze(1)).sum(2) + weights).logsumexp(1).mean()
    assert fitted.log_marginal(x).mean().item() == pytest.approx(best.item(), abs=0.06)


def test_a_full_batch_in_one_step_is_the_m_step(data):
    """At t = 0 with decay 1 the share is 1/2: half the old counts, half the expected ones."""
    model = BernoulliMixture(SPEC, stream(0), components=4, decay=1.0)
    images = torch.from_numpy(data.images("train"))
    model.start(images)
    resp = model.log_joint(images).softmax(1)
    expected = 0.5 * model.counts + 0.5 * resp.sum(0), 0.5 * model.lit + 0.5 * resp.T @ images
    model.step(images, stream(0))
    torch.testing.assert_close(model.counts.detach(), expected[0])
    torch.testing.assert_close(model.lit.detach(), expected[1])


def test_draws_follow_the_weights_and_logits_follow_the_draws(fitted):
    z = fitted.draw_prior(50_000, stream(0))
    shares = torch.bincount(z[:, 0], minlength=6) / 50_000
    torch.testing.assert_close(shares, fitted.log_weights().exp().detach(), atol=0.01, rtol=0)
    torch.testing.assert_close(fitted.logits(z[:5]), fitted.log_odds()[z[:5, 0]])


def test_no_pixel_is_certain_even_on_equal_images():
    model = BernoulliMixture(SPEC, stream(0), components=2)
    images = torch.zeros(50, 9)
    model.start(images)
    for _ in range(200):
        model.step(images, stream(0))
    assert torch.isfinite(model.log_marginal(EVERY)).all()
    assert model.log_marginal(EVERY).double().logsumexp(0).item() == pytest.approx(0, abs=1e-5)


def test_the_s_sample_estimate_reaches_the_exact_value(fitted, data):
    exact = loglik_exact.evaluate(fitted, data, stream(0), images=400)
    assert exact.details["images"] == 400
    found = loglik_prior.evaluate(fitted, data, stream(0), draws=50_000, images=400)
    assert found.value == pytest.approx(exact.value, abs=0.02)
    few = loglik_prior.evaluate(fitted, data, stream(0), draws=1, images=400)
    assert few.value < exact.value - 1
    x = torch.from_numpy(data.images("test"))[torch.arange(400) * 500 // 400]
    assert exact.value == pytest.approx(fitted.log_marginal(x).mean().item(), abs=1e-5)


def test_a_coin_per_pixel_has_the_likelihood_of_coins(data):
    model = BernoulliMixture(SPEC, stream(0), components=1, smoothing=1e9)
    model.start(torch.from_numpy(data.images("train")))
    found = loglik_exact.evaluate(model, data, stream(0))
    assert found.value == pytest.approx(-9 * math.log(2), abs=1e-3)
    assert found.sem < 1e-3


def test_other_models_and_grey_images_are_refused(fitted, data):
    with pytest.raises(SettingsError, match="VAE has no exact likelihood"):
        loglik_exact.evaluate(VAE(SPEC, stream(0)), data, stream(0))
    grey = Dataset(data.train, data.valid, data.test, (3, 3), levels=255)
    with pytest.raises(SettingsError, match="binary"):
        loglik_exact.evaluate(fitted, grey, stream(0))


def test_more_components_than_images_are_refused():
    with pytest.raises(SettingsError, match="at most the 3 training images"):
        BernoulliMixture(SPEC, stream(0), components=4).start(torch.zeros(3, 9))
