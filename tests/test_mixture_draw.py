"""A mixture's density, gradient and drawn component, against automatic differentiation."""

import math

import pytest
import torch

from gaebench.mathematics import gaussians
from gaebench.mathematics.mixture_draw import mixture_draw
from gaebench.seeding import stream


@pytest.fixture
def mixture():
    """Mean, log variance and log weights of 30 components in 4 dimensions; one is left out."""
    source = stream(1)
    mean, log_variance, log_weights = (
        torch.randn(*shape, generator=source) for shape in [(30, 4), (30, 4), (30,)]
    )
    log_weights[7] = -math.inf
    return mean, log_variance, log_weights


def terms_of(z, mean, log_variance, log_weights, left_out):
    terms = gaussians.log_density(z[:, None], mean, log_variance) + log_weights
    return terms.scatter(1, left_out[:, None], -math.inf)


def test_density_and_gradient_are_those_of_automatic_differentiation(mixture):
    z, left_out = 2 * torch.randn(9, 4, generator=stream(2)), torch.arange(9)
    found = mixture_draw(z, *mixture, stream(3), left_out)
    z.requires_grad_()
    density = terms_of(z, *mixture, left_out).logsumexp(1)
    torch.testing.assert_close(found.log_density, density.detach())
    torch.testing.assert_close(found.gradient, torch.autograd.grad(density.sum(), z)[0])


def test_components_come_as_often_as_they_are_responsible(mixture):
    z, left_out = torch.randn(1, 4, generator=stream(2)), torch.tensor([3])
    drawn = mixture_draw(
        z.expand(40_000, 4), *mixture, stream(3), left_out.expand(40_000)
    ).component
    expected = terms_of(z, *mixture, left_out)[0].softmax(0)
    shares = drawn.bincount(minlength=30) / 40_000
    assert shares[3] == shares[7] == 0
    error = (expected * (1 - expected) / 40_000).sqrt()
    assert ((shares - expected).abs() <= 4 * error + 1e-9).all()


def test_far_from_all_components_the_nearest_is_drawn(mixture):
    mean, log_variance, _ = mixture
    z = torch.full((5, 4), 300.0)
    found = mixture_draw(z, mean, torch.zeros_like(log_variance), torch.zeros(30), stream(3))
    assert found.log_density.isfinite().all()
    assert (found.component == (mean - z[0]).square().sum(1).argmin()).all()


def test_where_all_components_are_left_out_there_is_no_density(mixture):
    mean, log_variance, _ = mixture
    found = mixture_draw(
        torch.zeros(2, 4), mean, log_variance, torch.full((30,), -math.inf), stream(3)
    )
    assert (found.log_density == -math.inf).all() and (found.component < 30).all()


def test_what_is_no_number_stays_so_and_has_a_component_all_the_same(mixture):
    found = mixture_draw(torch.full((2, 4), math.nan), *mixture, stream(3))
    assert found.log_density.isnan().all() and (found.component < 30).all()
