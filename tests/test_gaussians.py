"""Gaussian densities and mixtures against torch.distributions."""

import math

import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal, kl_divergence

from gaebench.mathematics import gaussians


def noise(*shape, seed=1):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def components():
    mean, log_variance = noise(2, 300, 6, seed=0)
    return mean * 2 + 5, log_variance - 2


def test_log_density_and_kl(components):
    mean, log_variance = components
    normal = Independent(Normal(mean, (0.5 * log_variance).exp()), 1)
    standard = Independent(Normal(torch.zeros(6), torch.ones(6)), 1)
    z = noise(300, 6)
    torch.testing.assert_close(gaussians.log_density(z, mean, log_variance), normal.log_prob(z))
    torch.testing.assert_close(
        gaussians.kl_to_standard(mean, log_variance), kl_divergence(normal, standard)
    )


@pytest.mark.parametrize("chunk", [1, 64, 1000])
def test_mixture_against_torch_distributions_in_float64(components, chunk):
    mean, log_variance = components
    scale = (0.5 * log_variance).double().exp()
    mixture = MixtureSameFamily(
        Categorical(torch.ones(300)), Independent(Normal(mean.double(), scale), 1)
    )
    z = mean[:50] + 0.3 * noise(50, 6)
    found = gaussians.log_mixture(z, mean, log_variance, chunk)
    torch.testing.assert_close(found.double(), mixture.log_prob(z.double()), atol=1e-3, rtol=0)


def test_mixture_of_one_component_is_that_component(components):
    mean, log_variance = components
    z = noise(10, 6) + 5
    one = gaussians.log_mixture(z, mean[:1], log_variance[:1])
    torch.testing.assert_close(one, gaussians.log_density(z, mean[:1], log_variance[:1]))


def test_a_mixture_holds_a_share_of_each_component(components):
    mean, log_variance = components
    z = mean[:5]
    own = gaussians.log_density(z, mean[:5], log_variance[:5])
    assert (gaussians.log_mixture(z, mean, log_variance) >= own - math.log(300) - 1e-3).all()


def test_draws_have_the_mean_and_variance_asked_for():
    generator = torch.Generator().manual_seed(1)
    mean, log_variance = torch.tensor([[1.0, -3.0]]), torch.tensor([[0.0, -2.0]])
    z = gaussians.draw(mean.expand(200_000, 2), log_variance.expand(200_000, 2), generator)
    torch.testing.assert_close(z.mean(0), mean[0], atol=0.02, rtol=0)
    torch.testing.assert_close(z.var(0).log(), log_variance[0], atol=0.02, rtol=0)
