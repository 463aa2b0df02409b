"""Log-likelihood against the number of draws S, with codes from the prior and from the encoder."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gaebench.errors import GaebenchError
from gaebench.report.names import MODELS, depth, model_name
from gaebench.report.style import COLOURS, GREY, WIDTH, cycle, styled

PROPOSALS = {
    "loglik_is": ("encoder", {"linestyle": "-", "marker": "o"}),
    "loglik_prior": ("prior", {"linestyle": "--", "marker": "s"}),
}
"""Metric -> where its codes come from, and how it is drawn."""

SHOWN = 1000
"""The smallest S whose estimate from the prior lies within the axis."""

Curves = Mapping[str, Mapping[str, float]]


@styled()
def draw(models: Mapping[str, Curves]) -> Figure:
    """Draw both estimates of several models, one panel per number of layers.

    Parameters
    ----------
    models
        Model -> metric (``loglik_is`` and ``loglik_prior``) -> the detail ``curve`` of its file: S
        as text -> mean log-likelihood in nats. A model whose name does not say its number of layers
        has a panel of its own.

    Notes
    -----
    Both estimates are lower bounds in expectation that rise with S, so the distance between the two
    lines of a model is what the prior's draws miss. Estimates from few draws of the prior may lie
    below the axis.

    Raises
    ------
    GaebenchError
        If a curve is missing.
    """
    panels: dict[str, dict[str, Curves]] = {}
    for model, curves in models.items():
        panels.setdefault(_panel_of(model), {})[model] = curves
    looks = _colours(models)
    figure = Figure(figsize=(WIDTH, 3.2), layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for axes, (title, members) in zip(grid, panels.items(), strict=True):
        for model, curves in members.items():
            _lines(axes, model, curves, looks[_family(model)])
        axes.set_title(title)
        axes.set_xscale("log")
        axes.set_xlabel("draws S")
        axes.grid(True)
        axes.set_axisbelow(True)
    grid[0].set_ylim(*_limits(models))
    grid[0].set_ylabel("log-likelihood (nats)")
    handles = _legend(looks)
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), handlelength=2.8)
    return figure


def _panel_of(model: str) -> str:
    layered = depth(model)
    return model_name(model) if layered is None else f"{layered[1]} layer{'s' * (layered[1] > 1)}"


def _family(model: str) -> str:
    layered = depth(model)
    return model_name(model) if layered is None else MODELS.get(layered[0], layered[0])


def _colours(models: Mapping[str, Curves]) -> dict[str, str]:
    families = list(dict.fromkeys(map(_family, models)))
    return dict(zip(families, cycle(COLOURS, len(families)), strict=True))


def _points(model: str, curves: Curves, metric: str) -> tuple[list[int], list[float]]:
    try:
        pairs = sorted((int(size), value) for size, value in curves[metric].items())
    except KeyError:
        raise GaebenchError(
            f"{metric} of {model} has no curve. Delete its file and run again: it is made anew."
        ) from None
    return [size for size, _ in pairs], [value for _, value in pairs]


def _lines(axes: Axes, model: str, curves: Curves, colour: str) -> None:
    for metric, (_, look) in PROPOSALS.items():
        axes.plot(*_points(model, curves, metric), **look, color=colour, ms=2.8)


def _limits(models: Mapping[str, Curves]) -> tuple[float, float]:
    """The ends of the axis: everything but the prior's estimates below ``SHOWN`` draws."""
    values = [
        value
        for model, curves in models.items()
        for metric in PROPOSALS
        for size, value in zip(*_points(model, curves, metric), strict=True)
        if metric == "loglik_is" or size >= SHOWN or str(size) == list(curves[metric])[-1]
    ]
    margin = 0.04 * (max(values) - min(values)) or 1.0
    return min(values) - margin, max(values) + margin


def _legend(looks: Mapping[str, str]) -> list[Line2D]:
    families = [Line2D([], [], color=colour, label=name) for name, colour in looks.items()]
    proposals = [
        Line2D([], [], **look, color=GREY, ms=2.8, label=f"codes from the {name}")
        for name, look in PROPOSALS.values()
    ]
    return families + proposals
