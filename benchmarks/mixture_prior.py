"""The exact mixture prior of a GAE over all training encodings, against its matrix product."""

import torch
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from benchmarks import inputs
from benchmarks.measurement import Benchmark, Measurement, Peers
from benchmarks.peers import timed
from benchmarks.products import best_blocks, blocked, described
from benchmarks.timing import alternate
from gaebench.mathematics import gaussians
from gaebench.seeding import stream

LATENT = 40
SUBSET = 50
"""Codes that the peer scores."""


def measure(share: float) -> Measurement:
    """10,000 codes of test images over 50,000 components in 40 dimensions."""
    z, mean, log_variance = encodings(share)
    features, weights = torch.rand(len(z), 2 * LATENT), torch.rand(2 * LATENT, len(mean))
    block = best_blocks(features, weights)
    pairs = alternate(
        lambda: gaussians.log_mixture(z, mean, log_variance),
        lambda: blocked(features, weights, *block),
        rounds=5,
    )
    rate = 2 * features.numel() * len(mean) / pairs.median[1] / 1e9
    note = f"product in {described(block, len(mean))} at {rate:.0f} GFLOP/s"
    return Measurement.of(pairs, peers(z, mean, log_variance), note)


def encodings(share: float) -> tuple[Tensor, Tensor, Tensor]:
    """Codes of test images, and mean and log variance of all training images' codes."""
    model = inputs.trained("gae", "bimnist", share, latent=LATENT)
    with torch.no_grad():
        z = model.draw_posterior(inputs.images("bimnist", "test", share), stream(0, "codes"))
    return z, *model.exemplars()


def peers(z: Tensor, mean: Tensor, log_variance: Tensor) -> Peers:
    """Seconds of the whole job, from a subset of the codes."""
    subset = z[:SUBSET]
    factor = len(z) / len(subset)
    run = timed(lambda: torch_distributions(subset, mean, log_variance), factor)
    return {"torch.distributions": run}


def torch_distributions(z: Tensor, mean: Tensor, log_variance: Tensor, batch: int = 10) -> Tensor:
    """MixtureSameFamily of diagonal Gaussians with equal weights, shape (m,)."""
    components = Independent(Normal(mean, torch.exp(0.5 * log_variance)), 1)
    mixture = MixtureSameFamily(Categorical(logits=torch.zeros(len(mean))), components)
    return torch.cat([mixture.log_prob(rows) for rows in z.split(batch)])


BENCHMARK = Benchmark(
    what="Exact mixture prior of 10,000 codes over 50,000 components in 40 dimensions, against its "
    "float32 product 10,000 x 80 x 50,000",
    goal=2.5,
    run=measure,
    peers={
        "torch.distributions": "`MixtureSameFamily` of `Independent(Normal)`, which broadcasts all "
        f"pairs; {SUBSET} codes",
    },
)
