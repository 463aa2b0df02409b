"""The tables as the page shows them: cells apart from their remarks, and keys to sort by."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from gaebench.page.text import anchor, inline
from gaebench.report import layouts, tables
from gaebench.report.filled import Filled
from gaebench.report.typeset import SINGLE, Footnotes, Text

NUMBER = re.compile(r"([-+]?\d[\d,]*)((?:\.\d+)?)(.*)", re.S)


class Place(NamedTuple):
    """What stands in one cell.

    Attributes
    ----------
    head : Markup
        The text; of a number, what is left of the decimal point.
    tail : str
        What is right of it, the error included.
    key : float or None
        What the cell is sorted by; None if it is no number.
    best : bool
    notes : list of int
        Numbers of the remarks on it.
    """

    head: Markup
    tail: str
    key: float | None
    best: bool
    notes: list[int]


class Column(NamedTuple):
    """A header, its remarks, and the room right of the decimal point in widths of a digit."""

    title: Markup
    notes: list[int]
    width: float


class Body(NamedTuple):
    """Rows that are sorted among themselves, below a title of their own if they have one."""

    title: Markup
    rows: list[list[Place]]


class PageTable(NamedTuple):
    """A table of the page.

    Attributes
    ----------
    anchor, title : str
    caption : Markup
    caption_notes : list of int
    columns : list of Column
    labels : int
        How many columns from the left name the row.
    bodies : list of Body
    below : list of Markup
        What is said below it.
    footnotes : list of Markup
    sortable : bool
        Whether the rows of a column can be compared.
    """

    anchor: str
    title: str
    caption: Markup
    caption_notes: list[int]
    columns: list[Column]
    labels: int
    bodies: list[Body]
    below: list[Markup]
    footnotes: list[Markup]
    sortable: bool


def of(filled: Filled) -> PageTable:
    """A table that is filled with numbers; its errors are those of `layouts.lay_out`."""
    table, footnotes, grid = filled.table, Footnotes(), layouts.lay_out(filled)
    notes = footnotes.numbers(Text("", tuple(map(filled.said, table.notes))))
    labels = 1 if len(grid[0]) < 2 or grid[0][1].text else 2
    head, *lines = [_row(row, labels, footnotes) for row in grid]
    one_seed = any(SINGLE in place.tail for line in lines for place in line)
    below = [tables.ONE_SEED if one_seed else "", tables.citations(grid)]
    caption = f"{filled.said(table.caption)} {tables.legend(filled, grid)}".strip()
    return PageTable(
        anchor=anchor("table", table.title),
        title=table.title,
        caption=inline(caption),
        caption_notes=notes,
        columns=[_column(*column) for column in zip(head, *lines, strict=True)],
        labels=labels,
        bodies=_bodies(lines),
        below=[inline(text) for text in below if text],
        footnotes=[inline(text) for text in footnotes.texts],
        sortable=table.layout != "entries",
    )


def _row(row: Sequence[Text], labels: int, footnotes: Footnotes) -> list[Place]:
    return [_place(text, footnotes, number >= labels) for number, text in enumerate(row)]


def _place(text: Text, footnotes: Footnotes, numeric: bool) -> Place:
    """A cell; those that name a row are no numbers, whatever they begin with."""
    plain, notes = text.text.replace("**", ""), footnotes.numbers(text)
    best = plain != text.text
    if not numeric or not (found := NUMBER.fullmatch(plain)):
        return Place(inline(text.text), "", None, best, notes)
    whole, fraction, rest = found.groups()
    key = float(whole.replace(",", "") + fraction)
    return Place(Markup.escape(whole), fraction + rest, key, best, notes)


def _column(head: Place, *places: Place) -> Column:
    width = max((_width(place.tail) for place in places if place.key is not None), default=0.0)
    return Column(head.head + head.tail, head.notes, width)


def _width(text: str) -> float:
    """About how wide a text is: points and spaces take half a digit."""
    return sum(0.5 if character in ". " else 1.0 for character in text)


def _bodies(lines: Sequence[list[Place]]) -> list[Body]:
    """Split where a row has nothing but a title, as that above the controls."""
    bodies = [Body(Markup(), [])]
    for first, *others in lines:
        if any(place.head for place in others):
            bodies[-1].rows.append([first, *others])
        else:
            bodies.append(Body(first.head, []))
    return [body for body in bodies if body.rows]
