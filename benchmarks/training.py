"""An epoch of training, against the matrix products of its forward and backward passes."""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from benchmarks import inputs, loops
from benchmarks.measurement import Benchmark, Measurement, Peers
from benchmarks.peers import timed
from benchmarks.timing import alternate, seconds
from gaebench.model import Model

SQUARE = 2048
"""Side of the large square product whose rate is reported beside that of the network's own."""


def measure(family: str, share: float) -> Measurement:
    """One epoch of a model with 2 x 500 units and 10 latent dimensions on 50,000 images."""
    rows = inputs.images("bimnist", "train", share)
    model = inputs.untrained(family, "bimnist", rows)
    steps = len(rows) // inputs.BATCH
    run = products(layer_sizes(model), inputs.BATCH)
    pairs = alternate(lambda: inputs.train(model, rows), lambda: run(steps), rounds=3)
    note = _rates(model, steps, pairs.median[1])
    return Measurement.of(pairs, peers(family, share), note)


def layer_sizes(model: Model) -> list[tuple[int, int]]:
    """Inputs and outputs of every linear layer."""
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    return [(layer.in_features, layer.out_features) for layer in layers]


def products(sizes: list[tuple[int, int]], batch: int) -> Callable[[int], None]:
    """The products of some training steps, as a function of their number.

    Per layer and step: forward, backward with respect to the input, and to the weights, which is
    6 floating point operations per weight and image.
    """
    step = [product for n_in, n_out in sizes for product in _layer(n_in, n_out, batch)]

    def run(steps: int) -> None:
        for _ in range(steps):
            for left, right, out in step:
                torch.mm(left, right, out=out)

    return run


def _layer(n_in: int, n_out: int, batch: int) -> list[tuple[torch.Tensor, ...]]:
    """Both factors and the place of the result of a layer's three products."""
    x, weight, grad = torch.rand(batch, n_in), torch.rand(n_out, n_in), torch.rand(batch, n_out)
    y, x_grad, weight_grad = (torch.empty_like(value) for value in (grad, x, weight))
    return [(x, weight.T, y), (grad, weight, x_grad), (grad.T, x, weight_grad)]


def _rates(model: Model, steps: int, limit: float) -> str:
    """GFLOP/s of the network's products and of a large square one; what the limit counts."""
    sizes = layer_sizes(model)
    weights = sum(n_in * n_out for n_in, n_out in sizes)
    rate = 6 * weights * inputs.BATCH * steps / limit / 1e9
    square, out = torch.rand(SQUARE, SQUARE), torch.empty(SQUARE, SQUARE)
    best = min(seconds(lambda: torch.mm(square, square, out=out)) for _ in range(3))
    unused = sizes[0][0] * sizes[0][1] / (3 * weights)
    return (
        f"{weights:,} weights; the network's products run at {rate:.0f} GFLOP/s, a square one of "
        f"{SQUARE:,} at {2 * SQUARE**3 / best / 1e9:.0f}; the limit holds the first layer's "
        f"gradient of its input, {unused:.1%} of it, which training need not compute"
    )


def peers(family: str, share: float) -> Peers:
    """Seconds of one epoch of the same network in other loops."""
    rows = inputs.images("bimnist", "train", share)
    plain = inputs.untrained(family, "bimnist", rows)
    other = inputs.untrained(family, "bimnist", rows)
    return {
        "DataLoader loop": timed(lambda: loops.plain(plain, rows, inputs.BATCH)),
        "pythae": loops.pythae_epoch(other, rows, inputs.BATCH),
    }


def benchmark(family: str, goal: float, pythae: str) -> Benchmark:
    """The benchmark of one family."""
    return Benchmark(
        what=f"One epoch of a {family.upper()} with 2 x 500 units, 10 latent dimensions, 50,000 "
        "images, batch 250, against 6 floating point operations per weight and image at the rate "
        "of the network's own products (ratio: limit / ours)",
        goal=goal,
        run=partial(measure, family),
        at_least=True,
        peers={
            "DataLoader loop": "`TensorDataset`, `DataLoader(shuffle=True)`, `torch.optim.Adam` as "
            "it comes; the same objective",
            "pythae": pythae,
        },
    )


VAE = benchmark(
    "vae", 0.75, "pythae's `VAE` and `BaseTrainer.train_step` with the same encoder and decoder"
)
GAE = benchmark(
    "gae", 0.65, "pythae's `BaseTrainer.train_step` with our objective: pythae has no GAE"
)
