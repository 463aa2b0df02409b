"""One look for all figures, and saving them so that the same figure gives the same bytes."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from zlib import crc32

os.environ["MPLBACKEND"] = "agg"  # that of a notebook may be inherited, and not be installed here

import matplotlib.style
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from gaebench import plugins
from gaebench.files import whole

DPI = 200
WIDTH = 7.2
"""Width of a full-page figure in inches."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#7F7F7F")
"""Okabe & Ito (2008), less the yellow that is faint on white, plus a grey."""

FAMILIES = {
    "GAE": "#0072B2",
    "VAE": "#E69F00",
    "GAN": "#D55E00",
    "GMMN+AE": "#009E73",
    "AAE": "#CC79A7",
    "Bernoulli mixture": "#000000",
}
"""The colour of a family of models, in every figure. GAE and VAE, which most figures compare, are
the furthest apart, in print without colours too."""
FURTHER = ("#56B4E9", "#7F7F7F", "#8C510A", "#4D4D4D")
"""Those of families that are added, in the order of their files' names."""

CLASSES = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
"""Ten colours that colour-blind readers can tell apart (Petroff 2021, arXiv 2107.02270)."""

DENSITY = "Blues"
INK = "#222222"
GREY = "#444444"

SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.titlesize": 9.5,
    "figure.titlesize": 10.5,
    "axes.labelsize": 9,
    "axes.edgecolor": "#666666",
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.6,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "svg.hashsalt": "gaebench",
    "svg.fonttype": "path",
}


def styled() -> AbstractContextManager[None]:
    """The style as a context or, as ``@styled()``, around a function; ignores personal settings."""
    return matplotlib.style.context(["default", SETTINGS])


def save(figure: Figure, png: str | Path, svg: str | Path) -> None:
    """Write a figure as PNG (200 dots per inch) and as SVG, each whole or not at all.

    The files hold no date and no program version: the same figure gives the same bytes.
    """
    with styled():
        with whole(png) as part:
            figure.savefig(part, format="png", metadata={"Software": None})
        with whole(svg) as part:
            figure.savefig(part, format="svg", metadata={"Date": None, "Creator": None})


def colour(family: str) -> str:
    """The colour of a family of models, by its label: the same in every figure."""
    added = [name for name in _families() if name not in FAMILIES]
    others = dict(zip(added, cycle(FURTHER, len(added)), strict=True))
    return (FAMILIES | others).get(family, FURTHER[crc32(family.encode()) % len(FURTHER)])


@cache
def _families() -> list[str]:
    """The labels of all families, in the order of their files' names."""
    return [plugins.constant("models", name, "LABEL", name) for name in plugins.names("models")]


def lighter(colour: str, share: float) -> str:
    """A colour mixed with a share of white."""
    return to_hex([part + share * (1 - part) for part in to_rgb(colour)]).upper()


def notice(text: str) -> Figure:
    """A figure that says why there is nothing to see."""
    figure = Figure(figsize=(WIDTH, 1))
    figure.text(0.5, 0.5, text, ha="center", va="center")
    return figure


def cycle(looks: Sequence[str], count: int) -> list[str]:
    """The first ``count`` colours or marks, starting again when they run out."""
    return [looks[i % len(looks)] for i in range(count)]
