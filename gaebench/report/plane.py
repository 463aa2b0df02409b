"""Pictures of a two-dimensional latent space: squares, each with a scale of its own."""

import numpy as np
from matplotlib.axes import Axes

from gaebench.errors import GaebenchError
from gaebench.report.style import WIDTH

MARGIN = 1.08
"""Side of the square shown, relative to the extent of the points."""
SIDE = 3.4
"""The most that the side of a panel may measure, in inches."""


def side(columns: int) -> float:
    """Inches per panel."""
    return min(SIDE, WIDTH / columns)


def size(columns: int, rows: int) -> tuple[float, float]:
    """Inches of a figure with panels in rows and columns, and a title above them."""
    return side(columns) * columns + 0.4, side(columns) * rows + 0.3


def checked(z: np.ndarray, model: str) -> np.ndarray:
    """Codes of shape (n, 2) in double precision.

    Raises
    ------
    GaebenchError
        If they have another shape, or are not finite.
    """
    if z.ndim != 2 or z.shape[1] != 2 or not np.isfinite(z).all():
        raise GaebenchError(
            f"the latent figure needs finite codes of shape (n, 2) for {model}, not {z.shape}. "
            "Give the model the setting latent: 2, or a lower learning rate if they are not finite."
        )
    return z.astype(float)


def limits(z: np.ndarray, margin: float = MARGIN) -> tuple[np.ndarray, np.ndarray]:
    """A square around all points: lower and upper corner, each of shape (2,)."""
    middle = (z.max(axis=0) + z.min(axis=0)) / 2
    half = margin / 2 * np.ptp(z, axis=0).max()
    return middle - half, middle + half


def frame(axes: Axes, z: np.ndarray, margin: float = MARGIN) -> None:
    """Make the axes such a square."""
    low, high = limits(z, margin)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="$z_1$", ylabel="$z_2$")
    axes.set_box_aspect(1)
    axes.locator_params(nbins=5)
