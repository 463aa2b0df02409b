"""Curves that can be read point by point: of training, and those among the details of metrics."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from gaebench import estimate
from gaebench.page.axes import Axis, Tick
from gaebench.page.text import anchor
from gaebench.report.histories import last_scores, score_limits
from gaebench.report.lines import looks
from gaebench.report.names import Label, Names

DASHES = {"-": "none", "--": "7 4", "-.": "8 3 2 3", ":": "2 3"}
"""Matplotlib's line styles in SVG."""


FAR = 3.0
"""Interquartile ranges beyond the quartiles at which a value is far out."""


class Point(NamedTuple):
    """A value and its height in per cent from the top; the best one of a line is marked."""

    text: str
    top: float
    best: bool


class Line(NamedTuple):
    """A curve of a chart.

    Attributes
    ----------
    name, colour, dash : str
    path : str
        Its points in SVG, in per cent.
    """

    name: str
    colour: str
    dash: str
    path: str


class Row(NamedTuple):
    """What all lines have at one place of the horizontal axis; None where one has no point."""

    text: str
    left: float
    points: list[Point | None]


class Chart(NamedTuple):
    """A chart and its numbers.

    Attributes
    ----------
    anchor, title, x, y : str
        Headings of the chart and of its axes.
    lines : list of Line
    rows : list of Row
    x_ticks, y_ticks : list of Tick
    remarks : list of str
        What has no curve, or leaves the chart.
    """

    anchor: str
    title: str
    x: str
    y: str
    lines: list[Line]
    rows: list[Row]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    remarks: list[str]


Curve = Mapping[float, float]


def training(
    dataset: str, metric: Mapping, histories: Mapping[str, pd.DataFrame], names: Names
) -> Chart | None:
    """Validation scores of the last stage of each model against the epoch; None without any.

    Parameters
    ----------
    dataset
        The data set trained on.
    metric
        What the metric that picks the epoch says of itself: ``label``, ``unit``.
    histories
        Model -> columns ``stage, epoch, loss, score``.
    names
    """
    scores = {model: last_scores(frame, model) for model, frame in histories.items()}
    found = {model: frame for model, frame in scores.items() if len(frame)}
    if not found:
        return None
    curves = {
        model: dict(zip(frame["epoch"], frame["score"], strict=True))
        for model, frame in found.items()
    }
    title = f"Training on {names.dataset(dataset).text}: {metric['label']}"
    y = Axis(*score_limits(list(found.values())))
    remarks = [f"{names.model(m).text}: no epochs" for m in scores if m not in found]
    return _chart(title, ("epoch", f"validation score{_unit(metric)}"), curves, y, names, remarks)


def detail(
    dataset: str, metric: Mapping, contents: Mapping[str, Mapping], names: Names
) -> Chart | None:
    """The curve among a metric's details, of several models; None where it has no two places.

    Parameters
    ----------
    metric
        What the metric says of itself: ``label``, ``unit``, ``details`` with the ``label`` of
        ``curve``.
    contents
        Model -> what its file says: ``curve`` with numbers, or mappings with ``value``, by a number
        as text.
    """
    found = {model: estimate.curve(content["curve"]) for model, content in contents.items()}
    curves = {model: dict(sorted(curve.items())) for model, curve in found.items()}
    places = {x for curve in curves.values() for x in curve}
    if len(places) < 2 or min(places) <= 0:
        return None
    label = metric["details"].get("curve", {}).get("label", metric["label"])
    low, high = _fences([value for curve in curves.values() for value in curve.values()])
    y = Axis.around(
        value for curve in curves.values() for value in curve.values() if low <= value <= high
    )
    remarks = [
        f"{names.model(model).text} leaves the chart"
        for model, curve in curves.items()
        if any(not low <= value <= high for value in curve.values())
    ]
    title = f"{label}: {names.dataset(dataset).text}"
    axes = ("", f"{metric['label']}{_unit(metric)}")
    return _chart(title, axes, curves, y, names, remarks, log=True)


def _fences(values: Sequence[float]) -> tuple[float, float]:
    """Beyond these a value stands so far out that it would flatten the rest (Tukey 1977)."""
    low, high = np.quantile(values, [0.25, 0.75])
    return low - FAR * (high - low), high + FAR * (high - low)


def _unit(metric: Mapping) -> str:
    return f" ({metric['unit']})" if metric["unit"] else ""


def _chart(
    title: str,
    axes: tuple[str, str],
    curves: Mapping[str, Curve],
    y: Axis,
    names: Names,
    remarks: Sequence[str],
    log: bool = False,
) -> Chart:
    places = sorted({x for curve in curves.values() for x in curve})
    x = Axis.through(places, log)
    labels = [names.model(model) for model in curves]
    lines = [
        _line(label, look, curve, x, y)
        for label, look, curve in zip(labels, looks(labels), curves.values(), strict=True)
    ]
    best = {model: max(curve, key=curve.get) for model, curve in curves.items()}
    rows = [
        Row(
            f"{at:,.10g}",
            x.place(at),
            [_point(curve, at, y, not log and at == best[m]) for m, curve in curves.items()],
        )
        for at in places
    ]
    ticks = (x.ticks(), y.ticks())
    return Chart(anchor("chart", title), title, *axes, lines, rows, *ticks, list(remarks))


def _line(label: Label, look: Mapping[str, str], curve: Curve, x: Axis, y: Axis) -> Line:
    path = " ".join(f"{x.place(at)},{_top(y, value)}" for at, value in curve.items())
    return Line(label.text, look["color"], DASHES[look["linestyle"]], path)


def _point(curve: Curve, at: float, y: Axis, best: bool) -> Point | None:
    return Point(f"{curve[at]:.2f}", _top(y, curve[at]), best) if at in curve else None


def _top(y: Axis, value: float) -> float:
    return round(100 - y.place(value), 2)
