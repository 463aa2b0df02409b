"""Annealing against a linear-Gaussian model, where everything is known.

z ~ N(0, I), x = W z + noise. Chains start from the prior, unless a test says otherwise. The
annealed densities are Gaussians, log p(x) is in closed form.
"""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal

from gaebench.errors import SettingsError
from gaebench.mathematics import annealing
from gaebench.mathematics.annealing import Annealing, differentiated
from gaebench.mathematics.logspace import log_mean_exp

NOISE = 0.3


class LinearGaussian:
    """z of 2 dimensions, x of 5, in float64."""

    def __init__(self):
        torch.manual_seed(0)  # of torch.distributions, which take no generator
        self.generator = torch.Generator().manual_seed(1)
        self.w = self.normal(5, 2)

    def normal(self, *shape):
        return torch.randn(shape, generator=self.generator, dtype=torch.float64)

    def draw(self, n):
        z = self.normal(n, 2)
        return z, z @ self.w.T + NOISE * self.normal(n, 5)

    def log_prior(self, z):
        return -0.5 * z.square().sum(1) - math.log(2 * math.pi)

    def log_likelihood(self, x, z):
        scaled = ((x - z @ self.w.T) / NOISE).square().sum(1)
        return -0.5 * scaled - 5 * math.log(NOISE) - 2.5 * math.log(2 * math.pi)

    def log_evidence(self, x):
        covariance = self.w @ self.w.T + NOISE**2 * torch.eye(5, dtype=torch.float64)
        return MultivariateNormal(torch.zeros(5, dtype=torch.float64), covariance).log_prob(x)

    def tempered(self, x, beta):
        """The Gaussian p(z) p(x|z)^beta for one x."""
        precision = torch.eye(2, dtype=torch.float64) + beta * self.w.T @ self.w / NOISE**2
        mean = torch.linalg.solve(precision, beta * self.w.T @ x / NOISE**2)
        return MultivariateNormal(mean, precision_matrix=precision)

    def annealing(self, x, leapfrogs=4):
        likelihood = differentiated(lambda z: self.log_likelihood(x, z))
        return Annealing(differentiated(self.log_prior), likelihood, leapfrogs, self.generator)

    def both_bounds(self, z, x, steps, chains):
        """Lower and upper bounds on log p(x), and the climbs' mean acceptance."""
        betas = early(steps)
        scale = torch.ones(2, dtype=torch.float64)
        tuned = self.annealing(x).tune(self.normal(len(x), 2), betas, scale)
        sampler = self.annealing(x.repeat(chains, 1))
        wide = [step.repeat(chains, 1) for step in tuned]
        up, acceptance = sampler.anneal(self.normal(chains * len(x), 2), betas, wide)
        down, _ = sampler.anneal(z.repeat(chains, 1), betas[::-1], wide[::-1])
        lower, upper = up.view(chains, -1), down.view(chains, -1)
        return log_mean_exp(lower, 0), -log_mean_exp(upper, 0), acceptance.mean()


def early(steps):
    """Inverse temperatures of which most are near 0: chains start in the prior, far away."""
    return [beta**4 for beta in annealing.schedule(steps)]


@pytest.fixture
def model():
    return LinearGaussian()


def mean_is_one(weights):
    sem = weights.std() / math.sqrt(len(weights))
    return abs(weights.mean() - 1) < 4 * sem < 0.2


def test_the_mean_weight_of_climbs_is_the_likelihood_and_of_descents_its_inverse(model):
    z, x = model.draw(1)
    z = model.tempered(x[0], 1.0).sample((2000,))
    x = x.expand(2000, -1)
    betas = early(60)
    steps = [torch.full((1,), 0.15, dtype=torch.float64)] * 59
    up, _ = model.annealing(x).anneal(model.normal(2000, 2), betas, steps)
    down, _ = model.annealing(x).anneal(z, betas[::-1], steps)
    truth = model.log_evidence(x)
    assert mean_is_one((up - truth).exp())
    assert mean_is_one((down + truth).exp())


def test_the_bounds_enclose_the_truth_and_the_gap_shrinks_with_more_temperatures(model):
    z, x = model.draw(60)
    truth, gaps = model.log_evidence(x), []
    for steps in (4, 16, 64):
        lower, upper, _ = model.both_bounds(z, x, steps, chains=2)
        assert lower.mean() < truth.mean() < upper.mean()
        gaps.append((upper - lower).mean())
    assert gaps[1] < 0.7 * gaps[0]
    assert gaps[2] < 0.7 * gaps[1]


def test_from_a_start_near_the_posterior_few_temperatures_do(model):
    z, x = model.draw(60)
    near = [model.tempered(row, 1.0) for row in x]
    mean = torch.stack([posterior.mean for posterior in near]) + 0.05
    spread = 1.3 * near[0].stddev

    def start(at):
        return (
            torch.distributions.Normal(mean, spread).log_prob(at).sum(1),
            (mean - at) / spread**2,
        )

    def ratio(at):
        both = differentiated(lambda z: model.log_prior(z) + model.log_likelihood(x, z))(at)
        return tuple(a - b for a, b in zip(both, start(at), strict=True))

    sampler = Annealing(start, ratio, 4, model.generator)
    betas, draws = annealing.schedule(8), lambda: mean + spread * model.normal(60, 2)
    steps = sampler.tune(draws(), betas, spread)
    up, _ = sampler.anneal(draws(), betas, steps)
    down, _ = sampler.anneal(z, betas[::-1], steps[::-1])
    truth = model.log_evidence(x)
    from_prior, _, _ = model.both_bounds(z, x, 8, chains=1)
    assert (up - truth).abs().mean() < 0.1 * (from_prior - truth).abs().mean()
    assert mean_is_one((up - truth).exp()) and mean_is_one((down + truth).exp())


def test_a_descent_that_starts_elsewhere_than_in_the_posterior_is_noticed(model):
    z, x = model.draw(60)
    lower, upper, _ = model.both_bounds(z.roll(1, 0), x, 10, chains=2)
    assert upper.mean() < lower.mean() - 1


def test_one_step_is_importance_sampling_from_the_prior(model):
    _, x = model.draw(3)
    z = model.normal(3, 2)
    weights, acceptance = model.annealing(x).anneal(z, annealing.schedule(1), [])
    torch.testing.assert_close(weights, model.log_likelihood(x, z))
    assert acceptance.tolist() == [1, 1, 1]


def test_a_likelihood_that_ignores_the_code_is_exact_at_once(model):
    sampler = Annealing(
        differentiated(model.log_prior),
        lambda z: (torch.full_like(z[:, 0], -7.5), torch.zeros_like(z)),
        3,
        model.generator,
    )
    weights, _ = sampler.anneal(model.normal(4, 2), annealing.schedule(5), [torch.ones(1)] * 4)
    assert weights.tolist() == pytest.approx([-7.5] * 4)


def test_transitions_leave_their_target_as_it_is(model):
    _, x = model.draw(1)
    target = model.tempered(x[0], 0.3)
    sampler = model.annealing(x.expand(3000, -1))
    step = torch.full((1,), 0.5, dtype=torch.float64)
    point = sampler.at(target.sample((3000,)))
    rates = []
    for _ in range(8):
        point, accept = sampler.transition(point, 0.3, step)
        rates.append(accept.mean())
    assert 0.2 < torch.stack(rates).mean() < 0.95, (
        "the steps must be so long that some are rejected"
    )
    standard = (point.z - target.mean) @ torch.linalg.cholesky(target.precision_matrix)
    assert standard.mean(0).abs().max() < 4 / math.sqrt(3000)
    covariance = standard.T @ standard / 3000
    assert (covariance - torch.eye(2)).abs().max() < 4 * math.sqrt(2 / 3000)


def test_trajectories_without_the_accept_step_do_not(model):
    """The control: the test above sees the error that acceptance corrects."""
    _, x = model.draw(1)
    target = model.tempered(x[0], 0.3)
    sampler = model.annealing(x.expand(3000, -1))
    point = sampler.at(target.sample((3000,)))
    for _ in range(8):
        point, _ = sampler.trajectory(point, model.normal(3000, 2), 0.3, torch.tensor(0.5))
    standard = (point.z - target.mean) @ torch.linalg.cholesky(target.precision_matrix)
    covariance = standard.T @ standard / 3000
    assert (covariance - torch.eye(2)).abs().max() > 4 * math.sqrt(2 / 3000)


def test_trajectories_run_backwards_when_the_momentum_is_reversed(model):
    _, x = model.draw(6)
    sampler = model.annealing(x, leapfrogs=7)
    start, momentum = sampler.at(model.normal(6, 2)), model.normal(6, 2)
    step = torch.tensor([0.1, 0.2], dtype=torch.float64)
    end, last = sampler.trajectory(start, momentum, 0.5, step)
    back, first = sampler.trajectory(end, -last, 0.5, step)
    assert (end.z - start.z).abs().min() > 1e-3
    torch.testing.assert_close(back.z, start.z)
    torch.testing.assert_close(first, -momentum)


def test_trajectories_keep_volume(model):
    x = model.draw(1)[1].expand(9, -1)
    sampler = model.annealing(x)
    shifts = torch.cat([torch.zeros(1, 4), torch.eye(4), -torch.eye(4)]).double() * 1e-5
    start = model.normal(1, 4) + shifts
    end = sampler.trajectory(sampler.at(start[:, :2]), start[:, 2:], 0.5, torch.tensor(0.3))
    after = torch.cat([end[0].z, end[1]], 1)
    jacobian = (after[1:5] - after[5:]) / 2e-5
    assert jacobian.det().item() == pytest.approx(1, abs=1e-5)
    assert (jacobian - torch.eye(4)).abs().max() > 0.1


def test_steps_are_tuned_to_the_wanted_acceptance(model):
    z, x = model.draw(40)
    _, _, acceptance = model.both_bounds(z, x, 80, chains=2)
    assert acceptance.item() == pytest.approx(annealing.TARGET, abs=0.12)


def test_a_trajectory_into_nowhere_is_rejected(model):
    def broken(z):
        return torch.where(z.norm(dim=1) < 1e-6, 0.0, torch.nan), torch.zeros_like(z)

    sampler = Annealing(differentiated(model.log_prior), broken, 2, model.generator)
    point, accept = sampler.transition(sampler.at(torch.zeros(3, 2)), 1.0, torch.tensor(0.5))
    assert accept.tolist() == [0, 0, 0]
    assert point.z.tolist() == [[0, 0]] * 3


def test_the_schedule_climbs_from_the_prior_to_the_posterior():
    betas = annealing.schedule(10)
    assert (betas[0], betas[-1], len(betas)) == (0, 1, 11)
    assert betas == sorted(betas)


def test_a_density_without_a_gradient_is_refused():
    with pytest.raises(SettingsError, match="gradient"):
        differentiated(lambda z: z.detach().sum(1))(torch.zeros(2, 2))
