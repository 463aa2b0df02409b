"""``gaebench ls``: what there is, with one line each."""

import json
import re

import click

from gaebench.command import terminal

KINDS = ("datasets", "models", "metrics", "controls", "tables", "figures")
SENTENCE = re.compile(r"(?<!\bal)\. (?=\W*[A-Z])")
"""Where one ends, and another begins."""


@click.command(epilog="Exit status: 0; 1 params.yaml is not in order; 2 usage.")
@click.argument("kinds", nargs=-1, type=click.Choice(KINDS), metavar="[KIND]...")
@click.option("--json", "as_json", is_flag=True, help="As JSON: kind -> name -> what it is.")
def command(kinds: tuple[str, ...], as_json: bool) -> None:
    """List data sets, models, metrics, controls, tables and figures, one line each.

    \b
    gaebench ls                     all of them
    gaebench ls metrics datasets    of some kinds: datasets, models, metrics, controls,
                                    tables, figures
    gaebench ls models --json

    Data sets, models, controls, tables and figures are the entries of params.yaml; metrics are the
    files of gaebench/metrics.
    """
    from gaebench.project import Project

    project = Project.here()
    found = {kind: entries(project, kind) for kind in kinds or KINDS}
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for kind, lines in found.items():
            _print(kind, lines)


def entries(project: object, kind: str) -> dict[str, dict[str, str]]:
    """What there is of a kind: by name, its label and a line on it."""
    from gaebench import plugins

    if kind == "metrics":
        names = {name: name for name in plugins.names(kind)}
    else:
        key = {"datasets": "reader", "models": "family"}.get(kind)
        names = {name: e[key] if key else name for name, e in project.config[kind].items()}
    return {
        name: {"label": _label(project, kind, name), "line": _line(kind, plugin)}
        for name, plugin in names.items()
    }


def _label(project: object, kind: str, name: str) -> str:
    from gaebench import plugins

    if kind == "datasets":
        return project.names.dataset(name).text
    if kind in ("models", "controls"):
        return project.names.model(name).text
    if kind == "tables":
        return project.table(name).title
    return plugins.constant(kind, name, "LABEL", name) if kind == "metrics" else name


def _line(kind: str, plugin: str) -> str:
    """The first sentence of a plugin's file; of a metric, which way is better too."""
    import ast

    from gaebench import plugins

    text = (ast.get_docstring(plugins.tree(kind, plugin)) or "").partition("\n\n")[0]
    line = SENTENCE.split(" ".join(text.split()), maxsplit=1)[0].removesuffix(".")
    if kind == "metrics":
        need = plugins.constant(kind, plugin, "NEEDS")
        better = plugins.constant(kind, plugin, "BETTER", "")
        return f"{line} [needs {need}{f'; better: {better}' if better else ''}]"
    return line


def _print(kind: str, lines: dict[str, dict[str, str]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        title=kind,
        title_justify="left",
        title_style="bold",
        box=None,
        show_header=False,
        expand=True,
    )
    table.add_column(no_wrap=True, style="cyan", min_width=max(map(len, lines), default=0))
    table.add_column(overflow="ellipsis", no_wrap=True, ratio=1)
    for name, entry in lines.items():
        same = entry["label"] in (name, "")
        label = "" if same else f"{entry['label']}: "
        table.add_row(escape(name), escape(label + entry["line"]))
    terminal.out().print(table)
