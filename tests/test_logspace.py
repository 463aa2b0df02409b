"""Streaming log-mean-exp against float64, for any chunking."""

import math

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from gaebench.logspace import StreamingLogMeanExp, log_mean_exp


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


def test_log_mean_exp_of_equal_values_is_the_value():
    assert log_mean_exp(torch.full((3, 4), -7.0), 1).tolist() == pytest.approx([-7.0] * 3)
