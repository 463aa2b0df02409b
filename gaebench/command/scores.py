"""How scores are printed: tables for the terminal, JSON, CSV."""

import json
import math
import sys

from rich.markup import escape
from rich.table import Table

from gaebench.api.scoring import Scored, version
from gaebench.command import terminal
from gaebench.command.numbers import Column, sections
from gaebench.errors import GaebenchError
from gaebench.project import Project
from gaebench.report import frames, typeset
from gaebench.report.cells import Mean
from gaebench.report.table import ARROWS

BEST, NEAREST = "*", "≈"
MINE = "▶ "
LEGEND = {
    BEST: "best of the models",
    NEAREST: "nearest to yours",
    typeset.SINGLE: "one seed: its own error",
}
GAP = 2
"""Columns of the terminal between those of a table."""


def show(found: Scored, project: Project, form: str | None) -> None:
    """Print scores in a form: ``json``, ``csv``, or tables for a reader.

    Metrics without a number are told on stderr where the form has no place for them that a reader
    sees.
    """
    if form:
        for metric, reason in found.failed.items():
            terminal.warn(f"{metric} has no number: {reason}")
    if form == "csv":
        sys.stdout.write(found.frame.to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        print(json.dumps(content(found, project), indent=2))
    else:
        _print(found, project)


def check_neighbours(project: Project) -> None:
    """See that the numbers that scores are shown among can be read, before any is computed.

    Raises
    ------
    GaebenchError
        If they cannot.
    """
    if project.committed is None:
        return
    try:
        frames.read(project.committed)
    except GaebenchError as error:
        raise GaebenchError(
            f"{error}. Yours would be shown among its numbers: put it in order (git checkout), or "
            "ask for --csv, which goes without"
        ) from error


def content(found: Scored, project: Project) -> dict:
    """All that is known, for scripts."""
    images = found.images
    return {
        "dataset": found.dataset,
        "name": found.name,
        "seed": found.seed,
        "images": images and {"given": images.given, "scored": len(images.images)},
        "comparable": images.comparable if images else True,
        "warnings": found.remarks,
        "left_out": found.left_out,
        "failed": found.failed,
        "scores": {
            metric: estimate | {"version": version(metric)}
            for metric, estimate in found.contents.items()
        },
        "beside": {
            column.entry.name: {
                model: {"mean": mean.value, "sem": mean.error, "seeds": mean.seeds}
                for model, mean in column.ours.items()
            }
            for _, columns in sections(found, project)
            for column in columns
        },
    }


def _print(found: Scored, project: Project) -> None:
    console = terminal.out()
    ranked = found.images is None or found.images.comparable
    shown: list[str] = []
    for title, columns in sections(found, project):
        for part in _fitting(columns, found, project, console.width):
            heading = f"{title}: {project.names.dataset(found.dataset).text}"
            console.print(_table(heading, part, found, project, ranked))
        shown += [text for column in columns for text in _texts(column, project, ranked).values()]
    for metric, reason in found.failed.items():
        console.print(f"[bold]{metric}[/] has no number: {escape(reason)}", soft_wrap=True)
    marks = [mark for mark in LEGEND if any(mark in text for text in shown)]
    if marks:
        console.print("   ".join(f"{mark} {LEGEND[mark]}" for mark in marks))
    if not ranked:
        console.print(f"Not ranked: {found.images.given:,} images do not compare.", soft_wrap=True)


def _names(columns: list[Column], found: Scored, project: Project) -> dict[str | None, str]:
    """The rows' labels by model, the scored one's at None, in the order of the first column."""
    models = list(dict.fromkeys(model for column in columns for model in column.ours))
    first = columns[0]
    order = first.look.merit or (lambda value: value)
    values = {model: order(mean.value) for model, mean in first.ours.items()}
    values |= {model: -math.inf for model in models if model not in values}
    rows = {None: order(first.mine.value)} | values
    labels = {model: project.names.model(model).text for model in models}
    labels |= {m: f"{text} (control)" for m, text in labels.items() if m in _controls(project)}
    labels[None] = MINE + found.name
    return {row: labels[row] for row in sorted(rows, key=rows.get, reverse=True)}


def _controls(project: Project) -> list[str]:
    return list(project.config["controls"])


def _table(
    title: str, columns: list[Column], found: Scored, project: Project, ranked: bool
) -> Table:
    table = Table(title=escape(title), title_justify="left", title_style="bold", box=None)
    table.add_column("model", no_wrap=True)
    texts = [_texts(column, project, ranked) for column in columns]
    for column in columns:
        table.add_column(escape(header(column)), justify="right", no_wrap=True)
    for row, label in _names(columns, found, project).items():
        style = "bold cyan" if row is None else None
        table.add_row(escape(label), *(part.get(row, "") for part in texts), style=style)
    return table


def header(column: Column) -> str:
    """A column's label, with an arrow the way that is better."""
    return column.look.label + ARROWS.get(column.look.better, "")


def _texts(column: Column, project: Project, ranked: bool) -> dict[str | None, str]:
    """The cells of a column, with their marks."""
    everyone: dict[str | None, Mean] = column.ours | {None: column.mine}
    look, controls = column.look, _controls(project)
    texts = {row: typeset.plain(mean, look.decimals) for row, mean in everyone.items()}
    if not (ranked and column.ours):
        return texts
    near = min(column.ours, key=lambda row: abs(column.ours[row].value - column.mine.value))
    texts[near] += NEAREST
    if look.merit:
        models = {row: mean for row, mean in everyone.items() if row not in controls}
        best = max(models, key=lambda row: look.merit(models[row].value))
        texts[best] += BEST
    return texts


def _fitting(
    columns: list[Column], found: Scored, project: Project, width: int
) -> list[list[Column]]:
    """The columns in as many tables as the terminal's width asks for."""
    names = max(map(len, _names(columns, found, project).values()))
    parts, left = [[]], width - names - GAP
    for column in columns:
        texts = _texts(column, project, True).values()
        wide = max(map(len, [header(column), *texts])) + GAP
        if parts[-1] and wide > left:
            parts.append([])
            left = width - names - GAP
        parts[-1].append(column)
        left -= wide
    return parts
