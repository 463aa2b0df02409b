"""A mixture of diagonal Gaussians: its log density and the gradient of it, in one pass."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from gaebench.mathematics.gaussians import MixtureTerms
from gaebench.mathematics.logspace import FLOOR


class MixtureScore:
    """log p(z) and its gradient for p(z) = (1/n) sum_j N(z; mu_j, diag sigma_j^2), exact.

    With r_j the components' responsibilities, the gradient is sum_j r_j (mu_j - z) / sigma_j^2.
    :class:`~gaebench.mathematics.gaussians.MixtureTerms` writes the log densities as a product of
    ``[z^2, z]`` with a matrix; the gradient is the product of r with the same matrix, by the chain
    rule. The sums run over blocks of components that stay in a CPU's cache, relative to the largest
    term so far, so that each block is made once.

    Parameters
    ----------
    width
        Components at a time; bounds the memory, not the result.
    """

    def __init__(
        self,
        mean: Float[Tensor, "n d"],
        log_variance: Float[Tensor, "n d"],
        width: int = 2000,
    ) -> None:
        terms = MixtureTerms(mean, log_variance)
        self.centre = terms.centre
        self.log_count = math.log(len(mean))
        parts = terms.weights.split(width, dim=1), terms.offset.split(width)
        self.blocks = [
            (weights.contiguous(), offset) for weights, offset in zip(*parts, strict=True)
        ]

    @torch.no_grad()
    def __call__(self, z: Float[Tensor, "m d"]) -> tuple[Float[Tensor, " m"], Float[Tensor, "m d"]]:
        """Log density in nats, and its gradient, at each z."""
        z = z - self.centre
        features = torch.cat([z.square(), z], dim=1)
        peak = z.new_full((len(z), 1), -math.inf)
        total = torch.zeros_like(peak)
        weighted = torch.zeros_like(features)  # sum_j r_j of the matrix's columns, unnormalised
        for weights, offset in self.blocks:
            terms = torch.addmm(offset, features, weights)
            before, peak = peak, torch.maximum(peak, terms.amax(1, keepdim=True))
            terms.sub_(peak).clamp_min_(FLOOR).exp_()
            shrink = (before - peak).exp_()
            total.mul_(shrink).add_(terms.sum(1, keepdim=True))
            weighted.mul_(shrink).addmm_(terms, weights.T)
        square, linear = (weighted / total).chunk(2, dim=1)
        log_density = (peak + total.log()).squeeze(1) - self.log_count
        return log_density, linear + 2 * z * square
