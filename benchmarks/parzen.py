"""Parzen windows: all bandwidths of the grid for all test images, against one matrix product."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from benchmarks import inputs
from benchmarks.measurement import Benchmark, Measurement, Peers, count
from benchmarks.peers import extrapolated
from benchmarks.products import best_blocks, blocked, described
from benchmarks.timing import alternate, seconds
from gaebench.metrics import parzen
from gaebench.seeding import stream

CENTRES = 10_000
GRID = np.geomspace(0.1, 0.4, 20).tolist()
FEW, MANY = 10, 60
"""Test images that peers score, with one bandwidth; the whole job is extrapolated."""


def measure(share: float) -> Measurement:
    """10,000 test images, 10,000 generated centres, 784 pixels, 20 bandwidths."""
    images = inputs.images("mnist", "test", share)
    centres = generated(count(CENTRES, share), share)
    block = best_blocks(images, centres.T)
    pairs = alternate(
        lambda: parzen.log_densities(images, centres, GRID),
        lambda: blocked(images, centres.T, *block),
        rounds=5,
    )
    rate = 2 * images.numel() * len(centres) / pairs.median[1] / 1e9
    plain = seconds(lambda: torch.mm(images, centres.T))
    note = (
        f"product in {described(block, len(centres))} at {rate:.0f} GFLOP/s; "
        f"one plain torch.mm takes {plain:.2f} s"
    )
    return Measurement.of(pairs, peers(images, centres), note)


def generated(n: int, share: float) -> Tensor:
    """n pixel means of a GAE, shape (n, 784)."""
    return inputs.trained("gae", "mnist", share).sample(n, stream(0, "sample"))


def peers(images: Tensor, centres: Tensor) -> Peers:
    """Seconds of the whole job, from few images and one bandwidth."""
    s, few, many = GRID[len(GRID) // 2], *(min(n, len(images) // 2) for n in (FEW, MANY))
    found = {}
    for name, densities in PEERS.items():
        seconds_of_one = extrapolated(
            lambda n, run=densities: run(images[:n], centres, s), few, many, len(images)
        )
        failed = isinstance(seconds_of_one, str)
        found[name] = seconds_of_one if failed else len(GRID) * seconds_of_one
    return found


def broadcasting(images: Tensor, centres: Tensor, s: float, batch: int = 10) -> Tensor:
    """The GAN paper's algorithm: scaled differences of all pairs, one bandwidth, shape (m,)."""
    return torch.cat(list(_broadcasting(images.split(batch), centres, s)))


def _broadcasting(batches: tuple[Tensor, ...], centres: Tensor, s: float) -> Iterator[Tensor]:
    norm = centres.shape[1] * np.log(s * np.sqrt(2 * np.pi)) + np.log(len(centres))
    for batch in batches:
        scaled = (batch[:, None] - centres[None]) / s
        yield torch.logsumexp(-0.5 * scaled.square().sum(2), 1) - norm


def scikit_learn(images: Tensor, centres: Tensor, s: float) -> np.ndarray:
    """KernelDensity with a single leaf: with more it loses digits in so many dimensions."""
    from sklearn.neighbors import KernelDensity

    density = KernelDensity(bandwidth=s, leaf_size=len(centres)).fit(centres.numpy())
    return density.score_samples(images.numpy())


def scipy(images: Tensor, centres: Tensor, s: float) -> np.ndarray:
    """gaussian_kde, whose kernel has the shape of the centres' covariance."""
    from scipy.stats import gaussian_kde

    return gaussian_kde(centres.double().numpy().T, bw_method=s).logpdf(images.double().numpy().T)


PEERS = {"torch, broadcasting": broadcasting, "scikit-learn": scikit_learn, "scipy": scipy}
TIMED = f"one bandwidth, extrapolated from {FEW} and {MANY} images"

BENCHMARK = Benchmark(
    what="Parzen log-densities of 10,000 test images from 10,000 centres of 784 pixels under 20 "
    "bandwidths, against one float32 product 10,000 x 784 x 10,000",
    goal=2.0,
    run=measure,
    peers={
        "torch, broadcasting": "the GAN paper's algorithm, written anew: scaled differences of all "
        f"pairs, one bandwidth at a time; {TIMED}",
        "scikit-learn": f"`KernelDensity` with one leaf; {TIMED}",
        "scipy": "`gaussian_kde`, with another kernel (it has the shape of the centres' "
        f"covariance); {TIMED}",
    },
)
