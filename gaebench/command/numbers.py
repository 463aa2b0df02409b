"""The committed numbers that a score is shown among."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from gaebench.api.scoring import Scored, version
from gaebench.project import Project
from gaebench.report import cells, frames
from gaebench.report.cells import Mean, Number
from gaebench.report.table import Entry, Look, look, said
from gaebench.scoring import SHOWN


@dataclass(frozen=True)
class Column:
    """An entry of a table: how it is written, and its numbers by model or control."""

    entry: Entry
    look: Look
    ours: Mapping[str, Mean]
    mine: Mean | None


def sections(found: Scored, project: Project) -> list[tuple[str, list[Column]]]:
    """Titles of tables with the columns that a score has numbers for."""
    committed = _committed(found, project)
    measured, shown = found.contents, []
    for name in dict.fromkeys(table for tables in SHOWN.values() for table in tables):
        table = project.table(name)
        entries = [entry for entry in table.entries if entry.metric in measured]
        columns = [_column(found, entry, committed, _rows(project, name)) for entry in entries]
        if columns := [column for column in columns if column.mine]:
            shown.append((table.title, columns))
    seen = {column.entry.metric for _, columns in shown for column in columns}
    others = [Entry(metric, unit=True) for metric in measured if metric not in seen]
    columns = [_column(found, entry, committed, None) for entry in others]
    return [*shown, *([("Further metrics", columns)] if columns else [])]


def _column(found: Scored, entry: Entry, committed: pd.DataFrame, rows: list[str] | None) -> Column:
    mine = cells.number(found.contents[entry.metric], entry.path, entry.metric)
    theirs = committed[committed["metric"] == entry.name]
    ours = {
        model: cells.mean([Number(*pair) for pair in zip(part["value"], part["sem"], strict=True)])
        for model, part in theirs.groupby("model", sort=False)
        if rows is None or model in rows
    }
    written = look(entry, said(entry.metric))
    return Column(entry, written, ours, Mean(*mine, 1) if mine else None)


def _committed(found: Scored, project: Project) -> pd.DataFrame:
    """The committed numbers on the data set, of metrics whose version is still the same."""
    if project.committed is None:
        return frames.empty()
    frame = frames.read(project.committed)
    frame = frame[frame["dataset"] == found.dataset]
    versions = {metric: version(metric) for metric in found.contents}
    now = frame["metric"].map(lambda metric: versions.get(metric.split(".")[0], -1))
    return frame[now == frame["version"]]


def _rows(project: Project, table: str) -> list[str] | None:
    """The models and controls that a table shows; None for all, if params.yaml has no such."""
    entry = project.config["tables"].get(table)
    return entry and [*entry["models"], *entry.get("controls", []), *entry.get("foreign", {})]
