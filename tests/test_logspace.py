"""Streaming log-mean-exp against float64, for any chunking."""

import math

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from gaebench.mathematics.logspace import StreamingLogMeanExp, log_mean_exp, log_sum_exp


@pytest.mark.parametrize("chunk", [1, 7, 100, 1000])
@pytest.mark.parametrize("scale", [1.0, 300.0])
def test_streaming_equals_scipy_for_any_chunk(chunk, scale):
    terms = torch.from_numpy(np.random.default_rng(0).normal(-500, scale, (5, 1000))).float()
    sums = StreamingLogMeanExp(5)
    for block in terms.split(chunk, dim=1):
        sums.add(block.clone())
    expected = logsumexp(terms.double().numpy(), axis=1) - math.log(1000)
    np.testing.assert_allclose(sums.result().numpy(), expected, atol=1e-4)


def test_terms_of_zero_probability_count_in_the_mean():
    sums = StreamingLogMeanExp(1)
    sums.add(torch.tensor([[-math.inf]]))
    sums.add(torch.tensor([[0.0]]))
    assert sums.result().item() == pytest.approx(-math.log(2))


def test_rows_without_any_probability_stay_without():
    sums = StreamingLogMeanExp(2)
    sums.add(torch.tensor([[-math.inf, -math.inf], [0.0, -math.inf]]))
    assert sums.result().tolist() == pytest.approx([-math.inf, -math.log(2)])
    assert log_sum_exp(torch.full((2, 3), -math.inf), 1).tolist() == [-math.inf] * 2


def test_a_million_terms_far_below_the_largest_do_not_count():
    terms = torch.full((1, 10**6), -200.0)
    terms[0, 12345] = 0
    sums = StreamingLogMeanExp(1)
    sums.add(terms.clone())
    assert sums.result().item() == pytest.approx(-math.log(10**6), abs=1e-12)


@pytest.mark.parametrize("dim", [0, 1])
def test_log_sum_exp_and_its_gradient_are_torchs(dim):
    values = 60 * torch.randn(7, 9, generator=torch.Generator().manual_seed(0)).double()
    values[3, 4] = -math.inf
    ours, theirs = (values.clone().requires_grad_() for _ in range(2))
    found, expected = log_sum_exp(ours, dim), torch.logsumexp(theirs, dim)
    torch.testing.assert_close(found, expected)
    found.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_log_mean_exp_of_equal_values_is_the_value():
    assert log_mean_exp(torch.full((3, 4), -7.0), 1).tolist() == pytest.approx([-7.0] * 3)
