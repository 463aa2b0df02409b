"""Parzen score against the number of generated images, and against the bandwidth."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gaebench.errors import GaebenchError
from gaebench.report.curves import looks
from gaebench.report.style import GREY, WIDTH, styled

MARKS = ("s", "D", "^", "v")
"""Of the controls, which are points: their images have one number."""
DEPTH = 0.5
"""How far the bandwidths' axis goes below the lowest peak, as a share of the peaks' range."""


@styled()
def draw(curves: Mapping[str, Mapping], controls: Mapping[str, tuple[int, float, float]]) -> Figure:
    """Draw two panels with the models of one data set.

    Parameters
    ----------
    curves
        Model label -> details of the metric ``parzen_curve``: ``curve`` (number of images as text
        -> ``value`` in nats) and ``grid`` (``bandwidths``, ``valid``, ``test``).
    controls
        Label -> number of images, bandwidth, score in nats.

    Raises
    ------
    GaebenchError
        If there is no model.
    """
    if not curves:
        raise GaebenchError("the figure of Parzen curves has no model: name some in params.yaml")
    figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    styles = looks(list(curves))
    for label, content in curves.items():
        _by_number(left, content["curve"], label, styles[label])
        _by_bandwidth(right, content["grid"], styles[label])
    for (label, (number, bandwidth, score)), mark in zip(controls.items(), MARKS, strict=False):
        point = {"marker": mark, "ms": 5, "color": GREY, "linestyle": ""}
        left.plot([number], [score], **point, label=label)
        right.plot([bandwidth], [score], **point)
    peaks = [max(content["grid"]["test"]) for content in curves.values()]
    _finish(left, right, [*peaks, *(score for _, _, score in controls.values())])
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def _by_number(axes: Axes, curve: Mapping[str, Mapping], label: str, look: Mapping) -> None:
    sizes = sorted(map(int, curve))
    values = [curve[str(size)]["value"] for size in sizes]
    axes.plot(sizes, values, label=label, marker=".", ms=4, **look)


def _by_bandwidth(axes: Axes, grid: Mapping[str, Sequence[float]], look: Mapping) -> None:
    """The test images' score as a line; a dot where the validation images have their best one."""
    axes.plot(grid["bandwidths"], grid["test"], **look)
    best = grid["valid"].index(max(grid["valid"]))
    axes.plot(
        [grid["bandwidths"][best]],
        [grid["test"][best]],
        marker="o",
        ms=5,
        mec="white",
        color=look["color"],
        zorder=3,
    )


def _finish(left: Axes, right: Axes, peaks: list[float]) -> None:
    left.set_xscale("log")
    left.set_xlabel("generated images")
    left.set_ylabel("Parzen score (nats)")
    right.set_xscale("log")
    right.set_xlabel("bandwidth (dot: chosen on validation images)")
    right.set_xticks([0.1, 0.2, 0.4], ["0.1", "0.2", "0.4"])
    right.minorticks_off()
    spread = max(peaks) - min(peaks) or 0.2 * abs(max(peaks)) or 1.0
    right.set_ylim(min(peaks) - DEPTH * spread, max(peaks) + 0.1 * spread)
    for axes in (left, right):
        axes.grid(True)
        axes.set_axisbelow(True)
