"""Does a table's file keep the contract of tables? What it sets is run, and looked at."""

from collections.abc import Iterator
from typing import get_args

from gaebench import plugins, published
from gaebench.errors import described
from gaebench.report.table import MERITS, Entry, Table, filled_in

from . import signatures
from .schema import suggestion


def problems(table: object) -> Iterator[str]:
    """What is wrong with a table."""
    if not isinstance(table, Table):
        yield f"must be a Table, not {described(table)}"
        return
    layouts, entries = get_args(Table.__annotations__["layout"]), table.entries
    if table.layout not in layouts:
        yield f"has the layout {table.layout!r}; {suggestion(table.layout, layouts)}"
    if not isinstance(entries, tuple) or not entries:
        yield "must have a tuple of entries: entries=(Entry(...),)"
        return
    if wrong := [entry for entry in entries if not isinstance(entry, Entry)]:
        yield f"must have entries that are Entry(...), not {wrong[0]!r}"
        return
    metrics = plugins.names("metrics")
    unknown = [entry.metric for entry in entries if entry.metric not in metrics]
    yield from (f"shows no metric {name!r}; {suggestion(name, metrics)}" for name in unknown)
    wrong = [*_texts(table), *_published(table)]
    yield from wrong
    yield from [] if unknown or wrong else _said(table)


def _published(table: Table) -> Iterator[str]:
    """Published numbers that a table shows, where there are none."""
    known = published.tables()
    if table.published and table.published not in known:
        yield f"has published={table.published!r}; {suggestion(str(table.published), known)}"
    if not table.published and any(entry.show == "scale" for entry in table.entries):
        yield "has an entry of show='scale', which needs published numbers: set published"


def _texts(table: Table) -> Iterator[str]:
    """What a table says, where that is no text."""
    if not isinstance(table.notes, tuple | list):
        yield f"must have a tuple of notes: notes=(...,), not {described(table.notes)}"
    if not isinstance(table.row_notes, dict):
        yield f"must have a mapping of row_notes, not {described(table.row_notes)}"
    for name in ("title", "caption"):
        if not isinstance(getattr(table, name), str):
            yield f"must have a text as {name}, not {described(getattr(table, name))}"
    for entry in table.entries:
        if not isinstance(entry.path, str):
            yield f"must have a text as path of {entry.metric}, not {described(entry.path)}"
        shows = get_args(Entry.__annotations__["show"])
        if entry.show not in shows:
            yield f"has show={entry.show!r} of {entry.metric}; {suggestion(entry.show, shows)}"
        if entry.better not in (None, "", *MERITS):
            meant = suggestion(str(entry.better), MERITS)
            yield f"has better={entry.better!r} of {entry.metric}; {meant}"


def _said(table: Table) -> Iterator[str]:
    """Texts of a table whose braces hold no number."""
    shown = {entry.metric for entry in table.entries}
    numbers = {"samples": 1, "accuracy": ""} | {metric: _numbers(metric) for metric in shown}
    labels = [entry.label for entry in table.entries if entry.label is not None]
    for text in (table.title, table.caption, *table.notes, *table.row_notes.values(), *labels):
        try:
            filled_in(text, numbers)
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            yield f"says {text!r}, whose braces hold no number that there is ({error!r})"


def _numbers(metric: str) -> dict:
    taken = plugins.settings("metrics", metric)
    return {"samples": 1} | dict.fromkeys(taken, 1) | signatures.defaults(taken)
