"""Codes z ~ P(z|x) of the test images in a two-dimensional latent space, coloured by class."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import torch
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.stats import gaussian_kde

from gaebench.errors import GaebenchError
from gaebench.report import plane
from gaebench.report.shown import ShownRun, datasets
from gaebench.report.style import CLASSES, cycle
from gaebench.seeding import stream

CAPTION = (
    "Two-dimensional latent space on MNIST: z drawn from P(z|x) for the test images, coloured by "
    "class, 1-layer beside 2-layer networks."
)
NEEDS = ("model",)
ASKS = ("draw_posterior",)
REQUIRES = {"latent": 2}

APART = 0.055
"""The least distance between two class names, relative to the extent of the codes."""

TINY = 1e-300
"""So that a density is nowhere zero."""


def draw(runs: Sequence[ShownRun], device: str) -> Figure:
    """Draw the codes of the test images, one column per model.

    Raises
    ------
    GaebenchError
        If a data set has no labels.
    """
    for run in runs:
        if not len(run.data.test_labels):
            raise GaebenchError(
                f"{run.dataset_label.text} has no labels, and codes are coloured by class: "
                "take it out of the figure latent_classes in params.yaml"
            )
    figure = Figure(figsize=plane.size(len(runs), 1), layout="constrained")
    figure.suptitle(datasets(runs))
    classes = sorted({int(label) for run in runs for label in run.data.test_labels})
    colours = dict(zip(classes, cycle(CLASSES, len(classes)), strict=True))
    for axes, run in zip(figure.subplots(1, len(runs), squeeze=False)[0], runs, strict=True):
        z = plane.checked(_codes(run, device), run.label.text)
        _scatter(axes, z, run.data.test_labels, colours)
        axes.set_title(run.label.text)
        plane.frame(axes, z)
    handles = [
        Line2D([], [], linestyle="", marker="o", markersize=5, color=colours[y], label=str(y))
        for y in classes
    ]
    figure.legend(handles=handles, title="class", loc="outside right center", handletextpad=0.2)
    return figure


@torch.no_grad()
def _codes(run: ShownRun, device: str) -> np.ndarray:
    images = torch.from_numpy(run.data.images("test")).to(device)
    generator = stream(run.seed, "latent classes", run.model, device=device)
    return run.restore(device).draw_posterior(images, generator).cpu().numpy()


def _scatter(axes: Axes, z: np.ndarray, labels: np.ndarray, colours: Mapping[int, str]) -> None:
    shades = [colours[int(label)] for label in labels]
    axes.scatter(*z.T, s=3, c=shades, alpha=0.6, linewidths=0, rasterized=True)
    for label, place in places(z, labels, APART * np.ptp(z, axis=0).max()).items():
        text = axes.text(*place, str(label), ha="center", va="center", weight="bold", size=11)
        text.set_path_effects([patheffects.withStroke(linewidth=2.5, foreground="white")])


def places(z: np.ndarray, labels: np.ndarray, apart: float) -> dict[int, np.ndarray]:
    """Where the names of the classes stand: each at a code of its own class.

    At that with the highest p_k(z) P(k|z), which is where the class is dense and others are not; of
    two that would lie closer than ``apart``, the later one moves on to the best code that does not.
    If there is none, they are pushed apart.

    Parameters
    ----------
    z : ndarray, shape (n, 2)
    labels : ndarray, shape (n,)

    Returns
    -------
    dict
        Class -> its place, shape (2,).
    """
    classes = np.unique(labels)
    masses = np.array([mass(z[labels == label], z) for label in classes])
    merits = masses**2 / masses.sum(0)
    found: list[np.ndarray] = []
    for label, merit in zip(classes, merits, strict=True):
        own = labels == label
        free = np.all([own, *(np.hypot(*(z - other).T) >= apart for other in found)], axis=0)
        found.append(z[np.where(free if free.any() else own, merit, -np.inf).argmax()])
    return dict(zip(classes.tolist(), spread(np.array(found), apart), strict=True))


def mass(points: np.ndarray, z: np.ndarray) -> np.ndarray:
    """How dense some points, shape (n, 2), are about others, shape (m, 2): shape (m,).

    Their number times a Gaussian kernel density estimate with Scott's bandwidth. Points on a line
    or a point have none: there it falls with the distance from their median.
    """
    try:
        return len(points) * gaussian_kde(points.T)(z.T) + TINY
    except (np.linalg.LinAlgError, ValueError):
        return len(points) / (1 + np.hypot(*(z - np.median(points, axis=0)).T))


def spread(points: np.ndarray, apart: float, rounds: int = 100) -> np.ndarray:
    """Push points apart that are closer than ``apart``, shape (n, 2)."""
    points = points.copy()
    for _ in range(rounds):
        for i, j in combinations(range(len(points)), 2):
            step = points[j] - points[i]
            distance = np.hypot(*step)
            if distance < apart:
                way = step / distance if distance else np.array([1.0, 0.0])
                points[i] -= way * (apart - distance) / 2
                points[j] += way * (apart - distance) / 2
    return points
