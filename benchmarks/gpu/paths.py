"""The estimators on a GPU, against the matrix products of their formulas."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from benchmarks import inputs
from benchmarks.gpu.limits import Limits, least
from benchmarks.gpu.report import Row
from benchmarks.parzen import GRID
from gaebench.mathematics import gaussians
from gaebench.mathematics.mixture_score import MixtureScore
from gaebench.metrics import loglik_prior, parzen
from gaebench.seeding import stream

Run = Callable[[], object]
CPU_SHARE = 0.001
"""Of the rows that a CPU core is timed on; its time is scaled."""


def rows(limits: Limits, device: str = "cuda", share: float = 1.0) -> Iterator[Row]:
    """Parzen windows, S samples, the exact mixture, and a step of annealing, in seconds."""
    for name, make in PATHS:
        print(name, flush=True)
        ours, product = make(device, share)
        found = {
            "ours": least(ours, device, rounds=3),
            "its product": least(product, device, rounds=3),
        }
        on_cpu, _ = make("cpu", share * CPU_SHARE)  # not before: it takes the model from the device
        found["CPU core"] = least(on_cpu, "cpu", rounds=1) / CPU_SHARE
        yield Row(name, found)


def _parzen(device: str, share: float) -> tuple[Run, Run]:
    images = inputs.images("mnist", "test", share).to(device)
    centres = inputs.images("mnist", "train", 0.2).to(device)
    return (
        lambda: parzen.log_densities(images, centres, GRID),
        lambda: images @ centres.T,
    )


def _samples(draws: int) -> Callable[[str, float], tuple[Run, Run]]:
    def make(device: str, share: float) -> tuple[Run, Run]:
        model = inputs.trained("gae", "bimnist", 0.1).to(device)
        model.train().eval()
        model.train_images = model.train_images.to(device)
        images = inputs.images("bimnist", "test").to(device)
        count = max(1000, round(draws * share))

        def ours() -> Tensor:
            return loglik_prior.log_likelihoods(model, images, stream(0, device=device), count)

        return ours, lambda: _decoded(model, images, count)

    return make


@torch.no_grad()
def _decoded(model: nn.Module, images: Tensor, draws: int, chunk: int = 10_000) -> None:
    """The decoder's products and that of logits and images, some draws at a time."""
    weights = [layer.weight for layer in model.decoder.net if isinstance(layer, nn.Linear)]
    for start in range(0, draws, chunk):
        values = torch.rand(min(chunk, draws - start), weights[0].shape[1], device=images.device)
        for weight in weights:
            values = values @ weight.T
        values @ images.T


def _encodings(device: str, codes: int) -> tuple[Tensor, Tensor, Tensor]:
    generator = stream(0, "encodings")
    mean, z = (torch.randn(n, 40, generator=generator) for n in (50_000, codes))
    return tuple(value.to(device) for value in (z, mean, torch.full_like(mean, -3.0)))


def _mixture(device: str, share: float) -> tuple[Run, Run]:
    z, mean, log_variance = _encodings(device, max(1, round(10_000 * share)))
    features, weights = torch.cat([z, z], 1), torch.cat([mean, mean], 1).T
    return lambda: gaussians.log_mixture(z, mean, log_variance), lambda: features @ weights


def _annealing(device: str, share: float) -> tuple[Run, Run]:
    z, mean, log_variance = _encodings(device, max(1, round(2000 * share)))
    score = MixtureScore(mean, log_variance)
    features, weights = torch.cat([z, z], 1), torch.cat([mean, mean], 1).T
    return lambda: score(z), lambda: (features @ weights) @ weights.T


PATHS = (
    ("Parzen, 10,000 images, 10,000 centres, 20 bandwidths (s)", _parzen),
    ("S samples, S = 10^6, 10,000 images (s)", _samples(1_000_000)),
    ("S samples, S = 10^7, 10,000 images (s)", _samples(10_000_000)),
    ("exact mixture, 10,000 codes, 50,000 components, 40 dimensions (s)", _mixture),
    ("annealing, prior and gradient at 2000 states (s)", _annealing),
)
"""What is timed, and how it is made; its time grows with the share."""
