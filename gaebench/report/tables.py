"""All tables as Markdown."""

from collections.abc import Iterable, Mapping

from gaebench import plugins
from gaebench.report import layouts, typeset
from gaebench.report.filled import Facts, Filled
from gaebench.report.names import Names
from gaebench.report.table import Table
from gaebench.report.typeset import SINGLE, Footnotes, Text

MEANS = "mean over seeds ± its standard error"
BOLD = "; the best of each column in bold"
REACHED = "In bold: reaches the slide's number."
ONE_SEED = f"{SINGLE} One seed: the error is the metric's own (docs/measures.md)."

MARK = "[mem]"
FROM_MEMORY = f"{MARK}: quoted from memory, not found in a readable source."

Asked = tuple[Table, Mapping[str, Mapping]]
"""A table, and what parameters ask of it: ``models``, ``controls``, ``seeds``."""


def asked(entries: Mapping[str, Mapping]) -> list[Asked]:
    """The tables that parameters name, with their further metrics; not those without seeds."""
    return [
        (plugins.load("tables", name).TABLE.plus(entry.get("further", ())), entry)
        for name, entry in entries.items()
        if any(entry["seeds"].values())
    ]


def render(tables: Iterable[Asked], facts: Facts) -> str:
    """All tables, each with a heading.

    Raises
    ------
    GaebenchError
        If a cell that is available has no metric file, or no file has what a table shows.
    """
    sections = (_section(Filled(table, entry, facts)) for table, entry in tables)
    return "# Results\n\n" + "\n\n".join(sections) + "\n"


def _section(filled: Filled) -> str:
    """Heading, caption, the table itself and what must be said below it."""
    table, footnotes, grid = filled.table, Footnotes(), layouts.lay_out(filled)
    notes = tuple(map(filled.said, table.notes))
    caption = f"{filled.said(table.caption)} {legend(filled, grid)}".strip()
    # Remarks are numbered as they are read: the caption's first, then row by row.
    head = footnotes.marked(Text(caption, notes))
    body = typeset.markdown([[footnotes.marked(place) for place in row] for row in grid])
    one_seed = ONE_SEED if SINGLE in body else ""
    parts = [f"## {table.title}", head, body, one_seed, citations(grid), footnotes.listing()]
    return "\n\n".join(filter(None, parts))


def legend(filled: Filled, grid: layouts.Grid) -> str:
    """What the numbers are, and what bold says."""
    if filled.table.layout == "entries":
        return REACHED if filled.table.published else ""
    several = any(len(seeds) > 1 for seeds in filled.asked["seeds"].values())
    ranked = any(place.text.startswith("**") for row in grid for place in row)
    return f"Ours: {MEANS if several else 'one seed'}{BOLD if ranked else ''}."


def citations(grid: layouts.Grid) -> str:
    """Where the published numbers come from that are shown, and what marks some of them."""
    places = [place for row in grid for place in row]
    origins = dict.fromkeys(place.origin for place in places)
    found = {
        name: [citation for source, citation in origins if source == kind]
        for kind, name in {"slide": "Slide", "paper": "Cited papers"}.items()
    }
    lines = [f"{name}: {'; '.join(texts)}." for name, texts in found.items() if texts]
    marked = any(MARK in text for place in places for text in (place.text, *place.notes))
    return " ".join([*lines, *([FROM_MEMORY] if marked else [])])


def accuracy(shares: Mapping[str, float], names: Names) -> str:
    """The classifiers' test accuracies as text, by data set where there are several."""
    texts = {dataset: f"{100 * share:.2f} %" for dataset, share in shares.items()}
    if len(texts) == 1:
        return next(iter(texts.values()))
    return ", ".join(f"{names.dataset(dataset).text} {text}" for dataset, text in texts.items())
