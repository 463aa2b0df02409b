"""Parzen score against the number of generated images, and against the bandwidth."""

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gaebench import published
from gaebench.report.lines import looks, ruled
from gaebench.report.shown import ShownRun, datasets
from gaebench.report.style import GREY, WIDTH, cycle

CAPTION = (
    "Parzen score of MNIST's test images (nats): left against the number of generated images, the "
    "bandwidth chosen on validation images at each number; right against the bandwidth, at 10,000 "
    "images. Thin lines are the slide's numbers for GAE, which it gives for 10,000 images. Points "
    "in grey are controls: images that no model made."
)
NEEDS = ("parzen_curve",)
CONTROLS_NEED = ("parzen",)

MARKS = ("X", "P", "v", "*")
"""Of the controls, which are points: their images have one number."""
CLAIMED = "GAE"
"""The family whose numbers on the slide are drawn."""
DEPTH = 0.5
"""How far the bandwidths' axis goes below the lowest peak, as a share of the peaks' range."""

ROOM = 0.08
"""Above the slide's lines for their text, as a share of the axis."""


def draw(runs: Sequence[ShownRun], device: str) -> Figure:
    """Draw the models of one data set as lines and the controls as points, in two panels."""
    models = [run for run in runs if not run.control]
    controls = [run for run in runs if run.control]
    figure = Figure(figsize=(WIDTH, 3.8), layout="constrained")
    figure.suptitle(datasets(runs))
    left, right = figure.subplots(1, 2)
    peaks = []
    styles = looks([run.label for run in models])
    for run, look in zip(models, styles, strict=True):
        content = run.metric("parzen_curve")
        _by_number(left, content["curve"], run.label.text, look)
        _by_bandwidth(right, content["grid"], look)
        peaks.append(max(content["grid"]["test"]))
    for run, mark in zip(controls, cycle(MARKS, len(controls)), strict=True):
        found = run.metric("parzen")
        point = {"marker": mark, "ms": 7.5, "mec": "white", "mew": 0.6, "color": GREY}
        point |= {"linestyle": "", "zorder": 4}
        left.plot([run.images_per_run], [found["value"]], **point, label=run.label.text)
        right.plot([found["bandwidth"]], [found["value"]], **point)
        peaks.append(found["value"])
    _finish(left, right, peaks)
    _slide(left, models, styles)
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, handlelength=3.6)
    return figure


def _slide(axes: Axes, models: Sequence[ShownRun], styles: Sequence[Mapping]) -> None:
    """The slide's numbers as thin lines, and above them which they are."""
    texts, highest = [], -math.inf
    for run, look in zip(models, styles, strict=True):
        entry = published.entry("table1", run.dataset, run.model, "slide")
        if entry and run.label.family == CLAIMED:
            axes.axhline(entry.value, **look | {"marker": ""}, lw=0.7, zorder=1)
            texts.append(f"{entry.text} {run.label.text.removeprefix(CLAIMED).strip()}".strip())
            highest = max(highest, entry.value)
    if texts:
        place = {"xy": (0.02, highest), "xycoords": axes.get_yaxis_transform(), "size": 7}
        text = f"slide, {CLAIMED}: {', '.join(texts)}"
        axes.annotate(text, **place, xytext=(0, 2), textcoords="offset points", va="bottom")
        low, high = axes.get_ylim()
        axes.set_ylim(low, max(high, highest + ROOM * (high - low)))


def _by_number(axes: Axes, curve: Mapping[str, Mapping], label: str, look: Mapping) -> None:
    sizes = sorted(map(int, curve))
    values = [curve[str(size)]["value"] for size in sizes]
    axes.plot(sizes, values, label=label, ms=3, **look)


def _by_bandwidth(axes: Axes, grid: Mapping[str, Sequence[float]], look: Mapping) -> None:
    """The test images' score as a line; a mark where the validation images have their best one."""
    axes.plot(grid["bandwidths"], grid["test"], **look | {"marker": ""})
    best = grid["valid"].index(max(grid["valid"]))
    axes.plot(
        [grid["bandwidths"][best]],
        [grid["test"][best]],
        **look,
        ms=5,
        mec="white",
        zorder=3,
    )


def _finish(left: Axes, right: Axes, peaks: list[float]) -> None:
    left.set_xscale("log")
    left.set_xlabel("generated images")
    left.set_ylabel("Parzen score (nats)")
    right.set_xscale("log")
    right.set_xlabel("bandwidth (mark: chosen on validation images)")
    right.set_xticks([0.1, 0.2, 0.4], ["0.1", "0.2", "0.4"])
    right.minorticks_off()
    spread = max(peaks) - min(peaks) or 0.2 * abs(max(peaks)) or 1.0
    right.set_ylim(min(peaks) - DEPTH * spread, max(peaks) + 0.1 * spread)
    ruled(left)
    ruled(right)
