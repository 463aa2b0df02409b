"""Initialisation keeps the signal; pixel likelihoods have their closed forms."""

import math

import pytest
import torch
from torch.distributions import Bernoulli, Normal

from gaebench.errors import SettingsError
from gaebench.networks import blocks, gates


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape):
    return torch.randn(shape, generator=generator(1))


def uniform(*shape):
    return torch.rand(shape, generator=generator(2))


def test_the_signal_keeps_its_scale_through_four_hidden_layers():
    net = blocks.mlp([784, 500, 500, 500, 500, 40], generator())
    hidden = net[:-1](normal(1000, 784))
    assert 0.5 < hidden.square().mean().sqrt() < 2


def decoder(binary=False, grey_likelihood="gaussian", pixel_std=0.3):
    return blocks.PixelDecoder(
        [3, 16, 5],
        generator(),
        binary=binary,
        grey_likelihood=grey_likelihood,
        pixel_std=pixel_std,
        dropout=0.0,
    )


@pytest.mark.parametrize("settings", [(True, "gaussian"), (False, "bernoulli")])
def test_bernoulli_likelihood(settings):
    p, z, x = decoder(*settings), normal(7, 3), uniform(7, 5).round()
    expected = Bernoulli(logits=p(z)).log_prob(x).sum(1)
    torch.testing.assert_close(p.log_likelihood(x, z), expected)


def test_gaussian_likelihood():
    p, z, x = decoder(), normal(7, 3), uniform(7, 5)
    expected = Normal(p(z).sigmoid(), 0.3).log_prob(x).sum(1)
    torch.testing.assert_close(p.log_likelihood(x, z), expected)


def test_several_draws_of_z_share_their_image():
    p, z, x = decoder(), normal(4, 7, 3), uniform(7, 5).round()
    each = torch.stack([p.log_likelihood(x, draw) for draw in z])
    torch.testing.assert_close(p.log_likelihood(x, z), each)


def test_an_untrained_decoder_starts_at_the_mean_image():
    p, train = decoder(), uniform(100, 5)
    p.start_from(train)
    torch.testing.assert_close(p(torch.zeros(1, 3)).sigmoid()[0], train.mean(0))


def test_the_encoder_gives_one_mean_and_one_log_variance_per_dimension():
    encoder = blocks.GaussianEncoder([5, 16, 2], generator(), dropout=0.0)
    mean, log_variance = encoder(uniform(7, 5))
    assert mean.shape == log_variance.shape == (7, 2)


@pytest.mark.parametrize("wrong", [{"grey_likelihood": "normal"}, {"pixel_std": 0.0}])
def test_wrong_settings_are_named(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        decoder(**wrong)


def test_a_gated_layer_is_its_linear_part_times_its_gate():
    layer, x = gates.Gated(5, 3, generator()), uniform(7, 5)
    value = x @ layer.value.weight.T + 0.5
    with torch.no_grad():
        layer.value.bias.fill_(0.5)
        layer.gate.weight.zero_()
        layer.gate.bias.copy_(torch.tensor([-100.0, 0.0, 100.0]))
    torch.testing.assert_close(layer(x), value * torch.tensor([0.0, 0.5, 1.0]))


def test_gating_replaces_the_rectified_layers_and_nothing_else():
    plain = blocks.mlp([6, 5, 4, 3], generator(), dropout=0.2)
    gated = gates.gate(plain, generator())
    kinds = [type(layer).__name__ for layer in gated]
    assert kinds == ["Gated", "Dropout", "Gated", "Dropout", "Linear"]
    assert [tuple(layer.gate.weight.shape) for layer in gated[::2][:2]] == [(5, 6), (4, 5)]
    assert gated[-1] is plain[-1] and gated(uniform(7, 6)).shape == (7, 3)


def test_a_deep_gated_network_keeps_the_size_of_its_signal():
    source = generator()
    layers = torch.nn.Sequential(*(gates.Gated(400, 400, source) for _ in range(8)))
    x = torch.randn(500, 400, generator=source)
    assert layers(x).square().mean().item() == pytest.approx(1, abs=0.25)
    u = torch.randn(200_000, generator=source, dtype=torch.float64)
    assert u.sigmoid().square().mean().item() == pytest.approx(gates.PASSED, abs=1e-3)


def test_descend_follows_the_gradient():
    weight = torch.nn.Linear(1, 1)
    optimiser = torch.optim.SGD(weight.parameters(), lr=0.1)
    before = weight.bias.item()
    loss = blocks.descend(optimiser, 3 * weight.bias.sum())
    assert math.isclose(weight.bias.item(), before - 0.3, rel_tol=1e-5)
    assert not loss.requires_grad
