"""Training curves: the validation score against the epoch."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from gaebench.errors import GaebenchError
from gaebench.report.style import COLOURS, GREY, WIDTH, cycle, styled

RISE = 0.25
"""The most of a curve, its worst epochs, that may fall below the axis..."""
LATE = 0.05
"""...and the most of its second half."""
LONG = 6
"""When the longest run exceeds the shortest so many times, the epochs are logarithmic."""
BEST = {"linestyle": "", "marker": "o", "ms": 5, "mec": "white", "mew": 0.8, "zorder": 3}

_DEEP = re.compile(r"(.+) \((\d+) layers?\)")


@styled()
def draw(histories: Mapping[str, Mapping[str, pd.DataFrame]]) -> Figure:
    """Draw the validation scores of several models, one panel per entry, best epoch marked.

    Parameters
    ----------
    histories
        Panel title -> model label -> history with the columns ``stage, epoch, loss, score``
        (score in nats, higher is better). Of a model trained in stages, the last stage is shown.

    Notes
    -----
    At least the best three quarters of every curve lie within the axis; first epochs may lie below
    it, so that wild ones do not flatten the rest. The best epoch's state is the one restored.
    """
    figure = Figure(figsize=(WIDTH, 3.9), layout="constrained")
    grid = figure.subplots(1, len(histories), squeeze=False)[0]
    for axes, (title, models) in zip(grid, histories.items(), strict=True):
        curves = {label: last_stage(history, label) for label, history in models.items()}
        _panel(axes, curves)
        axes.set_title(title)
    grid[0].set_ylabel("validation score (nats)")
    best = Line2D([], [], **BEST, color=GREY, label="best epoch")
    figure.legend(handles=[best], loc="outside lower center")
    return figure


def last_stage(history: pd.DataFrame, label: str) -> pd.DataFrame:
    """The finite scores of the last stage: columns ``epoch`` and ``score``.

    Raises
    ------
    GaebenchError
        If there is none.
    """
    if len(history):
        history = history[history["stage"] == history["stage"].iloc[-1]]
    scores = history[["epoch", "score"]].astype(float)
    scores = scores[np.isfinite(scores["score"])].reset_index(drop=True)
    if scores.empty:
        raise GaebenchError(
            f"the history of {label} has no finite validation score. "
            "Delete the run and train again."
        )
    return scores


def looks(labels: list[str]) -> dict[str, dict[str, str]]:
    """Colour and line style of each curve.

    Where all labels are of the kind "VAE (2 layers)", the colour says the number of layers and the
    line style the family; otherwise each model has its own colour, and once they run out, dashes.
    """
    deep = [_DEEP.fullmatch(label) for label in labels]
    if all(deep):
        families = list(dict.fromkeys(match[1] for match in deep))
        layers = sorted({int(match[2]) for match in deep})
        pairs = [(layers.index(int(match[2])), families.index(match[1])) for match in deep]
    else:
        pairs = [(i % len(COLOURS), i // len(COLOURS)) for i in range(len(labels))]
    dashes = cycle(("-", "--", ":", "-."), 1 + max(second for _, second in pairs))
    colours = cycle(COLOURS, 1 + max(first for first, _ in pairs))
    return {
        label: {"color": colours[first], "linestyle": dashes[second]}
        for label, (first, second) in zip(labels, pairs, strict=True)
    }


def score_limits(curves: Mapping[str, pd.DataFrame]) -> tuple[float, float]:
    """Lower and upper end of the score axis, in nats."""
    scores = [curve["score"] for curve in curves.values()]
    low = min(min(y.quantile(RISE), y[len(y) // 2 :].quantile(LATE)) for y in scores)
    high = max(y.max() for y in scores)
    margin = 0.05 * (high - low) or 1.0
    return low - margin, high + margin


def _panel(axes: Axes, curves: Mapping[str, pd.DataFrame]) -> None:
    for label, look in looks(list(curves)).items():
        curve = curves[label]
        best = curve.loc[curve["score"].idxmax()]
        axes.plot(curve["epoch"], curve["score"], label=label, **look)
        axes.plot(best["epoch"], best["score"], **BEST, color=look["color"])
    axes.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.set_ylim(score_limits(curves))
    _epochs(axes, [int(curve["epoch"].max()) for curve in curves.values()])
    axes.grid(True)
    axes.set_axisbelow(True)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, handlelength=2.4)


def _epochs(axes: Axes, lengths: list[int]) -> None:
    if max(lengths) > LONG * min(lengths):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:.0f}")
        axes.set_xlabel("epoch (logarithmic)")
    else:
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if max(lengths) == 1:
            axes.set_xlim(0.5, 1.5)
