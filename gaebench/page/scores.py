"""The Parzen score of each test image: how the scores lie, and which images lie at their ends."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch

from gaebench.data import Dataset
from gaebench.errors import GaebenchError
from gaebench.metrics.parzen import log_densities
from gaebench.page.axes import Axis, Tick
from gaebench.page.pictures import grey

BINS = 48
TAIL = 0.002
"""The share of all scores, the lowest, that one bin may hold together."""
SHOWN = 8
"""Images at each end."""
AGREEMENT = 1e-3
"""By how many nats the mean of the scores may differ from the metric's file."""


class Shown(NamedTuple):
    """A test image: its data URI, its number in the test set and its score in nats."""

    uri: str
    number: int
    text: str


class Bar(NamedTuple):
    """A bar of a histogram: its edges and height in per cent, and what it holds."""

    left: float
    width: float
    height: float
    text: str


class Scores(NamedTuple):
    """The scores of one model's images.

    Attributes
    ----------
    name : str
        The model's.
    text : str
        Quantiles in words.
    bars : list of Bar
    worst, best : list of Shown
    """

    name: str
    text: str
    bars: list[Bar]
    worst: list[Shown]
    best: list[Shown]


class Panel(NamedTuple):
    """Models side by side on one axis, of one data set."""

    dataset: str
    images: int
    ticks: list[Tick]
    models: list[Scores]


def of_images(samples: np.ndarray, data: Dataset, parzen: Mapping, device: str) -> np.ndarray:
    """The log density of each test image under a Parzen window on samples.

    Parameters
    ----------
    samples : ndarray, shape (n, pixels)
        Generated images, pixels in [0, 1].
    data
        Its test images are scored, fold by fold if it has several.
    parzen
        What the metric's file says: ``value``, and the ``bandwidth``, one for each fold.
    device
        ``cpu`` or ``cuda``.

    Returns
    -------
    ndarray of float64, shape (test images,)
        In nats, in the order of the data set.

    Raises
    ------
    GaebenchError
        If they do not give the value that the file has.
    """
    centres, images = (torch.from_numpy(x).to(device) for x in (samples, data.images("test")))
    folds = data.test_fold if len(data.test_fold) else np.zeros(len(images), dtype=np.int64)
    numbers, widths = np.unique(folds), np.atleast_1d(parzen["bandwidth"])
    found = np.empty(len(images))
    for fold, width in zip(numbers, widths, strict=True):
        (places,) = np.nonzero(folds == fold)
        found[places] = log_densities(images[places], centres, [float(width)])[0].cpu().numpy()
    mean = np.mean([found[folds == fold].mean() for fold in numbers])
    if not math.isclose(mean, parzen["value"], abs_tol=AGREEMENT, rel_tol=1e-6):
        raise GaebenchError(
            f"the scores of the test images have the mean {mean:.4f}, but the metric's file says "
            f"{parzen['value']:.4f}: it is of other samples. Delete it and run again."
        )
    return found


def panel(dataset: str, data: Dataset, scores: Mapping[str, np.ndarray]) -> Panel:
    """The scores of several models, by the models' labels, on one axis.

    Parameters
    ----------
    dataset
        What the data set is called.
    data
    scores
        Model -> nats, shape (test images,).
    """
    together = np.concatenate(list(scores.values()))
    axis = Axis(float(np.quantile(together, TAIL)), float(together.max()) + 1e-6)
    models = [_model(name, found, data, axis) for name, found in scores.items()]
    return Panel(dataset, len(data.test), axis.ticks(), models)


def _model(name: str, found: np.ndarray, data: Dataset, axis: Axis) -> Scores:
    order = np.argsort(found, kind="stable")
    count = min(SHOWN, len(order) // 2)
    low, middle, high = np.quantile(found, [0.05, 0.5, 0.95])
    text = f"Half of the images are above {middle:.1f} nats, nine in ten between {low:.1f} and "
    images = data.images("test")
    worst, best = (
        [Shown(grey(images[i], data.shape), int(i), f"{found[i]:.1f}") for i in places]
        for places in (order[:count], order[::-1][:count])
    )
    return Scores(name, f"{text}{high:.1f}.", histogram(found, axis), worst, best)


def histogram(found: Sequence[float], axis: Axis) -> list[Bar]:
    """The bars that are not empty; what lies below the axis counts in the first."""
    edges = np.linspace(axis.low, axis.high, BINS + 1)
    counts, _ = np.histogram(np.clip(found, axis.low, axis.high), edges)
    return [
        Bar(
            round(100 * place / BINS, 2),
            round(100 / BINS, 2),
            round(100 * count / counts.max(), 2),
            f"{'up' if place == 0 else f'{edges[place]:.0f}'} to {edges[place + 1]:.0f} nats: "
            f"{count:,}",
        )
        for place, count in enumerate(counts)
        if count
    ]
