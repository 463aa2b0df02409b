"""Data-copying test C_T (Meehan, Chaudhuri & Dasgupta 2020, arXiv 2004.05675), in feature space.

Are generated images nearer to the training images than test images are? Within each cell of a
k-means partition of the space, the distances L(Q) of samples and L(P) of test images to the nearest
training image of the cell are compared by a Mann-Whitney test.
"""

import math

import numpy as np
import torch
from scipy.stats import mannwhitneyu
from sklearn.cluster import KMeans
from torch import Tensor

from gaebench.data import Dataset
from gaebench.errors import Failed, counted, require
from gaebench.estimate import Estimate
from gaebench.features import Embedded
from gaebench.mathematics.equality import distinct
from gaebench.mathematics.neighbours import nearest

NEEDS = "features"
VERSION = 1
LABEL = "C_T"
UNIT = ""
BETTER = ""
DECIMALS = 2


def z_score(samples: np.ndarray, test: np.ndarray) -> float:
    """Z_U: the Mann-Whitney U of two sets of distances, standardised under equal distributions.

    Negative where the samples' distances are the smaller ones.
    """
    m, n = len(samples), len(test)
    u = mannwhitneyu(samples, test).statistic
    return float((u - m * n / 2) / math.sqrt(m * n * (m + n + 1) / 12))


def partition(train: np.ndarray, cells: int, seed: int) -> KMeans:
    """A k-means partition of the training images, shape (n, d).

    Raises
    ------
    SettingsError
        If fewer of them differ than there are cells.
    """
    most = distinct(train)
    rule = f"between 1 and {most}, the training images that differ in feature space"
    require(1 <= cells <= most, "cells", cells, rule)
    return KMeans(cells, n_init=1, random_state=seed).fit(train)


def cell_scores(
    samples: Tensor, test: Tensor, train: Tensor, cells: KMeans, least: int
) -> tuple[np.ndarray, np.ndarray]:
    """Z_U of the cells that hold at least ``least`` samples, and their shares P_n of test images.

    Returns
    -------
    (scores, weights)
        Each of shape (cells kept,).

    Raises
    ------
    Failed
        If there is no training image in one of them.
    """
    where = [cells.predict(points.cpu().numpy()) for points in (samples, test, train)]
    scores, weights = [], []
    for cell in range(cells.n_clusters):
        q, p, t = (
            points[torch.from_numpy(labels == cell).to(points.device)]
            for points, labels in zip((samples, test, train), where, strict=True)
        )
        if len(q) >= least and len(p):
            _check_cell(len(t))
            distances = [nearest(points, t)[0].cpu().numpy() for points in (q, p)]
            scores.append(z_score(*distances))
            weights.append(len(p) / len(test))
    return np.array(scores), np.array(weights)


def _check_cell(count: int) -> None:
    if not count:
        raise Failed(
            "a cell holds no training image, since some differ by rounding only: set fewer cells"
        )


def evaluate(
    source: Embedded,
    data: Dataset,
    generator: torch.Generator,
    *,
    cells: int = 20,
    least: int = 20,
) -> Estimate:
    """C_T, the mean of the cells' Z_U weighted by their share of test images.

    Far below zero, the samples are nearer to the training images than test images are: copies, or
    smoother images than real ones. Far above, they are further off than fresh images would be.

    Parameters
    ----------
    cells
        Of the partition.
    least
        Samples that a cell must hold to count (the paper's threshold tau, as a number of images).

    Returns
    -------
    Estimate
        Its error is the standard deviation of C_T for fresh images, whose Z_U are independent and
        of unit variance. With the ``cells`` that counted.

    Raises
    ------
    SettingsError
        If there are more cells than training images that differ.
    Failed
        If no cell holds enough samples.
    """
    require(least >= 1, "least", least, "at least 1")
    train, test = source.real["train"].features, source.real["test"].features
    seed = int(torch.randint(2**31, (), generator=generator, device=generator.device))
    points = (
        torch.from_numpy(part).to(generator.device)
        for part in (source.samples.features, test, train)
    )
    scores, weights = cell_scores(*points, partition(train, cells, seed), least)
    if not len(scores):
        raise Failed(
            f"no cell of {cells} holds {counted(least, 'sample')} and a test image: "
            "generate more samples, or set fewer cells"
        )
    weights = weights / weights.sum()
    error = float(np.sqrt(np.square(weights).sum()))
    return Estimate(float(weights @ scores), error, {"cells": len(scores)})
