"""Number of modes of a two-dimensional prior P(z).

P(z) is evaluated on a grid, without draws or kernels, so no noise makes a mode. A mode counts by
its excess mass (Mueller & Sawitzki 1991): the probability above the level at which it runs together
with another one. A spike of little mass, or a bump far out, is none.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from gaebench.data import Dataset
from gaebench.errors import Failed, SettingsError, require
from gaebench.estimate import Estimate
from gaebench.model import Model

NEEDS = "model"
ASKS = ("log_prior",)
REQUIRES = {"latent": 2}
VERSION = 1
LABEL = "modes"
UNIT = ""
BETTER = ""
DECIMALS = 1

DRAWS = 20_000
"""Draws of z that say where the grid lies: within their extent in each direction, and beyond it
by MARGIN standard deviations."""
MARGIN = 0.5
LOST = 0.05
"""The grid's sum may be off 1 by this before the grid counts as too coarse."""
TAIL = 0.01
"""Share of the least excess mass that may be left when the level stops to fall."""


class Grid(NamedTuple):
    """A density on a lattice in the coordinates in which P(z) has unit covariance.

    Attributes
    ----------
    places : ndarray, shape (rows, columns, 2)
        z at the middle of each cell.
    masses : ndarray, shape (rows, columns)
        Probability of each cell.
    """

    places: np.ndarray
    masses: np.ndarray


@torch.no_grad()
def on_grid(model: Model, generator: torch.Generator, step: float) -> Grid:
    """The exact prior of a model on a grid.

    Parameters
    ----------
    model
        With two latent dimensions, ``draw_prior`` and ``log_prior``.
    step
        Side of the cells, in standard deviations of P(z).

    Raises
    ------
    SettingsError
        If z is not two-dimensional.
    Failed
        If P(z) lies on a line or a point, is finer than the grid, or no density at all.
    """
    z = model.draw_prior(DRAWS, generator).double().cpu().numpy()
    if z.shape[1] != 2:
        raise SettingsError(f"modes needs a model with latent: 2, not {z.shape[1]}")
    if not np.isfinite(z).all():
        raise Failed("the draws of z are not finite: train with a lower learning_rate")
    places, area = lattice(z, step)
    rows = torch.from_numpy(places.reshape(-1, 2)).to(model.device, torch.float32)
    masses = model.log_prior(rows).double().exp().cpu().numpy() * area
    if not abs(masses.sum() - 1) < LOST:
        raise Failed(
            f"P(z) sums to {masses.sum():.3f} on a grid of step {step}, not 1: set a smaller step"
        )
    return Grid(places, masses.reshape(places.shape[:2]))


def lattice(z: np.ndarray, step: float) -> tuple[np.ndarray, float]:
    """Middles of the cells, shape (rows, columns, 2), around draws z, and the area of a cell."""
    mean, covariance = z.mean(0), np.cov(z.T, bias=True)
    try:
        root = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError as error:
        raise Failed(
            "the draws of z lie on a line or a point, so P(z) has no modes in the plane. "
            "Train for longer, or with a weaker regulariser."
        ) from error
    white = np.linalg.solve(root, (z - mean).T)
    low, high = white.min(1) - MARGIN, white.max(1) + MARGIN
    sides = [np.arange(*ends, step) + step / 2 for ends in zip(low, high, strict=True)]
    middles = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1)
    return mean + middles @ root.T, step**2 * abs(np.linalg.det(root))


@dataclass
class _Island:
    """Connected cells above a level: their mass, their number, and the peaks of their modes."""

    mass: float
    cells: int
    peaks: list[int]

    def excess(self, level: float) -> float:
        return self.mass - level * self.cells


def peaks(masses: np.ndarray, least: float) -> list[tuple[int, int]]:
    """Peaks of the modes of a density on a grid.

    The level falls from the highest cell on; cells above it form islands, of cells that touch at a
    side or a corner. Where islands run together, those of excess mass ``least`` or more stay modes
    of their own; the others belong to the largest. What has not met when ``TAIL`` of ``least`` is
    left meets there.

    Parameters
    ----------
    masses : ndarray, shape (rows, columns)
        Probability of each cell.
    least
        Excess mass that a mode must have, where it meets another one.

    Returns
    -------
    list of (row, column)
        One per mode, at least one.
    """
    padded = np.pad(masses, 1, constant_values=-1.0)
    flat, width = padded.ravel(), padded.shape[1]
    around = [a + b for a in (-width, 0, width) for b in (-1, 0, 1) if a or b]
    parent: dict[int, int] = {}
    islands: dict[int, _Island] = {}
    order = np.argsort(-flat, kind="stable")[: masses.size]
    above = np.cumsum(flat[order]) <= masses.sum() - TAIL * least
    for cell in order[: 1 + above.sum()].tolist():
        level = float(flat[cell])
        roots = sorted({_root(parent, cell + to) for to in around if cell + to in parent})
        met = [islands.pop(root) for root in roots] or [_Island(0.0, 0, [cell])]
        parent.update(dict.fromkeys([cell, *roots], cell))
        islands[cell] = _Island(
            mass=sum(island.mass for island in met) + level,
            cells=sum(island.cells for island in met) + 1,
            peaks=_peaks_of(met, level, least),
        )
    found = _peaks_of(list(islands.values()), level, least)
    return [(peak // width - 1, peak % width - 1) for peak in found]


def _root(parent: dict[int, int], cell: int) -> int:
    while parent[cell] != cell:
        parent[cell] = cell = parent[parent[cell]]
    return cell


def _peaks_of(met: list[_Island], level: float, least: float) -> list[int]:
    """The peaks that go on where islands meet."""
    large = [island for island in met if island.excess(level) >= least]
    if len(large) < 2:
        large = [max(met, key=lambda island: island.excess(level))]
    return [peak for island in large for peak in island.peaks]


def evaluate(
    source: Model,
    data: Dataset,
    generator: torch.Generator,
    *,
    step: float = 0.05,
    least: float = 0.01,
) -> Estimate:
    """Number of modes of the prior; test images play no part.

    Parameters
    ----------
    source
        A model with two latent dimensions, ``draw_prior`` and ``log_prior``.
    data
        Not looked at.
    step
        Side of the grid's cells, in standard deviations of P(z).
    least
        Excess mass that a mode must have, a probability.

    Returns
    -------
    Estimate
        Counted on the exact density: the standard error is 0. The details hold the places of the
        modes, and how many there are with half and with twice ``least``.
    """
    require(step > 0, "step", step, "positive")
    require(0 < least < 1, "least", least, "between 0 and 1")
    places, masses = on_grid(source, generator, step)
    found = peaks(masses, least)
    details = {
        "places": [places[peak].tolist() for peak in found],
        "with_half": len(peaks(masses, least / 2)),
        "with_double": len(peaks(masses, 2 * least)),
        "step": step,
        "least": least,
    }
    return Estimate(float(len(found)), 0.0, details)
