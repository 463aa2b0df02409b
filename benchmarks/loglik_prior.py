"""The S-sample log-likelihood, against the products of its decoder and its likelihood."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.distributions import Bernoulli

from benchmarks import inputs
from benchmarks.measurement import Benchmark, Measurement, Peers, count
from benchmarks.peers import timed
from benchmarks.products import PROBE, best_blocks, blocked, described
from benchmarks.timing import alternate
from gaebench.metrics import loglik_prior
from gaebench.model import Model
from gaebench.seeding import stream

S = 1_000_000
SLICE = 10_000
"""Draws that are timed; the time of S draws is in proportion."""
PAIRS = (100, 100)
"""Draws and images that are broadcast against each other."""


def measure(share: float) -> Measurement:
    """A million draws of a GAE with 2 x 500 units and 10 latent dimensions, 10,000 test images."""
    model = inputs.trained("gae", "bimnist", share)
    images, draws = inputs.images("bimnist", "test", share), count(SLICE, share)
    z = model.draw_prior(draws, stream(0, "draws"))
    block = best_blocks(torch.rand(PROBE, images.shape[1]), images.T)
    pairs = alternate(
        lambda: loglik_prior.log_likelihoods(model, images, stream(0, "draws"), draws),
        lambda: products(model, images, z, block),
        rounds=3,
    )
    lit = int(images.any(0).sum())
    note = (
        f"timed on {draws:,} draws; products in "
        f"{described(block, len(images))}; {lit} of the "
        f"{images.shape[1]} pixels, all of which the limit multiplies, are on in any test image"
    )
    factor = count(S, share) / draws
    return Measurement.of(pairs, peers(model, images, draws, factor), note, factor)


@torch.no_grad()
def products(model: Model, images: Tensor, z: Tensor, block: tuple[int, int]) -> None:
    """The decoder's matrix products and that of logits and images, and nothing else."""
    weights = [layer.weight for layer in model.decoder.net if isinstance(layer, nn.Linear)]
    draws, columns = min(block[0], len(z)), block[1]
    buffers = [torch.empty(draws, len(weight)) for weight in weights]
    for rows in z.split(draws):
        values = rows
        for weight, buffer in zip(weights, buffers, strict=True):
            values = torch.mm(values, weight.T, out=buffer[: len(rows)])
        blocked(values, images.T, draws, columns)


def peers(model: Model, images: Tensor, draws: int, factor: float) -> Peers:
    """Seconds of the whole job."""
    few, subset = PAIRS[0], images[: PAIRS[1]]
    pairs = draws * len(images) / (few * len(subset))
    return {
        "torch.distributions": timed(lambda: broadcasting(model, subset, few), pairs * factor),
        "plain loop": timed(lambda: plain_loop(model, images, draws), factor),
    }


@torch.no_grad()
def broadcasting(model: Model, images: Tensor, draws: int) -> Tensor:
    """Bernoulli log-probabilities of all pixels of all pairs, shape (m,)."""
    logits = model.logits(model.draw_prior(draws, stream(0, "draws")))
    terms = Bernoulli(logits=logits[:, None]).log_prob(images[None]).sum(-1)
    return torch.logsumexp(terms, 0) - math.log(draws)


@torch.no_grad()
def plain_loop(model: Model, images: Tensor, draws: int, chunk: int = 1000) -> Tensor:
    """One product per chunk of draws, and logsumexp over all of them at the end, shape (m,)."""
    terms = []
    for rows in model.draw_prior(draws, stream(0, "draws")).split(chunk):
        logits = model.logits(rows)
        terms.append(images @ logits.T - F.softplus(logits).sum(1))
    return torch.logsumexp(torch.cat(terms, 1), 1) - math.log(draws)


BENCHMARK = Benchmark(
    what="S-sample log-likelihood, S = 10^6, of 10,000 test images under a GAE with 2 x 500 units, "
    f"timed on {SLICE:,} draws and scaled, against the decoder's products and that of 784 pixels",
    goal=1.5,
    run=measure,
    peers={
        "torch.distributions": "`Bernoulli.log_prob` of all pixels of all pairs; "
        f"{PAIRS[0]} draws, {PAIRS[1]} images",
        "plain loop": "a product per 1000 draws, their results kept, one `logsumexp` at the end "
        f"(of 40 GB at S = 10^6, so it would not fit); {SLICE:,} draws",
    },
)
