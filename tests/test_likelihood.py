"""The S-sample estimate and the bound against models whose likelihood is known."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from gaebench.data import Dataset
from gaebench.errors import PluginFault, SettingsError
from gaebench.metrics import bound, loglik_prior
from gaebench.model import ImageSpec, Model
from gaebench.models.vae import VAE
from gaebench.seeding import stream


class CoinMixture(Model):
    """z uniform on {0, 1}: with z the logits are +l or -l. Everything is known."""

    def __init__(self, logits):
        super().__init__()
        self.row = nn.Parameter(logits)

    def draw_prior(self, n, generator):
        return torch.randint(2, (n, 1), generator=generator).float()

    def logits(self, z):
        return (2 * z - 1) * self.row

    def exact(self, x):
        terms = [
            torch.distributions.Bernoulli(logits=sign * self.row).log_prob(x).sum(1)
            for sign in (1, -1)
        ]
        return torch.stack(terms).logsumexp(0) - math.log(2)


@pytest.fixture
def coins():
    torch.manual_seed(0)
    return CoinMixture(torch.randn(30)), torch.rand(12, 30).round()


def test_converges_to_the_exact_likelihood(coins):
    model, x = coins
    found = loglik_prior.log_likelihoods(model, x, torch.Generator().manual_seed(0), 40_000)
    torch.testing.assert_close(found.float(), model.exact(x).detach(), atol=0.05, rtol=0)


class Odd(CoinMixture):
    """A mixture of coins of which one method is replaced."""

    def __init__(self, row, **methods):
        super().__init__(row)
        for name, method in methods.items():
            setattr(self, name, method)


@pytest.mark.parametrize(
    ("method", "gives", "shape"),
    [
        ("logits", lambda z: torch.zeros(len(z), 40), r"shape \(\d+, 30\), not one of \(\d+, 40\)"),
        ("logits", lambda z: torch.zeros(1, 30), r"not one of \(1, 30\)"),
        ("draw_prior", lambda n, generator: torch.zeros(2 * n, 1), r"not one of \(2000, 1\)"),
        ("draw_prior", lambda n, generator: torch.zeros(n // 2, 1), r"not one of \(500, 1\)"),
    ],
)
def test_what_a_model_gives_must_have_the_shape_of_its_contract(coins, method, gives, shape):
    model, x = coins
    odd = Odd(model.row.detach(), **{method: gives})
    with pytest.raises(PluginFault, match=shape):
        loglik_prior.log_likelihoods(odd, x, torch.Generator(), 1000)


def test_logits_may_be_of_float64(coins):
    model, x = coins
    exact = Odd(model.row.detach(), logits=lambda z: CoinMixture.logits(model, z).double())
    found, expected = (
        loglik_prior.log_likelihoods(each, x, torch.Generator().manual_seed(0), 100)
        for each in (exact, model)
    )
    torch.testing.assert_close(found, expected)


class Told(CoinMixture):
    """A mixture of coins that says its own likelihood, with or without a mistake."""

    off = 0.0

    def log_likelihood(self, x, z):
        logits = self.logits(z)
        return torch.distributions.Bernoulli(logits=logits).log_prob(x).sum(1) + self.off


def test_another_likelihood_than_the_logits_say_is_refused(coins):
    told, (image, *_) = Told(coins[0].row.detach()), coins[1]
    loglik_prior.check_likelihood(told, image[None])
    told.off = 5.0
    with pytest.raises(PluginFault, match=r"must be that of bits .* and is 5 nats off"):
        loglik_prior.check_likelihood(told, image[None])
    told.off = math.nan
    with pytest.raises(PluginFault, match="is nan nats off"):
        loglik_prior.check_likelihood(told, image[None])


@pytest.mark.parametrize("draws", [1, 3, 999, 1000, 1001, 25_001])
@pytest.mark.parametrize("chunk", [1, 10, 777])
def test_exact_for_any_number_of_draws_and_any_chunk(coins, draws, chunk):
    if draws > 5000 and chunk == 1:
        chunk = 64
    model, x = coins
    found = loglik_prior.log_likelihoods(model, x, torch.Generator().manual_seed(3), draws, chunk)
    logits = model.logits(_first_draws(model, draws, draws)).double().detach()
    log_p = torch.distributions.Bernoulli(logits=logits[None]).log_prob(x.double()[:, None])
    expected = log_p.sum(2).logsumexp(1) - math.log(draws)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


def test_sizes_are_nested(coins):
    model, x = coins
    sizes = [1, 7, 100, 1000, 1003, 12_000]
    nested = loglik_prior.estimates(model, x, torch.Generator().manual_seed(3), sizes, chunk=100)
    for size, found in zip(sizes, nested, strict=True):
        z = _first_draws(model, size, sizes[-1])
        log_p = torch.distributions.Bernoulli(logits=model.logits(z).double()[None])
        expected = log_p.log_prob(x.double()[:, None]).sum(2).logsumexp(1) - math.log(size)
        torch.testing.assert_close(found, expected.detach(), atol=1e-4, rtol=0)


def _first_draws(model, size, draws):
    generator, block = torch.Generator().manual_seed(3), loglik_prior.BLOCK
    sizes = [min(block, draws - start) for start in range(0, draws, block)]
    return torch.cat([model.draw_prior(n, generator) for n in sizes])[:size]


@pytest.mark.parametrize(
    ("draws", "sizes"), [(5, [5]), (100, [100]), (250, [100, 250]), (1000, [100, 1000])]
)
def test_curves_have_the_powers_of_ten(draws, sizes):
    assert loglik_prior.powers_of_ten(draws) == sizes


def test_the_value_is_the_end_of_the_curve_on_the_images_asked_for(coins):
    model, x = coins
    bits = x.numpy().astype(np.uint8)
    data = Dataset(bits, bits, bits, (5, 6), levels=1)
    found = loglik_prior.evaluate(
        model, data, torch.Generator().manual_seed(0), draws=300, images=4
    )
    few = x[[0, 3, 6, 9]]
    values = loglik_prior.log_likelihoods(model, few, torch.Generator().manual_seed(0), 300)
    assert found.value == pytest.approx(values.mean().item())
    assert found.details["curve"]["300"] == pytest.approx(found.value)
    assert found.details["images"] == 4


def test_a_constant_decoder_has_its_bernoulli_likelihood_at_once():
    model = CoinMixture(torch.zeros(784))
    found = loglik_prior.log_likelihoods(model, torch.ones(3, 784), torch.Generator(), 5)
    assert found.tolist() == pytest.approx([-784 * math.log(2)] * 3, abs=1e-3)


def test_pixels_that_are_off_in_every_image_count():
    model = CoinMixture(torch.linspace(-2, 2, 20))
    x = torch.zeros(3, 20)
    x[0, 4] = x[1, 7] = 1
    found = loglik_prior.log_likelihoods(model, x, torch.Generator().manual_seed(0), 100_000)
    torch.testing.assert_close(found.float(), model.exact(x).detach(), atol=0.02, rtol=0)


def test_float32_products_cost_less_than_a_thousandth_of_a_nat():
    torch.manual_seed(0)
    model = VAE(ImageSpec(784, True), stream(0), layers=1, hidden=100, latent=5)
    with torch.no_grad():
        model.decoder.net[-1].weight *= 6  # logits of a trained model, up to some 30
    x = (model.sample(300, stream(1)) > torch.rand(300, 784)).float()
    found = loglik_prior.log_likelihoods(model, x, stream(2), 3000)
    logits = model.logits(model.draw_prior(3000, stream(2))).double().detach()
    log_p = x.double() @ logits.T - torch.nn.functional.softplus(logits).sum(1)
    expected = log_p.logsumexp(1) - math.log(3000)
    assert (found - expected).abs().max() < 1e-3


def test_grey_images_are_refused():
    images = np.full((2, 4), 7, np.uint8)
    grey = Dataset(images, images, images, (2, 2), levels=255)
    with pytest.raises(SettingsError, match="binary"):
        loglik_prior.evaluate(CoinMixture(torch.zeros(4)), grey, torch.Generator())


class Bounded(Model):
    """A model whose bound is a function of the image alone."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def bound(self, x, generator):
        return -0.5 * x.square().sum(1)


def test_bounds_are_the_models_own_for_any_chunk():
    x = torch.randn(23, 4)
    found = bound.bounds(Bounded(), x, torch.Generator(), chunk=5)
    torch.testing.assert_close(found, -0.5 * x.square().sum(1))
