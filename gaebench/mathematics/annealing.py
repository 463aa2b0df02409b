"""Annealed importance sampling with Hamiltonian transitions, and its bidirectional bounds.

The annealed densities are p(z) p(x|z)^beta up to a factor: the prior at beta = 0, the posterior at
beta = 1 (Neal 2001; Wu et al. 2017, arXiv 1611.04273). A chain that climbs from a draw of the prior
has a weight whose mean is p(x); one that descends from a draw of the posterior has a weight whose
mean is 1/p(x) (bidirectional Monte Carlo: Grosse, Ghahramani & Adams 2015, arXiv 1511.02543). By
Jensen's inequality the logs bound log p(x) from below and from above, in expectation.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from gaebench.errors import SettingsError
from gaebench.mathematics.logspace import log_mean_exp

Density = Callable[[Tensor], tuple[Tensor, Tensor]]
"""z of shape (m, d) -> log density in nats, shape (m,), and its gradient, shape (m, d)."""

TARGET = 0.65
"""Acceptance that step sizes are tuned to (Wu et al. 2017; Neal 2011, section 5.4.4)."""

GAIN = 0.1
"""How far a pilot's log step moves, per unit that its acceptance is off the target."""

FIRST = 0.3
"""The pilot's first step, in units of the given scale."""


@dataclass(frozen=True)
class Point:
    """Where the chains are, with all that does not depend on beta: nothing is computed twice.

    Attributes
    ----------
    z : Tensor, shape (m, d)
    log_prior, log_likelihood : Tensor, shape (m,)
        log p(z), log p(x|z), in nats.
    prior_gradient, likelihood_gradient : Tensor, shape (m, d)
    """

    z: Tensor
    log_prior: Tensor
    prior_gradient: Tensor
    log_likelihood: Tensor
    likelihood_gradient: Tensor

    @classmethod
    def at(cls, z: Tensor, prior: Density, likelihood: Density) -> "Point":
        """Evaluate both densities."""
        return cls(z, *prior(z), *likelihood(z))

    def log_target(self, beta: float) -> Tensor:
        """log p(z) p(x|z)^beta, shape (m,)."""
        return self.log_prior + beta * self.log_likelihood

    def gradient(self, beta: float) -> Tensor:
        """Its gradient in z, shape (m, d)."""
        return self.prior_gradient + beta * self.likelihood_gradient

    def replaced(self, where: Tensor, other: "Point") -> "Point":
        """The other point's rows where a mask, shape (m,), holds."""
        pairs = [(getattr(other, f.name), getattr(self, f.name)) for f in fields(self)]
        return Point(*(torch.where(where.view(-1, *[1] * (a.ndim - 1)), a, b) for a, b in pairs))


@dataclass(frozen=True)
class Annealing:
    """The densities to anneal between, one row per chain, and the trajectories' length.

    Attributes
    ----------
    prior, likelihood
        log p(z) and log p(x|z); the rows of z belong to the chains, each with its own x.
    leapfrogs
        Steps per trajectory.
    generator
        Source of momenta and of the coins of acceptance.
    """

    prior: Density
    likelihood: Density
    leapfrogs: int
    generator: torch.Generator

    def at(self, z: Tensor) -> Point:
        """The chains' state at z."""
        return Point.at(z, self.prior, self.likelihood)

    def trajectory(
        self, point: Point, momentum: Tensor, beta: float, step: Tensor
    ) -> tuple[Point, Tensor]:
        """Leapfrog steps under the Hamiltonian -log p(z) p(x|z)^beta + |momentum|^2 / 2.

        ``step`` broadcasts to the shape of z: with one value per dimension it is the step under a
        diagonal mass matrix.
        """
        momentum = momentum + 0.5 * step * point.gradient(beta)
        for left in reversed(range(self.leapfrogs)):
            point = self.at(point.z + step * momentum)
            momentum = momentum + (step if left else 0.5 * step) * point.gradient(beta)
        return point, momentum

    def transition(self, point: Point, beta: float, step: Tensor) -> tuple[Point, Tensor]:
        """One Hamiltonian Monte Carlo transition that leaves p(z) p(x|z)^beta as it is.

        Gives the new state and the probability of acceptance, shape (m,). A trajectory that ends
        where the densities are not finite is rejected.
        """
        momentum = self._draw(torch.randn, point.z.shape, point.z)
        end, last = self.trajectory(point, momentum, beta, step)
        gain = end.log_target(beta) - point.log_target(beta)
        kinetic = 0.5 * (momentum.square().sum(1) - last.square().sum(1))
        accept = (gain + kinetic).clamp_max(0).exp().nan_to_num(0.0)
        coins = self._draw(torch.rand, accept.shape, accept)
        return point.replaced(coins < accept, end), accept

    def anneal(self, z: Tensor, betas: list[float], steps: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Carry chains through the annealed densities (Neal 2001, eq. 11).

        Parameters
        ----------
        z : Tensor, shape (m, d)
            Draws of the first density: of the prior to climb, of the posterior to descend.
        betas
            T + 1 inverse temperatures, from 0 to 1 to climb, from 1 to 0 to descend.
        steps
            Leapfrog step for each of the T - 1 inner temperatures, broadcast to the shape of z.

        Returns
        -------
        log_weights : Tensor of float64, shape (m,)
            The mean weight is p(x) of a climb, 1/p(x) of a descent.
        acceptance : Tensor of float64, shape (m,)
            Mean over the transitions; 1 without any.
        """
        point = self.at(z)
        log_weights = (betas[1] - betas[0]) * point.log_likelihood.double()
        rejected = torch.zeros_like(log_weights)
        for beta, after, step in zip(betas[1:-1], betas[2:], steps, strict=True):
            point, accept = self.transition(point, beta, step)
            log_weights += (after - beta) * point.log_likelihood.double()
            rejected += 1 - accept
        return log_weights, 1 - rejected / max(len(steps), 1)

    def tune(self, z: Tensor, betas: list[float], scale: Tensor) -> list[Tensor]:
        """Leapfrog steps for the inner temperatures, tuned on chains that are then thrown away.

        Steps that follow a chain's own acceptance, as in Wu et al., would bias its weight. These
        are fixed before the chains that count are drawn, whose weights keep their means.

        Parameters
        ----------
        z : Tensor, shape (m, d)
            Draws of the prior.
        betas
            As for a climb.
        scale : Tensor, shape (d,)
            Scale of each dimension, such as the prior's standard deviation.

        Returns
        -------
        list of Tensor, shape (m, d)
            A step for each of the T - 1 inner temperatures.
        """
        point, steps = self.at(z), []
        log_step = torch.full_like(z[:, :1], FIRST).log()
        for beta in betas[1:-1]:
            steps.append(log_step.exp() * scale)
            point, accept = self.transition(point, beta, steps[-1])
            log_step = log_step + GAIN * (accept.unsqueeze(1) - TARGET)
        return steps

    def _draw(self, kind: Callable, shape: tuple, like: Tensor) -> Tensor:
        return kind(shape, generator=self.generator, device=like.device, dtype=like.dtype)


def differentiated(density: Callable[[Tensor], Tensor]) -> Density:
    """A log density with its gradient by automatic differentiation.

    Raises
    ------
    SettingsError
        On evaluation, if it does not depend on z in a way that can be differentiated.
    """

    @torch.enable_grad()
    def both(z: Tensor) -> tuple[Tensor, Tensor]:
        z = z.detach().requires_grad_()
        values = density(z)
        if not values.requires_grad:
            raise SettingsError("annealing needs log densities that have a gradient in z")
        (gradient,) = torch.autograd.grad(values.sum(), z)
        return values.detach(), gradient

    return both


def schedule(steps: int, power: float = 4.0) -> list[float]:
    """T + 1 inverse temperatures beta_t = (t/T)^power, from 0 to 1.

    Most lie near 0: there the codes are the prior's, and log p(x|z) differs between them by far
    more than between codes of the posterior.
    """
    return [(t / steps) ** power for t in range(steps + 1)]


def lower_bound(log_weights: Tensor) -> Tensor:
    """log of the mean weight of climbing chains, shape (chains, images) -> (images,), in nats."""
    return log_mean_exp(log_weights, 0)


def upper_bound(log_weights: Tensor) -> Tensor:
    """Minus the log of the mean weight of descending chains, (chains, images) -> (images,)."""
    return -log_mean_exp(log_weights, 0)
