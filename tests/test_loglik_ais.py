"""The estimate on models of two dimensions, whose likelihood a grid gives, and what it reports."""

import json
import math

import numpy as np
import pytest
import torch

from gaebench.data import Dataset
from gaebench.errors import SettingsError
from gaebench.metrics import loglik_ais
from gaebench.model import ImageSpec
from gaebench.models.gae import GAE
from gaebench.models.gan import GAN
from gaebench.models.vae import VAE
from gaebench.seeding import stream

PIXELS = 25
SHORT = {"chains": 4, "steps": 60, "leapfrogs": 3}


def bits(n, seed):
    return (torch.rand(n, PIXELS, generator=stream(seed)) < 0.4).float()


def wide(x):
    """A proposal that covers every posterior, in the place of an untrained encoder's."""
    return torch.zeros(len(x), 2), torch.full((len(x), 2), 2 * math.log(2.5))


def planar(family, **settings):
    """A model with two latent dimensions whose decoder tells codes apart."""
    model = family(
        ImageSpec(PIXELS, True), stream(0), layers=1, hidden=20, latent=2, **settings
    ).eval()
    with torch.no_grad():
        model.decoder.net[-1].weight *= 2.5
        model.decoder.net[-1].bias += 0.3
    model.proposal = wide
    return model


@pytest.fixture(params=["vae", "gae"])
def model(request):
    if request.param == "vae":
        return planar(VAE)
    model = planar(GAE)
    model.train_images = bits(60, seed=1)
    return model


def by_grid(model, x):
    """log p(x) by summing p(z) p(x|z) over a grid of the plane, shape (m,)."""
    side = torch.linspace(-7, 7, 281)
    z = torch.cartesian_prod(side, side)
    with torch.no_grad():
        logits = model.logits(z).double()
        likelihood = x.double() @ logits.T - torch.nn.functional.softplus(logits).sum(1)
        prior = model.log_prior(z).double()
    area = math.log((side[1] - side[0]).item() ** 2)
    assert (prior.logsumexp(0) + area).item() == pytest.approx(0, abs=1e-3), "the prior is inside"
    return (likelihood + prior).logsumexp(1) + area


def simulated(model, n):
    z = model.draw_prior(n, stream(2))
    return z, loglik_ais.simulated(model, z, stream(3))


def within_four_errors(difference):
    return difference.mean().abs() < 4 * difference.std() / math.sqrt(len(difference))


def test_the_bounds_agree_with_a_grid(model):
    z, x = simulated(model, 20)
    found = loglik_ais.bounds(model, x, z, stream(4), chains=40, steps=60, leapfrogs=3)
    truth = by_grid(model, x)
    assert (found.lower - truth).abs().max() < 0.5
    assert within_four_errors(found.lower - truth)
    assert within_four_errors(found.upper - truth)
    assert (found.upper - found.lower).mean() < 0.2
    assert 0.5 < found.acceptance < 0.9


def test_few_chains_leave_the_truth_between_the_bounds(model):
    z, x = simulated(model, 40)
    found = loglik_ais.bounds(model, x, z, stream(4), chains=1, steps=8, leapfrogs=3)
    truth = by_grid(model, x).mean()
    assert found.lower.mean() + 0.05 < truth < found.upper.mean() - 0.05


def test_importance_sampling_agrees_with_the_grid(model):
    x = bits(4, seed=5)
    found = loglik_ais.importance_sampled(model, x, stream(6), 100_000)
    torch.testing.assert_close(found, by_grid(model, x), atol=0.05, rtol=0)


def data_of(model):
    """Test images that the model made."""
    _, test = simulated(model, 15)
    test = test.to(torch.uint8).numpy()
    return Dataset(test, test, test, (5, 5), levels=1)


def test_the_metric_reports_every_image_and_all_bounds(model):
    data = data_of(model)
    settings = {"chains": 50, "steps": 90, "leapfrogs": 3, "draws": 20_000}
    found = loglik_ais.evaluate(model, data, stream(7), images=5, **settings)
    details = json.loads(found.to_json())
    assert details["indices"] == [0, 3, 6, 9, 12]
    test = torch.from_numpy(data.images("test"))[details["indices"]]
    truth = by_grid(model, test)
    assert found.value == pytest.approx(truth.mean().item(), abs=0.15)
    assert found.value == pytest.approx(np.mean(details["per_image"]))
    assert details["importance"]["value"] == pytest.approx(truth.mean().item(), abs=0.1)
    differences = np.subtract(details["per_image"], details["importance_per_image"])
    assert details["difference"]["value"] == pytest.approx(differences.mean())
    gap = details["bdmc_upper"]["value"] - details["bdmc_lower"]["value"]
    assert details["bdmc_gap"]["value"] == pytest.approx(gap)


def test_the_same_stream_gives_the_same_numbers(model):
    data = data_of(model)
    few = {"images": 2, "chains": 1, "steps": 3, "leapfrogs": 1, "draws": 5}
    first, second = (loglik_ais.evaluate(model, data, stream(8), **few) for _ in range(2))
    assert first == second


def test_a_proposal_that_misses_the_posterior_shows_in_the_difference(model, monkeypatch):
    def missing(x):
        shape = (len(x), 2)
        return torch.full(shape, 6.0), torch.full(shape, -4.0)

    monkeypatch.setattr(model, "proposal", missing)
    data = data_of(model)
    found = loglik_ais.evaluate(model, data, stream(9), images=5, **SHORT, draws=500)
    assert found.details["difference"]["value"] > 3


def test_a_proposal_that_is_the_posterior_has_the_likelihood_at_once(monkeypatch):
    model = planar(VAE)
    standard = torch.zeros(3, 2), torch.zeros(3, 2)
    monkeypatch.setattr(model, "proposal", lambda x: standard)
    with torch.no_grad():
        model.decoder.net[-1].weight.zero_()
        model.decoder.net[-1].bias.zero_()
    z, x = simulated(model, 3)
    found = loglik_ais.bounds(model, x, z, stream(10), chains=1, steps=2, leapfrogs=1)
    expected = torch.full((3,), -PIXELS * math.log(2), dtype=torch.float64)
    torch.testing.assert_close(found.lower, expected, atol=1e-4, rtol=0)
    torch.testing.assert_close(found.upper, expected, atol=1e-4, rtol=0)


def test_grey_images_too_few_steps_and_models_without_a_density_are_refused(model):
    data = data_of(model)
    grey = Dataset(data.train, data.valid, data.test, (5, 5), levels=255)
    with pytest.raises(SettingsError, match="binary"):
        loglik_ais.evaluate(model, grey, stream(0))
    with pytest.raises(SettingsError, match="steps must be at least 2"):
        loglik_ais.evaluate(model, data, stream(0), steps=1)
    with pytest.raises(SettingsError, match="no encoder"):
        loglik_ais.evaluate(GAN(ImageSpec(PIXELS, True), stream(0)), data, stream(0), steps=2)
