"""Negentropy and modes of priors whose answers are known, of degenerate ones, and of noise."""

import math

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import nn

from gaebench.errors import GaebenchError, SettingsError
from gaebench.mathematics import gaussians
from gaebench.metrics import modes, negentropy
from gaebench.model import ImageSpec, Model
from gaebench.models.gae import GAE
from gaebench.models.vae import VAE
from gaebench.seeding import stream


class Mixture(Model):
    """z from a mixture of round Gaussians, then mapped by a matrix."""

    def __init__(self, means, stds=1.0, weights=None, matrix=None):
        super().__init__()
        self.means = nn.Parameter(torch.as_tensor(np.array(means), dtype=torch.float32))
        n, d = self.means.shape
        self.stds = torch.as_tensor(stds, dtype=torch.float32).expand(n)
        self.weights = torch.as_tensor(weights or [1 / n] * n)
        self.matrix = torch.eye(d) if matrix is None else torch.tensor(matrix)

    @torch.no_grad()
    def draw_prior(self, n, generator):
        y = torch.multinomial(self.weights, n, True, generator=generator)
        noise = torch.randn(n, self.means.shape[1], generator=generator)
        return (self.means[y] + self.stds[y, None] * noise) @ self.matrix.T

    @torch.no_grad()
    def log_prior(self, z):
        z = z @ torch.linalg.inv(self.matrix).T
        log_variances = (2 * self.stds.log())[:, None].expand(self.means.shape)
        terms = gaussians.MixtureTerms(self.means, log_variances)(z) + self.weights.log()
        return terms.logsumexp(1) - self.matrix.det().abs().log()


def on_circle(count, radius=8.0):
    angles = 2 * math.pi * np.arange(count) / count
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


SKEW = [[3.0, 1.0], [-0.5, 0.2]]


# ---- negentropy


@pytest.mark.parametrize("matrix", [None, [[2.0, 0, 0], [1, 0.1, 0], [5, 0, 7]]])
def test_a_gaussian_has_none(matrix):
    found = negentropy.evaluate(Mixture(np.ones((1, 3)), matrix=matrix), None, stream(0))
    assert abs(found.value) < 1e-3
    expected = 1.5 * math.log(2 * math.pi * math.e)
    expected += math.log(abs(np.linalg.det(matrix))) if matrix else 0
    assert found.details["entropy"] == pytest.approx(expected, abs=0.03)


def test_two_gaussians_far_apart_have_their_limit():
    """Covariance diag(1 + a^2, 1), entropy ln 2 more than that of one: 1/2 ln (1 + a^2) - ln 2."""
    found = negentropy.evaluate(Mixture([[-8.0, 0.0], [8.0, 0.0]]), None, stream(0), draws=50_000)
    assert found.value == pytest.approx(0.5 * math.log(65) - math.log(2), abs=4 * found.sem)
    assert found.sem < 0.01


def test_negentropy_is_the_same_for_affine_maps():
    plain, mapped = Mixture(on_circle(3)), Mixture(on_circle(3), matrix=SKEW)
    first, second = (negentropy.evaluate(model, None, stream(1)) for model in (plain, mapped))
    assert first.value == pytest.approx(second.value, abs=1e-4)
    assert first.details["entropy"] != pytest.approx(second.details["entropy"], abs=0.05)


def test_more_structure_has_more():
    values = [
        negentropy.evaluate(Mixture(on_circle(4, radius)), None, stream(2)).value
        for radius in (0.0, 2.0, 4.0, 8.0)
    ]
    assert values == sorted(values) and values[1] > 0.01


def test_the_standard_error_and_the_bias_are_as_stated():
    model, n = Mixture([[-2.0, 0.0], [2.0, 0.0]]), 400
    found = [negentropy.evaluate(model, None, stream(seed), draws=n) for seed in range(300)]
    values, sems = (np.array([getattr(e, name) for e in found]) for name in ("value", "sem"))
    assert sems.mean() == pytest.approx(values.std(), rel=0.1)
    exact = negentropy.evaluate(model, None, stream(0), draws=200_000)
    error = values.std() / math.sqrt(len(values))
    assert values.mean() - exact.value == pytest.approx(-10 / (4 * n), abs=3 * error)


def test_a_prior_without_a_plane_is_refused():
    flat = Mixture([[0.0, 0.0]], matrix=[[1.0, 1.0], [1.0, 1.0]])
    flat.log_prior = lambda z: torch.zeros(len(z))
    with pytest.raises(GaebenchError, match="full rank"):
        negentropy.evaluate(flat, None, stream(0))
    with pytest.raises(SettingsError, match="draws"):
        negentropy.evaluate(flat, None, stream(0), draws=1)


def test_the_vaes_prior_is_gaussian_and_the_gaes_need_not_be():
    x = torch.zeros(300, 16)
    x[:150, :8] = x[150:, 8:] = 1
    x += 0.1 * torch.rand(300, 16, generator=stream(0))
    values = []
    for family in (VAE, GAE):
        model = family(ImageSpec(16, False), stream(1), layers=1, hidden=20, latent=2)
        model.start(x)
        with torch.no_grad():  # codes far apart, in their place
            model.encoder.net[-1].weight *= 20
            model.encoder.net[-1].bias[2:] -= 2
        values.append(negentropy.evaluate(model.eval(), None, stream(2)).value)
    assert abs(values[0]) < 1e-3 and values[1] > 0.2


# ---- modes


def count(model, step=0.1, **settings):
    return modes.evaluate(model, None, stream(3), step=step, **settings)


@pytest.mark.parametrize("matrix", [None, SKEW])
@pytest.mark.parametrize("number", range(1, 8))
def test_as_many_modes_as_gaussians_far_apart(number, matrix):
    model = Mixture(on_circle(number), matrix=matrix)
    found = count(model)
    assert (found.value, found.sem) == (number, 0.0)
    places = np.array(found.details["places"]) @ np.linalg.inv(model.matrix.numpy()).T
    apart = np.linalg.norm(on_circle(number)[:, None] - places, axis=2)
    assert (apart.min(axis=1) < 0.5).all()


def test_two_gaussians_have_two_modes_only_beyond_two_standard_deviations():
    near, far = ([[-half, 0.0], [half, 0.0]] for half in (0.9, 1.8))
    assert count(Mixture(near)).value == 1
    assert count(Mixture(far)).value == 2


def test_noise_makes_no_mode():
    kernels = np.random.default_rng(0).normal(size=(800, 2))
    model = Mixture(kernels, stds=0.2)
    _, masses = modes.on_grid(model, stream(0), 0.1)
    bumps = (masses == ndimage.maximum_filter(masses, 3)) & (masses > 0.01 * masses.max())
    assert bumps.sum() > 10, "there is noise to be fooled by"
    found = count(model)
    assert found.value == found.details["with_half"] == found.details["with_double"] == 1


@pytest.mark.parametrize("std", [0.1, 1.0])
def test_a_mode_needs_its_mass_not_its_height(std):
    for weight, number in ((0.005, 1), (0.05, 2)):
        model = Mixture([[0.0, 0.0], [5.0, 0.0]], [1.0, std], [1 - weight, weight])
        assert count(model).value == number


@pytest.mark.parametrize("step", [0.05, 0.08, 0.15])
def test_the_grid_does_not_change_the_count(step):
    means = np.random.default_rng(5).normal(size=(20, 2)) * 5
    assert count(Mixture(means), step=step).value == 8


def slow(masses, least):
    """Modes of connected cells (the others are 0), by labelling those above the lowest anew."""
    level = masses[masses > 0].min()
    labels, number = ndimage.label(masses > level, np.ones((3, 3)))
    parts = [np.where(labels == label, masses, 0) for label in range(1, number + 1)]
    large = [part for part in parts if (part[part > 0] - level).sum() >= least]
    return sum(slow(part, least) for part in large) if large else 1


@pytest.mark.parametrize("seed", range(40))
def test_peaks_agree_with_a_slow_version(seed):
    rng = np.random.default_rng(seed)
    masses = ndimage.gaussian_filter(rng.random((9, 12)), 0.6)
    masses /= masses.sum()
    counts = [len(modes.peaks(masses, least)) for least in (0.0005, 0.002, 0.005, 0.02)]
    assert counts == [slow(masses, least) for least in (0.0005, 0.002, 0.005, 0.02)]
    assert counts == sorted(counts, reverse=True)


def test_a_flat_density_is_one_mode():
    assert len(modes.peaks(np.full((5, 5), 0.04), 0.01)) == 1


def test_what_a_grid_cannot_show_is_refused():
    with pytest.raises(SettingsError, match="latent: 2, not 3"):
        count(Mixture(np.zeros((1, 3))))
    with pytest.raises(GaebenchError, match="line or a point"):
        count(Mixture([[0.0, 0.0]], stds=0.0))
    with pytest.raises(GaebenchError, match="smaller step"):
        count(Mixture(on_circle(3), stds=0.01), step=0.3)
    with pytest.raises(SettingsError, match="least"):
        count(Mixture(on_circle(3)), least=0.0)


def test_the_grid_holds_the_whole_prior():
    places, masses = modes.on_grid(Mixture(on_circle(3), matrix=SKEW), stream(0), 0.05)
    assert masses.sum() == pytest.approx(1, abs=1e-3)
    mean = (places * masses[..., None]).sum((0, 1))
    np.testing.assert_allclose(mean, [0, 0], atol=1e-2)
