"""How a comparison is printed: for the terminal, as Markdown, as JSON."""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gaebench.comparison import Change, Context, Pair, literal
from gaebench.comparison.changes import VERDICTS, counts
from gaebench.report import typeset

HEADERS = ("model", "before", "after", "difference", "")
STYLES = {
    "moved": "bold",
    "within noise": "dim",
    "other seeds": "yellow",
    "version changed": "yellow",
    "vanished": "red",
}
LISTED = 30
"""Parameters, and files, that are listed; --json has all."""
NOTE = (
    "Difference ± standard error, paired by seed; † one seed: the estimates' own errors, which do "
    "not hold what other seeds would give."
)


class Part(NamedTuple):
    """Two tables that were compared."""

    pair: Pair
    changes: list[Change]
    context: Context


def show(part: Part, console: Console) -> None:
    """Print a comparison on a terminal."""
    console.print(f"[bold]{escape(literal.line(title(part)))}[/]", soft_wrap=True)
    console.print(escape(headline(part.changes)), soft_wrap=True)
    for name, changes in groups(part.changes):
        table = Table(
            title=escape(literal.line(name)), title_justify="left", title_style="bold", box=None
        )
        for header in HEADERS:
            table.add_column(header, justify="left" if header in ("model", "") else "right")
        for change in changes:
            style = "bold red" if change.worse else STYLES.get(change.verdict)
            table.add_row(*(escape(literal.line(cell)) for cell in row(change)), style=style)
        console.print(table)
    if any(change.error for change in part.changes):
        console.print(NOTE, style="dim", soft_wrap=True)
    for line in _moved_beside(part.context, "  "):
        console.print(escape(line), soft_wrap=True)


def markdown(part: Part) -> str:
    """A comparison as Markdown: what moved in view, what is noise folded away."""
    noise = [change for change in part.changes if change.verdict == "within noise"]
    others = [change for change in part.changes if change not in noise]
    names = (literal.markdown(name) for name in (part.pair.before_name, part.pair.after_name))
    lines = [f"### {' → '.join(names)}", headline(part.changes), *_sections(others)]
    if noise:
        summary = f"<summary>{len(noise)} within noise</summary>"
        lines += [f"<details>{summary}", *_sections(noise), "</details>"]
    if any(change.error for change in part.changes):
        lines.append(NOTE)
    beside = "\n".join(_moved_beside(part.context, "    ", literal.markdown))
    return "\n\n".join([*lines, *([beside] if beside else [])])


def _sections(changes: list[Change]) -> Iterator[str]:
    for name, group in groups(changes):
        rows = [
            [f"**{cell}**" if change.moved and cell else cell for cell in _marked(change)]
            for change in group
        ]
        yield f"**{literal.markdown(name)}**\n\n{typeset.markdown([list(HEADERS), *rows])}"


def _marked(change: Change) -> list[str]:
    """A change as cells of Markdown."""
    model, *others = row(change)
    return [literal.markdown(model), *others]


def content(part: Part) -> dict:
    """A comparison for scripts."""
    pair, context = part.pair, part.context
    return {
        "before": pair.before_name,
        "after": pair.after_name,
        "counts": dict(counts(part.changes)),
        "worse": sum(change.worse for change in part.changes),
        "cells": [
            {key: value for key, value in vars(change).items() if key != "look"}
            | {"worse": change.worse}
            for change in part.changes
        ],
        "params": context.params and [tuple(map(_scripted, entry)) for entry in context.params],
        "code": context.code,
        "unknown": context.unknown,
    }


def _scripted(value: object) -> object:
    """A parameter as JSON has it: what YAML alone has, such as dates and NaN, as text."""
    if isinstance(value, dict):
        return {str(key): _scripted(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_scripted(part) for part in value]
    infinite = isinstance(value, float) and not math.isfinite(value)
    known = value is None or isinstance(value, str | int | float)
    return value if known and not infinite else str(value)


def title(part: Part) -> str:
    """What is compared with what."""
    return f"{part.pair.before_name} → {part.pair.after_name}"


def headline(changes: list[Change]) -> str:
    """How many cells have each verdict."""
    parts = [f"{number}{VERDICTS[verdict]}" for verdict, number in counts(changes)]
    moved = [change for change in changes if change.verdict == "moved"]
    better = sum(change.better is True for change in moved)
    worse = sum(change.better is False for change in moved)
    ways = f" ({better} better, {worse} worse)" if moved else ""
    cells = ", ".join(parts) or "no cells"
    return f"{cells.replace(' moved', f' moved{ways}', 1)}."


def row(change: Change) -> list[str]:
    """A change as cells of a table."""
    decimals = change.look.decimals
    before, after = (
        "" if value is None else f"{value:.{decimals}f}" for value in (change.before, change.after)
    )
    difference = "" if change.difference is None else f"{change.difference:+.{decimals}f}"
    if change.error is not None:
        difference += f" ± {change.error:.{decimals}f}" + "†" * (change.seeds == 1)
    way = {True: ", better", False: ", worse", None: ""}[change.better]
    seeds = f"seed{'s' * (len(change.lost) > 1)} {', '.join(map(str, change.lost))}"
    lost = f", without {seeds}" if change.lost else ""
    return [change.model, before, after, difference, change.verdict + way + lost]


def groups(changes: list[Change]) -> Iterator[tuple[str, list[Change]]]:
    """What is not the same, by metric and data set, in the order of their first changes."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        if change.verdict != "same":
            found.setdefault(f"{change.metric} on {change.dataset}", []).append(change)
    yield from found.items()


def _moved_beside(
    context: Context, indent: str, written: Callable[[str], str] = literal.lines
) -> Iterator[str]:
    if context.params is None:
        yield f"Parameters: not known; {written(context.unknown['params'])}."
    elif context.params:
        yield "Parameters that differ:\n"
        yield from _listed([_parameter(*entry) for entry in context.params], indent)
    else:
        yield "Parameters: the same."
    if context.code is None:
        yield f"\nCode: not known; {written(context.unknown['code'])}."
    elif context.code:
        yield "\nCode that differs:\n"
        yield from _listed([line.strip() for line in context.code], indent)
    else:
        yield "\nCode: the same."


def _parameter(path: str, before: object, after: object) -> str:
    words = ("absent" if value is None else str(value) for value in (before, after))
    return literal.line(f"{path}: {' → '.join(words)}")


def _listed(lines: list[str], indent: str) -> Iterator[str]:
    yield from (indent + line for line in lines[:LISTED])
    if len(lines) > LISTED:
        yield f"{indent}... and {len(lines) - LISTED} more (--json has all)"
