"""Importance weights of codes that a model's encoder proposes."""

import math
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from gaebench.mathematics import gaussians
from gaebench.mathematics.mixture import log_mixture_near


@runtime_checkable
class Proposing(Protocol):
    """What is asked of a model: codes that it proposes for images, and log densities in nats."""

    def proposal(
        self, x: Float[Tensor, "b pixels"]
    ) -> tuple[Float[Tensor, "b latent"], Float[Tensor, "b latent"]]:
        """Mean and log variance of a Gaussian that proposes z given x."""

    def log_prior(self, z: Float[Tensor, "m latent"]) -> Float[Tensor, " m"]:
        """log P(z)."""

    def log_likelihood(
        self, x: Float[Tensor, "*#batch pixels"], z: Float[Tensor, "*batch latent"]
    ) -> Float[Tensor, "*batch"]:
        """log P(x|z)."""


@runtime_checkable
class ExemplarPrior(Protocol):
    """One whose prior is the equal mixture of one Gaussian per training image."""

    def exemplars(self) -> tuple[Float[Tensor, "n latent"], Float[Tensor, "n latent"]]:
        """Mean and log variance of each component."""


@torch.no_grad()
def log_weights(
    model: Proposing,
    x: Float[Tensor, "b pixels"],
    draws: int,
    generator: torch.Generator,
    own: Int64[Tensor, " b"] | None = None,
    chunk: int = 1000,
) -> Float64[Tensor, "priors b {draws}"]:
    """log P(x|z_s) + log P(z_s) - log q(z_s|x), z_s ~ q(z|x), the model's proposal, in nats.

    Parameters
    ----------
    x
        Memory grows with the square of b where ``own`` is given.
    draws
        Codes for each image.
    own
        The places of ``x`` among the training images, if they are some: then the weights come also
        with each image's own component left out of a mixture prior.
    chunk
        Codes that are decoded at a time; bounds the memory, not the result.

    Returns
    -------
    Tensor
        Under the model's prior and, where it applies, the one without the own component.
    """
    mean, log_variance = (part.unsqueeze(1) for part in model.proposal(x))
    shape = (len(x), draws, mean.shape[-1])
    z = gaussians.draw(mean.expand(shape), log_variance.expand(shape), generator)
    rest = _log_likelihood(model, x, z, chunk) - gaussians.log_density(z, mean, log_variance)
    return rest.double() + _log_priors(model, z, own)


def _log_likelihood(model: Proposing, x: Tensor, z: Tensor, chunk: int) -> Tensor:
    """log P(x_i|z_is), shape (b, S)."""
    step = max(1, chunk // z.shape[1])
    rows = [
        [model.log_likelihood(images.unsqueeze(1), part) for part in codes.split(chunk, dim=1)]
        for images, codes in zip(x.split(step), z.split(step), strict=True)
    ]
    return torch.cat([torch.cat(parts, dim=1) for parts in rows])


def _log_priors(model: Proposing, z: Tensor, own: Tensor | None) -> Tensor:
    """log P(z_is) under one or two priors, shape (priors, b, S)."""
    if not isinstance(model, ExemplarPrior):
        return model.log_prior(z.flatten(0, 1)).view(1, *z.shape[:2])
    if own is None:
        return _log_mixture(z, *model.exemplars()).unsqueeze(0)
    return torch.stack(_with_and_without(z, *model.exemplars(), own))


def _log_mixture(z: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """The log density, shape (b, S): the codes of one image lie together, those of several not."""
    if not len(mean):
        return torch.full(z.shape[:2], -math.inf, dtype=torch.float64, device=z.device)
    density = log_mixture_near if len(z) == 1 else gaussians.log_mixture
    return density(z.flatten(0, 1), mean, log_variance).view(z.shape[:2]).double()


def _with_and_without(
    z: Tensor, mean: Tensor, log_variance: Tensor, own: Tensor
) -> tuple[Tensor, Tensor]:
    """The log mixture density with and without each image's own component, each (b, S).

    Nothing is subtracted, since the own component may be nearly all of the sum: the components of
    the other images of ``z`` are added to those of all further images.
    """
    n, b = len(mean), len(own)
    further = torch.ones(n, dtype=torch.bool, device=z.device).index_fill(0, own, False)
    pairs = gaussians.log_density(z.unsqueeze(2), mean[own], log_variance[own]).double()
    itself = torch.eye(b, dtype=torch.bool, device=z.device).unsqueeze(1)
    without = torch.logaddexp(
        _log_mixture(z, mean[further], log_variance[further]) + math.log(max(n - b, 1)),
        pairs.masked_fill(itself, -math.inf).logsumexp(2),
    )
    whole = torch.logaddexp(without, pairs.masked_fill(~itself, -math.inf).logsumexp(2))
    return whole - math.log(n), without - math.log(n - 1)


def effective_draws(log_weights: Float[Tensor, "*batch S"]) -> Float[Tensor, "*batch"]:
    """Kish's effective sample size (sum w)^2 / sum w^2, from 1 to S."""
    log_sum, log_squares = log_weights.logsumexp(-1), (2 * log_weights).logsumexp(-1)
    return (2 * log_sum - log_squares).exp()
