"""The importance-sampled estimate against known likelihoods, and the mixture that it needs."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.distributions import MultivariateNormal

from gaebench.data import Dataset
from gaebench.errors import PluginFault, SettingsError
from gaebench.mathematics import gaussians, mixture
from gaebench.mathematics.importance import effective_draws, log_weights
from gaebench.mathematics.mixture import log_mixture_near
from gaebench.metrics import loglik_is
from gaebench.metrics.loglik_is import Plan, scores
from gaebench.model import ImageSpec, Model
from gaebench.models.gae import GAE
from gaebench.models.gan import GAN
from gaebench.models.vae import VAE
from gaebench.seeding import stream

SIDE, NOISE = 3, 0.5


class LinearGaussian(Model):
    """z ~ N(0, I), x ~ N(W z, NOISE^2 I), W of orthogonal columns: everything is known."""

    def __init__(self, shift: float = 0.0, stretch: float = 1.0) -> None:
        super().__init__()
        columns = torch.linalg.qr(torch.randn(SIDE**2, 3, generator=stream(0)))[0]
        self.w = nn.Parameter(columns * torch.tensor([0.5, 1.0, 2.0]))
        self.shift, self.stretch = shift, stretch

    def proposal(self, x):
        precision = 1 + self.w.square().sum(0) / NOISE**2
        mean = x @ self.w / NOISE**2 / precision
        return mean + self.shift, (self.stretch**2 / precision).log().expand_as(mean)

    def log_prior(self, z):
        return gaussians.log_density(z, torch.zeros(3), torch.zeros(3))

    def log_likelihood(self, x, z):
        return gaussians.log_density(x, z @ self.w.T, torch.full((SIDE**2,), 2 * math.log(NOISE)))

    def exact(self, x):
        covariance = self.w @ self.w.T + NOISE**2 * torch.eye(SIDE**2)
        return MultivariateNormal(torch.zeros(SIDE**2), covariance).log_prob(x).detach().double()


@pytest.fixture(scope="module")
def grey():
    images = np.random.default_rng(0).integers(0, 256, (90, SIDE**2)).astype(np.uint8)
    return Dataset(images[:40], images[40:50], images[50:], (SIDE, SIDE), levels=255)


def estimates(log_w):
    return log_w.logsumexp(-1) - math.log(log_w.shape[-1])


def test_a_perfect_proposal_is_exact_at_any_number_of_draws():
    model, x = LinearGaussian(), torch.randn(5, SIDE**2, generator=stream(7))
    log_w = log_weights(model, x, 7, stream(1))[0]
    torch.testing.assert_close(log_w, model.exact(x).unsqueeze(1).expand(5, 7), atol=1e-4, rtol=0)
    torch.testing.assert_close(effective_draws(log_w), torch.full((5,), 7.0).double())


def test_a_wide_proposal_converges_and_a_misplaced_one_shows_in_its_effective_draws():
    x = torch.randn(5, SIDE**2, generator=stream(7))
    wide = LinearGaussian(stretch=2.0)
    log_w = log_weights(wide, x, 50_000, stream(1))[0]
    torch.testing.assert_close(estimates(log_w), wide.exact(x), atol=0.02, rtol=0)
    assert (effective_draws(log_w) < 0.7 * 50_000).all()
    bad = LinearGaussian(shift=30.0)
    log_w = log_weights(bad, x, 5000, stream(1))[0]
    assert (estimates(log_w) < bad.exact(x) - 5).all()
    assert (effective_draws(log_w) < 20).all()


def test_effective_draws_of_known_weights():
    assert effective_draws(torch.zeros(4).double()).item() == pytest.approx(4)
    assert effective_draws(torch.tensor([0.0, -1e4, -1e4]).double()).item() == pytest.approx(1)
    assert effective_draws(torch.tensor([3.0, 1.0]).log().double()).item() == pytest.approx(1.6)


# --- Two latent dimensions: numerical integration ----------------------------------------------


def small(family, **settings):
    model = family(ImageSpec(16, True), stream(3), layers=1, hidden=12, latent=2, **settings)
    model.start(torch.rand(30, 16, generator=stream(4)).round())
    with torch.no_grad():
        model.decoder.net[-1].weight *= 1.5
        model.encoder.net[-1].weight *= 0.5
        model.encoder.net[-1].bias[2:] += 0.5  # proposals wide enough for the tails
    return model.eval()


def integral(model, x, log_prior):
    """log of the integral of P(x|z) P(z) over the plane, by the midpoint rule."""
    line = torch.linspace(-9, 9, 361)
    z = torch.cartesian_prod(line, line)
    with torch.no_grad():
        terms = [model.log_likelihood(row, z) + log_prior(z) for row in x]
    return torch.stack(terms).double().logsumexp(1) + 2 * math.log(18 / 360)


@pytest.mark.parametrize("family", [VAE, GAE])
def test_real_models_against_numerical_integration(family):
    model = small(family)
    x = torch.rand(4, 16, generator=stream(5)).round()
    for rows in (x, x[:1]):
        found = estimates(log_weights(model, rows, 100_000, stream(6)))
        expected = integral(model, rows, model.log_prior)
        torch.testing.assert_close(found[0], expected, atol=0.02, rtol=0)


@pytest.mark.parametrize("own", [[0, 7, 12, 29], [11], list(range(30))])
def test_the_own_component_is_left_out_of_each_images_prior(own):
    model, own = small(GAE), torch.tensor(own)
    x, components = model.train_images[own], model.exemplars()
    both = log_weights(model, x, 50, stream(6), own)
    z = gaussians.draw(
        *(part.unsqueeze(1).expand(len(own), 50, 2) for part in model.proposal(x)), stream(6)
    )
    for place, codes, (whole, without) in zip(own, z, both.transpose(0, 1), strict=True):
        others = torch.arange(30) != place
        expected = exact(codes, *(part[others] for part in components)) - exact(codes, *components)
        torch.testing.assert_close((without - whole), expected.detach(), atol=1e-4, rtol=0)


def test_an_own_component_that_is_nearly_all_of_the_sum_is_left_out_without_cancellation():
    model = small(GAE)
    with torch.no_grad():
        model.encoder.net[-1].bias[2:] = -9.0
        model.encoder.net[-1].weight[:2] *= 20
    own = torch.arange(5)
    both = log_weights(model, model.train_images[own], 50, stream(0), own)
    assert torch.isfinite(both).all()
    assert (both[0] - both[1] > 30).any()


# --- The two phases ------------------------------------------------------------------------------


def test_a_subset_of_all_images_is_the_plain_mean(grey):
    model = LinearGaussian(stretch=1.5)
    (found,) = scores(model, grey.images("test"), stream(0), Plan(3000, 40, 10, 40))
    estimate = found.estimate([10, 100, 1000, 3000])
    exact = model.exact(torch.from_numpy(grey.images("test")))
    assert estimate.value == pytest.approx(exact.mean().item(), abs=0.02)
    assert estimate.value == pytest.approx(found.curves[:, -1].mean(), abs=1e-9)
    assert estimate.sem == pytest.approx(found.curves[:, -1].std() / math.sqrt(40), abs=1e-9)


def test_a_part_of_the_images_stands_for_all(grey):
    model = LinearGaussian(stretch=1.5)
    estimate = loglik_is.evaluate(model, grey, stream(0), draws=2000, images=40, few=10, subset=10)
    exact = model.exact(torch.from_numpy(grey.images("test")))
    assert estimate.value == pytest.approx(exact.mean().item(), abs=0.3)
    assert abs(exact[::4].mean() - exact.mean()) > 0.3, "the part alone would not do"
    curve = list(estimate.details["curve"].items())
    assert [size for size, _ in curve] == ["10", "100", "1000", "2000"]
    assert curve[-1][1] == estimate.value
    assert curve[0][1] < curve[1][1] < curve[2][1], "a lower bound that rises"
    assert estimate.details["images"] == 40 and estimate.details["subset"] == 10


@pytest.mark.parametrize("draws", [10, 999, 2311])
def test_any_chunk_gives_the_same(grey, draws):
    model = LinearGaussian(stretch=1.5)
    plan = Plan(draws, 12, 10, 3)
    whole, parts = (
        scores(model, grey.images("test"), stream(0), plan, chunk=chunk)[0] for chunk in (1000, 7)
    )
    np.testing.assert_allclose(whole.few, parts.few, atol=1e-4)
    np.testing.assert_allclose(whole.curves, parts.curves, atol=1e-4)


def test_training_images_come_with_and_without_their_own_component():
    bits = np.random.default_rng(1).integers(0, 2, (60, 16)).astype(np.uint8)
    data = Dataset(bits[:30], bits[30:35], bits[35:], (4, 4), levels=1)
    model = small(GAE)
    model.start(torch.from_numpy(data.images("train")))
    with torch.no_grad():
        model.encoder.net[-1].bias[2:] = -8.0  # narrow components: P(z) stores each image
    found = loglik_is.evaluate(model.train().eval(), data, stream(0), draws=200, subset=5)
    stored, honest = (found.details[name]["value"] for name in ("train", "train_left_out"))
    assert stored > honest + 1
    assert abs(honest - found.value) < abs(stored - found.value)
    assert "train_left_out" not in loglik_is.evaluate(small(VAE), data, stream(0), subset=2).details


@pytest.mark.parametrize("wrong", [{"draws": 5}, {"few": 0}, {"images": 0}, {"subset": 0}])
def test_wrong_numbers_are_named(grey, wrong):
    with pytest.raises(SettingsError, match="|".join(["images", *wrong])):
        loglik_is.evaluate(LinearGaussian(), grey, stream(0), **wrong)


def test_a_model_without_an_encoder_is_refused(grey):
    with pytest.raises(SettingsError, match="no encoder"):
        loglik_is.evaluate(GAN(ImageSpec(9, False), stream(0)), grey, stream(0))


def summed(density):
    return lambda self, *given: density(self, *given).sum()


@pytest.mark.parametrize(
    ("method", "wrong", "said"),
    [
        (
            "log_likelihood",
            summed(LinearGaussian.log_likelihood),
            r"shape \(2, 3\), not one of \(\)",
        ),
        ("log_prior", summed(LinearGaussian.log_prior), r"shape \(6,\), not one of \(\)"),
        ("log_prior", lambda self, z: -z.square(), r"shape \(6,\), not one of \(6, 3\)"),
        ("proposal", lambda self, x: x @ self.w, "a mean and a log variance, not a Tensor"),
        ("proposal", lambda self, x: (x @ self.w, torch.zeros(3)), r"shape \(2, any\)"),
        ("proposal", lambda self, x: (x @ self.w, x), r"shape \(2, 3\), not one of \(2, 9\)"),
    ],
)
def test_densities_of_another_shape_are_the_models_fault(grey, method, wrong, said):
    kind = type("Wrong", (LinearGaussian,), {method: wrong})
    with pytest.raises(PluginFault, match=said):
        loglik_is.evaluate(kind(), grey, stream(0), draws=20, few=2, images=5, subset=2)


# --- The mixture ---------------------------------------------------------------------------------


def components(n=3000, d=4, spread=4.0, seed=0):
    generator = stream(seed)
    mean = spread * torch.randn(n, d, generator=generator)
    return mean, torch.randn(n, d, generator=generator) - 2


def exact(z, mean, log_variance):
    return torch.cat(
        [
            gaussians.log_density(row, mean.double(), log_variance.double()).logsumexp(0, True)
            for row in z.double()
        ]
    ) - math.log(len(mean))


@pytest.mark.parametrize("chunk", [1, 37, 500])
@pytest.mark.parametrize("n", [1, 511, 3000])
def test_the_near_mixture_is_the_mixture(n, chunk):
    mean, log_variance = components(n)
    z = mean[0] + 0.3 * torch.randn(60, 4, generator=stream(1))
    found = log_mixture_near(z, mean, log_variance, chunk)
    torch.testing.assert_close(found, exact(z, mean, log_variance), atol=2e-4, rtol=0)
    torch.testing.assert_close(
        found.float(), gaussians.log_mixture(z, mean, log_variance), atol=1e-3, rtol=0
    )


@pytest.mark.parametrize(
    "z",
    [
        torch.zeros(1, 4),
        torch.ones(5, 4),
        6 * torch.randn(40, 4, generator=stream(2)),
        40 + torch.randn(30, 4, generator=stream(3)),
        torch.randn(30, 4, generator=stream(3)) * torch.tensor([1e-6, 3.0, 0.1, 0.0]),
    ],
    ids=["one", "equal", "apart", "far", "flat"],
)
def test_the_near_mixture_is_the_mixture_at_any_points(z):
    mean, log_variance = components()
    expected = exact(z, mean, log_variance)
    found = log_mixture_near(z, mean, log_variance)
    torch.testing.assert_close(found, expected, atol=2e-4, rtol=1e-6)


def test_far_components_are_left_out(monkeypatch):
    mean, log_variance = components(20_000, spread=30.0)
    z = mean[0] + 0.3 * torch.randn(200, 4, generator=stream(1))
    widths, terms = [], mixture._Neighbourhood._terms

    def counted(self, features, part):
        widths.append(len(part))
        return terms(self, features, part)

    monkeypatch.setattr(mixture._Neighbourhood, "_terms", counted)
    log_mixture_near(z, mean, log_variance)
    assert sum(widths) < 0.1 * len(mean)


def test_the_bound_holds():
    mean, log_variance = components(2000, spread=2.0)
    near = mixture._Neighbourhood(
        mean[0] + 0.3 * torch.randn(4000, 4, generator=stream(1)), mean, log_variance
    )
    radii = near.points.norm(dim=1)
    for radius in (1.0, 2.0, 4.0):
        inside = near.features[radii <= radius]
        rho = -0.5 * near.points[radii <= radius].square().sum(1)
        largest = (near._terms(inside, torch.arange(2000)) - rho.unsqueeze(1)).amax(0)
        slack = near.bound(torch.tensor(2.0)).at(torch.tensor(radius)) - largest
        assert slack.min() > -1e-3
