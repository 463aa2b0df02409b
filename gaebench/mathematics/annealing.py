"""Annealed importance sampling with Hamiltonian transitions, and its bidirectional bounds.

The annealed densities are f(z)^(1 - beta) g(z)^beta up to a factor: at beta = 0 f, a density that
can be drawn from, and at beta = 1 what is to be integrated, g(z) = p(z) p(x|z), which is the
posterior once it is normalised (Neal 2001; Wu et al. 2017, arXiv 1611.04273). A chain that climbs
from a draw of f has a weight whose mean is p(x); one that descends from a draw of the posterior has
a weight whose mean is 1/p(x) (bidirectional Monte Carlo: Grosse, Ghahramani & Adams 2015, arXiv
1511.02543). By Jensen's inequality the logs bound log p(x) from below and from above, in
expectation.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor

from gaebench.errors import SettingsError

Points = Float[Tensor, "m d"]
Values = Float[Tensor, " m"]
Step = Float[Tensor, "..."]
"""Of a leapfrog; broadcasts to the shape of the points."""

Density = Callable[[Points], tuple[Values, Points]]
"""z -> log density in nats, and its gradient."""

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
    log_start, log_ratio
        log f(z), and log g(z) - log f(z), in nats.
    """

    z: Points
    log_start: Values
    start_gradient: Points
    log_ratio: Values
    ratio_gradient: Points

    @classmethod
    def at(cls, z: Points, start: Density, ratio: Density) -> "Point":
        """Evaluate both densities."""
        return cls(z, *start(z), *ratio(z))

    def log_target(self, beta: float) -> Values:
        """log f(z)^(1 - beta) g(z)^beta."""
        return self.log_start + beta * self.log_ratio

    def gradient(self, beta: float) -> Points:
        """Its gradient in z."""
        return self.start_gradient + beta * self.ratio_gradient

    def replaced(self, where: Bool[Tensor, " m"], other: "Point") -> "Point":
        """The other point's rows where a mask holds."""
        pairs = [(getattr(other, f.name), getattr(self, f.name)) for f in fields(self)]
        return Point(*(torch.where(where.view(-1, *[1] * (a.ndim - 1)), a, b) for a, b in pairs))


@dataclass(frozen=True)
class Annealing:
    """The densities to anneal between, one row per chain, and the trajectories' length.

    Attributes
    ----------
    start, ratio
        log f(z), and log g(z) - log f(z); the rows of z belong to the chains, each with its own x.
    leapfrogs
        Steps per trajectory.
    generator
        Source of momenta and of the coins of acceptance.
    """

    start: Density
    ratio: Density
    leapfrogs: int
    generator: torch.Generator

    def at(self, z: Points) -> Point:
        """The chains' state at z."""
        return Point.at(z, self.start, self.ratio)

    def trajectory(
        self, point: Point, momentum: Points, beta: float, step: Step
    ) -> tuple[Point, Points]:
        """Leapfrog steps under the Hamiltonian -log f^(1 - beta) g^beta + |momentum|^2 / 2.

        With a step per dimension, it is the step under a diagonal mass matrix.
        """
        momentum = momentum + 0.5 * step * point.gradient(beta)
        for left in reversed(range(self.leapfrogs)):
            point = self.at(point.z + step * momentum)
            momentum = momentum + (step if left else 0.5 * step) * point.gradient(beta)
        return point, momentum

    def transition(self, point: Point, beta: float, step: Step) -> tuple[Point, Values]:
        """One Hamiltonian Monte Carlo transition that leaves f^(1 - beta) g^beta as it is.

        Gives the new state and the probability of acceptance. A trajectory that ends where the
        densities are not finite is rejected.
        """
        momentum = self._draw(torch.randn, point.z.shape, point.z)
        end, last = self.trajectory(point, momentum, beta, step)
        gain = end.log_target(beta) - point.log_target(beta)
        kinetic = 0.5 * (momentum.square().sum(1) - last.square().sum(1))
        accept = (gain + kinetic).clamp_max(0).exp().nan_to_num(0.0)
        coins = self._draw(torch.rand, accept.shape, accept)
        return point.replaced(coins < accept, end), accept

    def anneal(
        self, z: Points, betas: list[float], steps: list[Step]
    ) -> tuple[Float64[Tensor, " m"], Float64[Tensor, " m"]]:
        """Carry chains through the annealed densities (Neal 2001, eq. 11).

        Parameters
        ----------
        z
            Draws of the first density: of f to climb, of the posterior to descend.
        betas
            T + 1 inverse temperatures, from 0 to 1 to climb, from 1 to 0 to descend.
        steps
            A leapfrog step for each of the T - 1 inner temperatures.

        Returns
        -------
        log_weights : Tensor
            The mean weight is p(x) of a climb, 1/p(x) of a descent.
        acceptance : Tensor
            Mean over the transitions; 1 without any.
        """
        point = self.at(z)
        log_weights = (betas[1] - betas[0]) * point.log_ratio.double()
        rejected = torch.zeros_like(log_weights)
        for beta, after, step in zip(betas[1:-1], betas[2:], steps, strict=True):
            point, accept = self.transition(point, beta, step)
            log_weights += (after - beta) * point.log_ratio.double()
            rejected += 1 - accept
        return log_weights, 1 - rejected / max(len(steps), 1)

    def tune(self, z: Points, betas: list[float], scale: Float[Tensor, "*#m d"]) -> list[Points]:
        """Leapfrog steps for the inner temperatures, tuned on chains that are then thrown away.

        Steps that follow a chain's own acceptance, as in Wu et al., would bias its weight. These
        are fixed before the chains that count are drawn, whose weights keep their means.

        Parameters
        ----------
        z
            Draws of f.
        betas
            As for a climb.
        scale
            Of each dimension, and each chain, such as f's standard deviation.

        Returns
        -------
        list of Tensor
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


def differentiated(density: Callable[[Points], Values]) -> Density:
    """A log density with its gradient by automatic differentiation.

    Raises
    ------
    SettingsError
        On evaluation, if it does not depend on z in a way that can be differentiated.
    """

    @torch.enable_grad()
    def both(z: Points) -> tuple[Values, Points]:
        z = z.detach().requires_grad_()
        values = density(z)
        if not values.requires_grad:
            raise SettingsError("annealing needs log densities that have a gradient in z")
        (gradient,) = torch.autograd.grad(values.sum(), z)
        return values.detach(), gradient

    return both


def schedule(steps: int) -> list[float]:
    """T + 1 inverse temperatures beta_t = t/T, from 0 to 1."""
    return [t / steps for t in range(steps + 1)]
