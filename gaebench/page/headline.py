"""What came out, in short: who is best in the tables of the slides, and by how much."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from scipy import stats

from gaebench.page.axes import Axis, Tick
from gaebench.page.text import anchor
from gaebench.report import typeset
from gaebench.report.cells import Mean
from gaebench.report.filled import Filled
from gaebench.report.table import Entry

SURE = 0.975
"""A lead below this quantile of Student's t, in its errors, may come of the seeds."""


class Row(NamedTuple):
    """A model or a control, and its numbers in per cent of the axis, None where there is none.

    Attributes
    ----------
    name : str
    control : bool
    text : str
        Ours as the table has it.
    ours, low, high : float or None
        Our mean, and one standard error around it.
    slide, paper : (float, str) or None
        Place and text.
    best : bool
    """

    name: str
    control: bool
    text: str
    ours: float | None
    low: float | None
    high: float | None
    slide: tuple[float, str] | None
    paper: tuple[float, str] | None
    best: bool


class Standing(NamedTuple):
    """One data set of a table: sentences, and a chart of all rows."""

    anchor: str
    title: str
    axis: str
    sentences: list[str]
    rows: list[Row]
    ticks: list[Tick]


def standings(filled: Filled) -> list[Standing]:
    """The standing on each data set that there are numbers of, of a table with published ones."""
    if not filled.table.published or filled.table.layout == "entries":
        return []
    entry = filled.entries[0]
    present = [name for name in filled.datasets if name not in filled.facts.unavailable]
    return [
        _standing(filled, entry, dataset)
        for dataset in present
        if filled.means(entry, dataset, filled.models)
    ]


def _standing(filled: Filled, entry: Entry, dataset: str) -> Standing:
    title = f"{filled.table.title}: {filled.facts.names.dataset(dataset).text}"
    look = filled.look(entry)
    ours = filled.means(entry, dataset, [*filled.models, *filled.controls])
    printed = {source: _printed(filled, dataset, source) for source in ("slide", "paper")}
    values = [
        *(m.value + step * (m.error or 0.0) for m in ours.values() for step in (-1, 1)),
        *(number for found in printed.values() for number, _ in found.values()),
    ]
    axis = Axis.around(values)
    best = _best(filled, entry, {m: ours[m] for m in filled.models if m in ours})
    rows = [
        _row(filled, name, ours.get(name), printed, axis, look.decimals, name == best)
        for name in [*filled.models, *filled.controls]
        if name in ours or any(name in found for found in printed.values())
    ]
    unit = f" ({look.unit})" if look.unit else ""
    sentences = _sentences(filled, entry, dataset, ours)
    label = f"{filled.said(look.label)}{unit}"
    return Standing(anchor("standing", title), title, label, sentences, rows, axis.ticks(5))


def _printed(filled: Filled, dataset: str, source: str) -> dict[str, tuple[float, str]]:
    """The numbers of a source by model, as numbers and as printed.

    By layers, the slide's one column stands beside every data set, as in the table.
    """
    everywhere = source == "slide" and filled.table.layout == "layers"
    found = {
        name: filled.slide(dataset, name) if everywhere else filled.printed(dataset, name, source)
        for name in [*filled.models, *filled.controls]
    }
    return {name: (entry.value, entry.text) for name, entry in found.items() if entry}


def _best(filled: Filled, entry: Entry, means: Mapping[str, Mean]) -> str | None:
    """The model with the best mean; None where no way is better."""
    merit = filled.look(entry).merit
    return max(means, key=lambda name: merit(means[name].value)) if merit and means else None


def _row(
    filled: Filled,
    name: str,
    mean: Mean | None,
    printed: Mapping[str, Mapping[str, tuple[float, str]]],
    axis: Axis,
    decimals: int,
    best: bool,
) -> Row:
    places = {
        source: (axis.place(found[name][0]), found[name][1]) if name in found else None
        for source, found in printed.items()
    }
    error = (mean.error or 0.0) if mean else 0.0
    ends = [axis.place(mean.value + step * error) for step in (0, -1, 1)] if mean else [None] * 3
    text = typeset.plain(mean, decimals) if mean else ""
    label = filled.facts.names.model(name).text
    return Row(label, name in filled.controls, text, *ends, **places, best=best)


def _sentences(filled: Filled, entry: Entry, dataset: str, ours: Mapping[str, Mean]) -> list[str]:
    """Who is best of the models, by how much; of the slide's; and how the controls compare."""
    look, names = filled.look(entry), filled.facts.names
    models = {name: ours[name] for name in filled.models if name in ours}
    if not look.merit or len(models) < 2:
        return []
    first, second = sorted(models, key=lambda name: -look.merit(models[name].value))[:2]
    called = {name: names.model(name).text for name in ours}
    text = typeset.plain(models[first], look.decimals, marked=False)
    found = [
        f"{called[first]} is the best model with {text}, "
        f"{_lead(models[first], models[second], look.decimals, called[second])}."
    ]
    found += _of_slide(filled, entry, dataset)
    controls = {name: ours[name] for name in filled.controls if name in ours}
    above = [
        called[name]
        for name, mean in controls.items()
        if look.merit(mean.value) > look.merit(models[first].value)
    ]
    if above:
        found.append(f"Above it, though no model made them: {', '.join(above)}.")
    elif controls:
        found.append("Every control, images that no model made, is below it.")
    return found


def _lead(first: Mean, second: Mean, decimals: int, rival: str) -> str:
    """How far the best is ahead of the next, with its error where both have several seeds."""
    lead = abs(first.value - second.value)
    if min(first.seeds, second.seeds) < 2:
        return f"{lead:.{decimals}f} ahead of {rival}; one seed, so that no one knows its spread"
    error = math.hypot(first.error, second.error)
    least = stats.t.ppf(SURE, min(first.seeds, second.seeds) - 1) * error
    doubt = ": no more than seeds differ by" if lead < least else ""
    return f"{lead:.{decimals}f} ± {error:.{decimals}f} ahead of {rival}{doubt}"


def _of_slide(filled: Filled, entry: Entry, dataset: str) -> list[str]:
    """Which of the models is best on the slide, with its number."""
    printed = {
        name: found
        for name, found in _printed(filled, dataset, "slide").items()
        if name in filled.models
    }
    if not printed:
        return []
    merit = filled.look(entry).merit
    best = max(printed, key=lambda name: merit(printed[name][0]))
    return [f"The slide has {filled.facts.names.model(best).text} first, with {printed[best][1]}."]
