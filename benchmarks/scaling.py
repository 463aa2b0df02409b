"""How times grow with the size of the job, over two decades, and the exponent of their growth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from torch import Tensor

from benchmarks import inputs, parzen
from benchmarks.measurement import count
from benchmarks.timing import seconds
from gaebench.metrics import loglik_prior
from gaebench.metrics import parzen as parzen_metric
from gaebench.report.style import COLOURS, WIDTH, styled
from gaebench.seeding import stream

REPEATS = 2
LAYERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Curve:
    """Times of one path at several sizes.

    Attributes
    ----------
    path, size : str
        What was timed, and what was counted.
    counts : list of int
    times : list of float
        In seconds, the least of some repeats.
    """

    path: str
    size: str
    counts: Sequence[int]
    times: Sequence[float]

    @property
    def exponent(self) -> float:
        """The least-squares slope of log time against log count."""
        return slope(self.counts, self.times)


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """The b of the power law y = a x^b, by least squares on logarithms."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def two_decades(last: int, share: float) -> list[int]:
    """Five counts from 1/100 of the last one to it, in equal ratios."""
    return [count(last, share * 10 ** (-k / 2)) for k in (4, 3, 2, 1, 0)]


def curves(share: float) -> list[Curve]:
    """The three paths that grow with a count."""
    return [_parzen(share), _loglik_prior(share), _training(share)]


def _curve(path: str, size: str, counts: list[int], run: Callable[[int], object]) -> Curve:
    run(counts[0])
    times = [min(seconds(lambda n=n: run(n)) for _ in range(REPEATS)) for n in counts]
    return Curve(path, size, counts, times)


def _parzen(share: float) -> Curve:
    images = inputs.images("mnist", "test")[:500]
    counts = two_decades(100_000, share)
    centres = parzen.generated(counts[-1], share)

    def run(n: int) -> None:
        parzen_metric.log_densities(images, centres[:n], parzen.GRID)

    return _curve("Parzen, 500 images, 20 bandwidths", "samples", counts, run)


def _loglik_prior(share: float) -> Curve:
    model = inputs.trained("gae", "bimnist", share)
    images = inputs.images("bimnist", "test")[:1000]

    def run(n: int) -> None:
        loglik_prior.log_likelihoods(model, images, stream(0, "draws"), n)

    return _curve("S-sample likelihood, 1000 images", "S", two_decades(100_000, share), run)


def _training(share: float) -> Curve:
    images = inputs.images("bimnist", "train")
    model = inputs.untrained("gae", "bimnist", images)
    # Not below one batch.
    counts = [max(n, inputs.BATCH) for n in two_decades(len(images), share)]
    return _curve(
        "GAE, one epoch", "training images", counts, lambda n: inputs.train(model, images[:n])
    )


def by_layers(share: float) -> dict[str, list[float]]:
    """Seconds of one epoch on 10,000 images by family, for 1 to 4 layers."""
    images = inputs.images("bimnist", "train", 0.2 * share)
    return {
        family: [_epoch(family, layers, images) for layers in LAYERS] for family in inputs.SETTINGS
    }


def _epoch(family: str, layers: int, images: Tensor) -> float:
    model = inputs.untrained(family, "bimnist", images, layers=layers)
    return min(seconds(lambda: inputs.train(model, images)) for _ in range(REPEATS))


@styled()
def draw(found: Sequence[Curve]) -> Figure:
    """Time against count, both logarithmic, one panel per curve with its fitted power law."""
    figure = Figure(figsize=(WIDTH, 2.6), layout="constrained")
    grid = figure.subplots(1, len(found), squeeze=False)[0]
    for axes, curve, colour in zip(grid, found, COLOURS, strict=False):
        x = np.array(curve.counts, dtype=float)
        centre = np.exp(np.log(curve.times).mean()) / np.exp(np.log(x).mean()) ** curve.exponent
        label = f"n$^{{{curve.exponent:.2f}}}$"
        axes.loglog(x, centre * x**curve.exponent, color=colour, label=label)
        axes.loglog(x, curve.times, "o", ms=4, color=colour)
        axes.set_title(curve.path, fontsize=8.5)
        axes.set_xlabel(curve.size)
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.grid(True)
        axes.legend(loc="upper left")
    figure.axes[0].set_ylabel("time (s)")
    return figure
