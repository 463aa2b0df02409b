"""Log-likelihood against the number of draws S, with codes from the prior and from the encoder."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gaebench.errors import GaebenchError, counted
from gaebench.report.lines import ruled
from gaebench.report.names import Label
from gaebench.report.shown import ShownRun, datasets, grouped
from gaebench.report.style import GREY, WIDTH, colour

CAPTION = (
    "Log-likelihood of binarised MNIST's test images against the number of draws S per image: "
    "codes drawn from the prior, as in Table 2, and from the encoder by importance sampling. Both "
    "are lower bounds in expectation; the gap between a model's two lines is what S draws from the "
    "prior miss."
)
NEEDS = ("loglik_is", "loglik_prior")

PROPOSALS = {
    "loglik_is": ("encoder", {"linestyle": "-", "marker": "o"}),
    "loglik_prior": ("prior", {"linestyle": "--", "marker": "s"}),
}
"""Metric -> where its codes come from, and how it is drawn."""
SHOWN = 1000
"""The smallest S whose estimate from the prior lies within the axis."""


def draw(runs: Sequence[ShownRun], device: str) -> Figure:
    """Draw both estimates of several models, one panel per number of layers.

    A model without a number of layers has a panel of its own.

    Notes
    -----
    Both estimates are lower bounds in expectation that rise with S, so the distance between the two
    lines of a model is what the prior's draws miss. Estimates from few draws of the prior may lie
    below the axis.
    """
    panels = grouped(runs, lambda run: _layers(run.label))
    colours = {_family(run.label): colour(_family(run.label)) for run in runs}
    figure = Figure(figsize=(WIDTH, 3.4), layout="constrained")
    figure.suptitle(datasets(runs))
    grid = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    inside: list[float] = []
    for axes, (title, members) in zip(grid, panels.items(), strict=True):
        for run in members:
            inside += _lines(axes, run, colours[_family(run.label)])
        axes.set_title(title)
        axes.set_xscale("log")
        axes.set_xlabel("draws S")
        ruled(axes)
    margin = 0.04 * (max(inside) - min(inside)) or 1.0
    grid[0].set_ylim(min(inside) - margin, max(inside) + margin)
    grid[0].set_ylabel("log-likelihood (nats)")
    handles = _legend(colours)
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), handlelength=2.8)
    return figure


def _layers(label: Label) -> str:
    if label.layers is None:
        return label.text
    return counted(label.layers, "layer")


def _family(label: Label) -> str:
    return label.family or label.text


def _points(run: ShownRun, metric: str) -> dict[int, float]:
    """The mean log-likelihood by S, rising.

    Raises
    ------
    GaebenchError
        If the metric's file has no curve.
    """
    try:
        curve = run.metric(metric)["curve"]
    except KeyError:
        raise GaebenchError(
            f"{metric} of {run.model} has no curve. Delete its file and run again: it is made anew."
        ) from None
    return dict(sorted((int(size), value) for size, value in curve.items()))


def _lines(axes: Axes, run: ShownRun, colour: str) -> list[float]:
    """Draw a model; its values that the axis must hold, all but the prior's of few draws."""
    inside = []
    for metric, (_, look) in PROPOSALS.items():
        points = _points(run, metric)
        axes.plot(list(points), list(points.values()), **look, color=colour, ms=2.8)
        least = min(SHOWN, max(points)) if metric == "loglik_prior" else 0
        inside += [value for size, value in points.items() if size >= least]
    return inside


def _legend(colours: Mapping[str, str]) -> list[Line2D]:
    families = [Line2D([], [], color=colour, label=name) for name, colour in colours.items()]
    proposals = [
        Line2D([], [], **look, color=GREY, ms=2.8, label=f"codes from the {name}")
        for name, look in PROPOSALS.values()
    ]
    return families + proposals
