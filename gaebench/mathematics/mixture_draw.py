"""A mixture of diagonal Gaussians: log density, gradient and a drawn component, in one pass."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gaebench.mathematics.gaussians import MixtureTerms
from gaebench.mathematics.logspace import FLOOR


class Drawn(NamedTuple):
    """What :func:`mixture_draw` gives, for each z.

    Attributes
    ----------
    log_density
        log sum_j w_j N(z; mu_j, diag sigma_j^2), in nats.
    gradient
        Of it, in z.
    component
        One j, drawn by its responsibility: its share of the sum.
    """

    log_density: Float[Tensor, " m"]
    gradient: Float[Tensor, "m d"]
    component: Int64[Tensor, " m"]


@torch.no_grad()
def mixture_draw(
    z: Float[Tensor, "m d"],
    mean: Float[Tensor, "n d"],
    log_variance: Float[Tensor, "n d"],
    log_weights: Float[Tensor, " n"],
    generator: torch.Generator,
    left_out: Int64[Tensor, " m"] | None = None,
) -> Drawn:
    """The log density of a mixture at each z, its gradient, and a component that explains z.

    The terms w_j N(z; mu_j, diag sigma_j^2) serve all three: their sum is the density, their
    product with the matrix of :class:`~gaebench.mathematics.gaussians.MixtureTerms` its gradient,
    and their running sum is what a component is drawn from.

    Parameters
    ----------
    z
        Where, m places.
    mean, log_variance
        Of the n components.
    log_weights
        log w_j, which need not sum to 1; -inf leaves a component out, which counts as one 80 nats
        below the largest.
    generator
        Of the draw.
    left_out
        A component for each z that does not count for it.

    Returns
    -------
    Drawn
        With a log density of -inf where every component is left out, and not a number where an
        input is not: the component is then an index like any other, and means nothing.
    """
    mixture = MixtureTerms(mean, log_variance)
    terms = mixture(z).add_(log_weights)
    if left_out is not None:
        terms.scatter_(1, left_out.unsqueeze(1), -math.inf)
    peak = terms.amax(1, keepdim=True)
    terms.sub_(peak.where(peak.isfinite(), 0.0)).clamp_min_(FLOOR).exp_()
    square, linear = (terms @ mixture.weights.T).chunk(2, dim=1)
    mass = terms.cumsum_(1)
    total = mass[:, -1:]
    level = total * (1 - torch.rand(len(z), 1, generator=generator, device=z.device))  # above 0
    return Drawn(
        (total.log() + peak).squeeze(1),
        (linear + 2 * (z - mixture.centre) * square) / total,
        torch.searchsorted(mass, level).squeeze(1).clamp_max(len(mean) - 1),
    )
