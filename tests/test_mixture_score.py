"""The mixture's gradient against automatic differentiation, and its density against the other."""

import pytest
import torch

from gaebench.mathematics import gaussians
from gaebench.mathematics.mixture_score import MixtureScore


def normal(*shape, seed=1):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def mixture():
    mean, log_variance = normal(2, 301, 4, seed=0)
    return 2 * mean, log_variance - 1


def by_autograd(z, mean, log_variance):
    z = z.double().requires_grad_()
    terms = gaussians.log_density(z.unsqueeze(1), mean.double(), log_variance.double())
    values = terms.logsumexp(1) - torch.tensor(len(mean)).log()
    (gradient,) = torch.autograd.grad(values.sum(), z)
    return values.detach().float(), gradient.float()


@pytest.mark.parametrize("width", [1, 7, 100, 301, 5000])
def test_agrees_with_automatic_differentiation_for_any_block(mixture, width):
    z = 3 * normal(11, 4)
    density, gradient = MixtureScore(*mixture, width)(z)
    expected = by_autograd(z, *mixture)
    torch.testing.assert_close(density, expected[0], atol=1e-4, rtol=1e-5)
    torch.testing.assert_close(gradient, expected[1], atol=1e-3, rtol=1e-4)


def test_its_density_is_that_of_the_exact_prior(mixture):
    z = normal(50, 4)
    density, _ = MixtureScore(*mixture)(z)
    torch.testing.assert_close(density, gaussians.log_mixture(z, *mixture), atol=1e-5, rtol=0)


def test_one_component_pulls_towards_its_mean():
    mean, log_variance = torch.tensor([[1.0, -2.0]]), torch.tensor([[0.0, 1.0]])
    z = normal(5, 2)
    _, gradient = MixtureScore(mean, log_variance)(z)
    torch.testing.assert_close(gradient, (mean - z) / log_variance.exp())


def test_far_from_every_component_it_is_finite_and_right(mixture):
    z = torch.full((1, 4), 300.0)
    density, gradient = MixtureScore(*mixture, 50)(z)
    expected = by_autograd(z, *mixture)
    torch.testing.assert_close(density, expected[0], rtol=1e-5, atol=0)
    torch.testing.assert_close(gradient, expected[1], rtol=1e-4, atol=0)


def test_equal_components_count_as_one():
    mean, log_variance = torch.ones(40, 3), torch.zeros(40, 3)
    z = normal(6, 3)
    density, gradient = MixtureScore(mean, log_variance, 9)(z)
    torch.testing.assert_close(density, gaussians.log_density(z, mean[0], log_variance[0]))
    torch.testing.assert_close(gradient, mean[0] - z)
