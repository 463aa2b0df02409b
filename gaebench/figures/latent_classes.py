"""Codes z ~ P(z|x) of the test images in a two-dimensional latent space, coloured by class."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import torch
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gaebench.report import plane
from gaebench.report.shown import ShownRun
from gaebench.report.style import CLASSES, cycle
from gaebench.seeding import stream

CAPTION = (
    "Two-dimensional latent space on MNIST: z drawn from P(z|x) for the test images, coloured by "
    "class, 1-layer beside 2-layer networks."
)
NEEDS = ("model",)
REQUIRES = {"latent": 2}

APART = 0.055
"""The least distance between two class names, relative to the extent of the codes."""


def draw(runs: Sequence[ShownRun], device: str) -> Figure:
    """Draw the codes of the test images, one column per model."""
    figure = Figure(figsize=plane.size(len(runs), 1), layout="constrained")
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
    classes = np.unique(labels)
    medians = np.array([np.median(z[labels == label], axis=0) for label in classes])
    places = spread(medians, APART * np.ptp(z, axis=0).max())
    for label, place in zip(classes, places, strict=True):
        text = axes.text(*place, str(int(label)), ha="center", va="center", weight="bold", size=11)
        text.set_path_effects([patheffects.withStroke(linewidth=2.5, foreground="white")])


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
