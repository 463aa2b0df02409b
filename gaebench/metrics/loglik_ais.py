"""Annealed importance sampling of the log-likelihood, with bounds on images that the model makes.

The protocol of Wu, Burda, Salakhutdinov & Grosse 2017 (arXiv 1611.04273): Hamiltonian transitions
from the encoder's Gaussian to the posterior, and bidirectional Monte Carlo on simulated images,
whose log-likelihood lies between two bounds. Beside it stands importance sampling of the same test
images with the encoder as proposal (Burda, Grosse & Salakhutdinov 2016), a bound made otherwise.

Version 1 climbed from the prior: under a mixture of 50,000 narrow components its chains were 9 to
20 nats short. The encoder's Gaussian lies near the posterior, and its density is known.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from gaebench import runs
from gaebench.data import Dataset
from gaebench.errors import SettingsError, require
from gaebench.estimate import Estimate, check_possible, mean_and_sem, warn_of_few
from gaebench.mathematics import annealing, gaussians
from gaebench.mathematics.importance import ExemplarPrior, effective_draws, log_weights
from gaebench.mathematics.logspace import log_mean_exp
from gaebench.mathematics.mixture_score import MixtureScore
from gaebench.mathematics.subset import evenly_spaced
from gaebench.model import Model, check_densities

NEEDS = "model"
BINARY = True
ASKS = ("proposal", "log_prior", "log_likelihood")
VERSION = 2
LABEL = "AIS"
UNIT = "nats"
BETTER = "higher"
DECIMALS = 2
DETAILS = {
    "importance": {"label": "importance sampling"},
    "difference": {"label": "difference", "better": ""},
    "bdmc_lower": {"label": "simulated, lower bound", "better": ""},
    "bdmc_upper": {"label": "simulated, upper bound", "better": ""},
    "bdmc_gap": {"label": "gap", "better": ""},
}


class Bounds(NamedTuple):
    """Stochastic bounds on log p(x) in nats, and how often transitions were accepted.

    Attributes
    ----------
    lower : Tensor of float64, shape (m,)
        Of all images.
    upper : Tensor of float64, shape (n,)
        Of the images whose codes are known.
    acceptance : float
    """

    lower: Tensor
    upper: Tensor
    acceptance: float


def evaluate(
    source: Model,
    data: Dataset,
    generator: torch.Generator,
    *,
    images: int = 32,
    chains: int = 3,
    steps: int = 100,
    leapfrogs: int = 5,
    draws: int = 5000,
) -> Estimate:
    """Mean lower bound on the log-likelihood of some test images, in nats.

    Parameters
    ----------
    source
        A model with ``draw_prior``, ``log_prior``, ``log_likelihood``, ``logits`` and ``proposal``.
    data
        Binary images.
    images
        The number of test images, evenly spaced, and as many simulated ones.
    chains
        Per image and direction.
    steps
        T, the number of temperatures after the encoder's.
    leapfrogs
        Leapfrog steps per transition.
    draws
        S of importance sampling.

    Returns
    -------
    Estimate
        The standard error is over test images. Details: ``per_image`` and ``importance_per_image``
        of the test images at ``indices``; means with standard errors of ``importance``, of
        ``difference`` (the bound less importance sampling), and of the simulated images'
        ``bdmc_lower``, ``bdmc_upper`` and ``bdmc_gap``; ``acceptance``.

    Raises
    ------
    SettingsError
        If the images are not binary or fewer than two, or the model lacks one of the methods.
    Failed
        If an estimate is more than bits can have.
    """
    require(chains >= 1, "chains", chains, "at least 1")
    require(steps >= 2, "steps", steps, "at least 2")
    require(leapfrogs >= 1, "leapfrogs", leapfrogs, "at least 1")
    require(draws >= 1, "draws", draws, "at least 1")
    require(images >= 2, "images", images, "at least 2")
    settings = {"chains": chains, "steps": steps, "leapfrogs": leapfrogs}
    places = evenly_spaced(len(data.test), images)
    test = torch.from_numpy(data.images("test")[places]).to(source.device)
    if not data.binary:
        raise SettingsError("loglik_ais needs a binary data set, such as bimnist")
    check_densities(source, test[:2])
    codes = source.draw_prior(len(test), generator)
    made = simulated(source, codes, generator)
    found = bounds(source, torch.cat([test, made]), codes, generator, **settings)
    values, lower = found.lower.split(len(test))
    importance = importance_sampled(source, test, generator, draws)
    for name, found_values in (("loglik_ais", values), ("its importance sampling", importance)):
        check_possible(name, mean_and_sem(found_values.cpu().numpy()), data.binary)
    return mean_and_sem(
        values.cpu().numpy(),
        indices=places.tolist(),
        per_image=values.tolist(),
        importance_per_image=importance.tolist(),
        importance=_mean(importance),
        difference=_mean(values - importance),
        bdmc_lower=_mean(lower),
        bdmc_upper=_mean(found.upper),
        bdmc_gap=_mean(found.upper - lower),
        acceptance=found.acceptance,
    )


@torch.no_grad()
def bounds(
    model: Model,
    images: Tensor,
    codes: Tensor,
    generator: torch.Generator,
    *,
    chains: int,
    steps: int,
    leapfrogs: int,
) -> Bounds:
    """Climb to all images from the encoder, and descend from those whose codes are known.

    A code and the image made from it are a draw of the joint density, so the code is an exact draw
    of its image's posterior, as a descent must start from. All descents of an image start from it,
    so more chains make their upper bound less noisy only in part; more images do.

    Parameters
    ----------
    images : Tensor, shape (m, pixels)
        The last n of them were made from ``codes``.
    codes : Tensor, shape (n, latent)
    chains, steps, leapfrogs
        See :func:`evaluate`.
    """
    first, betas = len(images) - len(codes), annealing.schedule(steps)
    start = model.proposal(images)

    def annealed(rows: slice, times: int) -> tuple[annealing.Annealing, Tensor]:
        x, mean, log_variance = (part[rows].repeat(times, 1) for part in (images, *start))
        return _annealing(model, x, mean, log_variance, leapfrogs, generator)

    every, made = slice(None), slice(first, None)
    sampler, drawn = annealed(every, 1)
    tuned = sampler.tune(drawn, betas, torch.exp(0.5 * start[1]))
    sampler, drawn = annealed(every, chains)
    climbs, up = sampler.anneal(drawn, betas, [step.repeat(chains, 1) for step in tuned])
    sampler, _ = annealed(made, chains)
    descents, down = sampler.anneal(
        codes.repeat(chains, 1),
        betas[::-1],
        [step[made].repeat(chains, 1) for step in reversed(tuned)],
    )
    return Bounds(
        log_mean_exp(climbs.view(chains, -1), 0),
        -log_mean_exp(descents.view(chains, -1), 0),
        torch.cat([up, down]).mean().item(),
    )


def _annealing(
    model: Model,
    x: Tensor,
    mean: Tensor,
    log_variance: Tensor,
    leapfrogs: int,
    generator: torch.Generator,
) -> tuple[annealing.Annealing, Tensor]:
    """From a Gaussian for each image to its posterior, and a draw of each Gaussian."""
    likelihood = annealing.differentiated(lambda z: model.log_likelihood(x, z))
    prior = prior_of(model)

    def start(z: Tensor) -> tuple[Tensor, Tensor]:
        gradient = (mean - z) * torch.exp(-log_variance)
        return gaussians.log_density(z, mean, log_variance), gradient

    def ratio(z: Tensor) -> tuple[Tensor, Tensor]:
        parts = likelihood(z), prior(z), start(z)
        values, gradients = zip(*parts, strict=True)
        return tuple(a + b - c for a, b, c in (values, gradients))

    drawn = gaussians.draw(mean, log_variance, generator)
    return annealing.Annealing(start, ratio, leapfrogs, generator), drawn


def prior_of(model: Model) -> annealing.Density:
    """log p(z) with its gradient; exact where the prior is a mixture of ``exemplars``, too."""
    if isinstance(model, ExemplarPrior):
        return MixtureScore(*model.exemplars())
    return annealing.differentiated(model.log_prior)


@torch.no_grad()
def simulated(model: Model, codes: Tensor, generator: torch.Generator) -> Tensor:
    """Binary images x ~ P(x|z), shape (n, pixels)."""
    means = model.logits(codes).sigmoid()
    runs.check_images(means, "the images that the model makes")
    return torch.bernoulli(means, generator=generator)


def importance_sampled(
    model: Model, images: Tensor, generator: torch.Generator, draws: int
) -> Tensor:
    """log (1/S) sum_s P(x|z_s) P(z_s) / q(z_s|x), z_s ~ q(z|x), in nats, shape (m,), float64."""
    weights = torch.cat([log_weights(model, x, draws, generator)[0] for x in images.split(1)])
    warn_of_few("importance sampling", effective_draws(weights).mean().item(), draws)
    return log_mean_exp(weights, 1)


def _mean(values: Tensor) -> dict[str, float]:
    estimate = mean_and_sem(values.cpu().numpy())
    return {"value": estimate.value, "sem": estimate.sem}
