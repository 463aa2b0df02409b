"""The layouts of a table: rows of texts, headers first."""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gaebench import published
from gaebench.report import typeset
from gaebench.report.cells import Mean
from gaebench.report.filled import Filled
from gaebench.report.table import ARROWS, Entry
from gaebench.report.typeset import BLANK, MISSING, Text

Grid = list[list[Text]]

CONTROLS = Text("*Controls: images that no model made*")
SLIDE = Text("*slide*")


class Column(NamedTuple):
    """A header, and what stands below it by row."""

    header: Text
    cells: dict[object, Text]


def lay_out(filled: Filled) -> Grid:
    """The rows of a table in its layout."""
    if filled.table.layout == "entries":
        return by_entry(filled)
    labels = [filled.facts.names.model(model) for model in filled.models]
    deep = all(label.layers is not None for label in labels) and not filled.controls
    return by_layers(filled) if filled.table.layout == "layers" and deep else by_model(filled)


def by_model(filled: Filled) -> Grid:
    """One row per model, and the controls' apart below; columns per data set and entry."""
    columns = [column for name in filled.datasets for column in _of_dataset(filled, name)]
    models, controls = (
        [(filled.model(name), name) for name in names] for names in (filled.models, filled.controls)
    )
    apart = [(CONTROLS, None)] if controls else []
    return _grid(Text("model"), columns, [*models, *apart, *controls])


def _of_dataset(filled: Filled, dataset: str) -> Iterator[Column]:
    """A column per entry; the slide's and the papers' after the first."""
    table, rows = filled.table, [*filled.models, *filled.controls]
    title = filled.dataset(dataset)
    for entry in filled.entries:
        first = table.published and entry is filled.entries[0]
        header = "ours" if first else _header(filled, entry)
        several = table.published or len(filled.datasets) > 1
        text = f"{title.text}, {header}" if several else header
        yield Column(Text(text, title.notes), filled.ours(entry, dataset, filled.models))
        for source, theirs in {"slide": "slide", "paper": "cited paper"}.items() if first else ():
            if dataset in published.datasets(table.published, source):
                found = {row: filled.theirs(dataset, row, source) for row in rows}
                yield Column(Text(f"{title.text}, {theirs}"), found)


def _header(filled: Filled, entry: Entry) -> str:
    """An entry's label, with an arrow the way that is better if there are several models."""
    better = filled.look(entry).better if len(filled.models) > 1 else ""
    return filled.label(entry) + ARROWS.get(better, "")


def by_layers(filled: Filled) -> Grid:
    """One row per number of layers; per family our data sets' columns, then the slide's."""
    labels = [filled.facts.names.model(model) for model in filled.models]
    families = dict.fromkeys(label.family for label in labels)
    columns = [column for family in families for column in _of_family(filled, family)]
    rows = dict.fromkeys(label.layers for label in labels)
    return _grid(Text("layers"), columns, [(Text(str(count)), count) for count in rows])


def _of_family(filled: Filled, family: str) -> Iterator[Column]:
    labels = {model: filled.facts.names.model(model) for model in filled.models}
    own = {model: label.layers for model, label in labels.items() if label.family == family}
    of_family = tuple(dict.fromkeys(note for model in own for note in filled.model(model).notes))
    for dataset in filled.datasets:
        title = filled.dataset(dataset)
        for entry in filled.entries:
            further = "" if entry is filled.entries[0] else f", {_header(filled, entry)}"
            header = Text(f"{family}, {title.text}{further}", title.notes + of_family)
            ours = filled.ours(entry, dataset, list(own))
            yield Column(header, {own[model]: text for model, text in ours.items()})
    if printed := published.datasets(filled.table.published, "slide"):
        slide = {layers: filled.theirs(printed[0], model, "slide") for model, layers in own.items()}
        yield Column(Text(f"{family}, slide"), slide)


def _grid(corner: Text, columns: list[Column], rows: Iterable[tuple[Text, object]]) -> Grid:
    head = [corner, *(column.header for column in columns)]
    return [head, *([name, *(c.cells.get(row, BLANK) for c in columns)] for name, row in rows)]


def by_entry(filled: Filled) -> Grid:
    """Per data set a row per entry, below the slide's; a column per model."""
    names = [*filled.models, *filled.controls]
    head = [BLANK, *map(filled.model, names)]
    datasets = {name: filled.dataset(name) for name in filled.datasets}
    if len(datasets) == 1:
        ((name, label),) = datasets.items()
        return [[Text("", label.notes), *head[1:]], *_of_entries(filled, name, names)]
    lines = [
        [label, *line]
        for name, label in datasets.items()
        for line in _of_entries(filled, name, names)
    ]
    return [[Text("data set"), *head], *lines]


def _of_entries(filled: Filled, dataset: str, names: list[str]) -> Iterator[list[Text]]:
    slides = [filled.slide(dataset, name) for name in names]
    if any(slides):
        yield [SLIDE, *(Text(entry.text) if entry else BLANK for entry in slides)]
    for entry in filled.entries:
        if entry.show == "scale" and not any(slides):
            continue
        label = Text(filled.label(entry))
        if dataset in filled.facts.unavailable:
            yield [label, *[MISSING] * len(names)]
            continue
        write = _scale if entry.show == "scale" else _reaching
        found = {
            name: Text(write(filled, entry, dataset, name, mean))
            for name, mean in filled.means(entry, dataset, names).items()
        }
        found |= filled.failed(entry, dataset, names)
        yield [label, *(found.get(name, BLANK) for name in names)]


def _reaching(filled: Filled, entry: Entry, dataset: str, model: str, mean: Mean) -> str:
    """A number, in bold where it is as good as the slide's."""
    look, slide = filled.look(entry), filled.slide(dataset, model)
    text = typeset.plain(mean, look.decimals, marked=False)
    reached = slide and look.merit and look.merit(mean.value) >= look.merit(slide.value)
    return typeset.bold(text) if reached else text


def _scale(filled: Filled, entry: Entry, dataset: str, model: str, mean: Mean) -> str:
    """The factor on all pixels that would lift a score to the slide's."""
    pixels, slide = filled.pixels(entry, dataset, model), filled.slide(dataset, model)
    return f"{math.exp((mean.value - slide.value) / pixels):.3f}" if slide else ""
