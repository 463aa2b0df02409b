"""A mixture of many Gaussians at points that lie together, as the codes of one image do.

Most of a GAE's 50,000 components are too far from one image's codes to matter. A bound that is
made once for all of these codes finds them, and they are left out.
"""

import math

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from gaebench.mathematics.gaussians import LOG_2PI
from gaebench.mathematics.logspace import StreamingLogMeanExp

OMITTED = 1e-6
"""Bound on what all components left out could add to a log density, in nats."""

BLOCK = 512
"""Components per matrix product."""

TINY = 1e-3


@torch.no_grad()
def log_mixture_near(
    z: Float[Tensor, "m d"],
    mean: Float[Tensor, "n d"],
    log_variance: Float[Tensor, "n d"],
    chunk: int = 500,
) -> Float64[Tensor, " m"]:
    """log (1/n) sum_j N(z_i; mu_j, diag sigma_j^2) in nats, fast where the z_i lie together.

    It agrees with :func:`~gaebench.mathematics.gaussians.log_mixture` up to ``OMITTED`` and
    rounding for any z, but is faster only where most components are far from all of them. It has
    no gradients.

    Parameters
    ----------
    chunk
        Points per matrix product; bounds the memory, not the result.
    """
    near = _Neighbourhood(z, mean, log_variance)
    radii = near.points.norm(dim=1)
    bound = near.bound(radii.median())
    order = bound.at(radii.median()).argsort(descending=True)
    result = torch.empty(len(z), dtype=torch.float64, device=z.device)
    for rows in radii.argsort().split(chunk):
        reach = bound.at(radii[rows].max())[order]
        result[rows] = near.log_sums(rows, order, reach)
    return result - math.log(len(mean))


class _Bound:
    """b_j(r) = constant_j + slope_j r^2, which log N_j(z) - rho(z) never exceeds for |e| <= r."""

    def __init__(self, constant: Tensor, slope: Tensor) -> None:
        self.constant, self.slope = constant, slope

    def at(self, radius: Tensor) -> Tensor:
        return self.constant + self.slope * radius.square()


class _Neighbourhood:
    """The components in units of the points' own centre c and spread s: e = (z - c) / s.

    There log N_j(z) = a_j - g_j . e - 1/2 p_j . e^2, with p_j = s^2 / sigma_j^2. It is compared
    with rho(z) = -1/2 |e|^2:

        log N_j(z) - rho(z) = a_j - g_j . e - 1/2 (p_j - 1) . e^2.

    By weak duality this is at most a_j + 1/2 sum_d g_jd^2 / (p_jd - 1 + l) + 1/2 l r^2 for
    |e| <= r, whatever the multiplier l >= 0 with l > 1 - p_jd for all d.
    """

    def __init__(self, z: Tensor, mean: Tensor, log_variance: Tensor) -> None:
        centre = z.mean(0)
        least = TINY * torch.exp(0.5 * log_variance).mean(0)
        scale = torch.maximum(z.std(0, correction=0), least)
        offset = (centre - mean) / scale
        self.points = (z - centre) / scale
        self.precision = torch.exp(-log_variance) * scale.square()
        self.gradient = self.precision * offset
        self.height = -0.5 * (self.gradient * offset + log_variance + LOG_2PI).sum(1)
        self.features = torch.cat([self.points.square(), self.points], dim=1)
        self.weights = torch.cat([-0.5 * self.precision, -self.gradient], dim=1)

    def bound(self, radius: Tensor) -> _Bound:
        """The bound whose multipliers are about the best for one radius."""
        radius = radius.clamp_min(TINY)
        curvature = self.precision - 1
        least = (-curvature.amin(1)).clamp_min(0)
        beyond = self.gradient.norm(dim=1) / radius + TINY
        # The best multiplier puts the maximum on the sphere: one step towards it.
        peak = self.gradient / (curvature + (least + beyond).unsqueeze(1))
        multiplier = least + (beyond * peak.norm(dim=1) / radius).clamp_min(TINY)
        height = self.gradient.square() / (curvature + multiplier.unsqueeze(1))
        return _Bound(self.height + 0.5 * height.sum(1), 0.5 * multiplier)

    def log_sums(self, rows: Tensor, order: Tensor, reach: Tensor) -> Tensor:
        """log sum_j N_j(z_i) of some of the points, float64.

        ``reach`` bounds log N_j - rho on them, in the order in which the components are taken.
        What is left out has less than ``OMITTED / n`` of each sum: by the bound, or as computed.
        """
        features, rho = self.features[rows], -0.5 * self.points[rows].square().sum(1)
        share = math.log(OMITTED / len(order))
        total = StreamingLogMeanExp(len(rows), features.device)
        total.add(self._terms(features, order[:BLOCK]))
        floor = (_log_sum(total) - rho).min() + share
        (wanted,) = torch.where(reach >= floor)
        stop = int(wanted[-1]) + 1 if len(wanted) else 0
        for start in range(BLOCK, stop, BLOCK):
            terms = self._terms(features, order[start : start + BLOCK])
            if (terms.amax(1) > total.peak + share).any():
                total.add(terms)
        return _log_sum(total)

    def _terms(self, features: Tensor, components: Tensor) -> Tensor:
        return torch.addmm(self.height[components], features, self.weights[components].T)


def _log_sum(total: StreamingLogMeanExp) -> Tensor:
    return total.result() + math.log(total.count)
