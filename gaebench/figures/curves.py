"""Training curves: the validation score against the epoch."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from gaebench.report import histories
from gaebench.report.lines import looks, ruled
from gaebench.report.shown import ShownRun, grouped
from gaebench.report.style import GREY, WIDTH

CAPTION = (
    "Validation score (nats, higher is better) over the epochs. Marks stand at the epoch whose "
    "state was kept."
)
NEEDS = ("history",)

LONG = 6
"""When the longest run exceeds the shortest so many times, the epochs are logarithmic."""
BEST = {"ms": 5.5, "mec": "white", "mew": 0.6, "zorder": 3}


def draw(runs: Sequence[ShownRun], device: str) -> Figure:
    """Draw the validation scores, one panel per data set, the best epoch marked.

    Of a model trained in stages, the last stage is shown.

    Notes
    -----
    At least the best three quarters of every curve lie within the axis; first epochs may lie below
    it, so that wild ones do not flatten the rest. The best epoch's state is the one restored.
    """
    panels = grouped(runs, lambda run: run.dataset_label.text)
    figure = Figure(figsize=(WIDTH, 3.9), layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, (title, members) in zip(grid, panels.items(), strict=True):
        _panel(axes, members)
        axes.set_title(title)
    grid[0].set_ylabel("validation score (nats)")
    best = Line2D([], [], **BEST, marker="o", linestyle="", color=GREY, label="mark: best epoch")
    figure.legend(handles=[best], loc="outside lower center")
    return figure


def _panel(axes: Axes, runs: Sequence[ShownRun]) -> None:
    labels = [run.label for run in runs]
    curves = [histories.last_scores(run.history(), run.label.text) for run in runs]
    handles = []
    for label, curve, look in zip(labels, curves, looks(labels), strict=True):
        if curve.empty:
            handles.append(Line2D([], [], linestyle="", label=f"{label.text}: no epochs"))
            continue
        best = curve.loc[curve["score"].idxmax()]
        axes.plot(curve["epoch"], curve["score"], **look | {"marker": ""})
        axes.plot(best["epoch"], best["score"], **look | {"linestyle": ""}, **BEST)
        handles.append(Line2D([], [], **look, **BEST, label=label.text))
    if trained := [curve for curve in curves if len(curve)]:
        axes.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
        axes.set_ylim(histories.score_limits(trained))
        _epochs(axes, [int(curve["epoch"].max()) for curve in trained])
    ruled(axes)
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16)}
    axes.legend(handles=handles, **place, ncols=2, handlelength=4.5)


def _epochs(axes: Axes, lengths: list[int]) -> None:
    if max(lengths) > LONG * min(lengths):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:.0f}")
        axes.set_xlabel("epoch (logarithmic)")
    else:
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
