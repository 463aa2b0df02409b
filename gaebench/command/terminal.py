"""Where tables and messages go: tables to stdout, all that is no result to stderr."""

import click
from rich.console import Console
from rich.markup import escape


def out() -> Console:
    """For results. Without a terminal it has 80 columns, or those of the variable COLUMNS."""
    return Console(highlight=False, soft_wrap=False)


def err() -> Console:
    """For messages."""
    return Console(stderr=True, highlight=False)


def warn(text: str) -> None:
    """A warning."""
    err().print(f"[yellow]warning:[/] {escape(text)}", soft_wrap=True)


def say(text: str) -> None:
    """A message."""
    err().print(escape(text), soft_wrap=True, style="dim")


def named(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """What an argument names, else a usage error: a variable that is not set gives an empty one."""
    if value is not None and not value.strip():
        raise click.BadParameter(f"it is {value!r}, and names nothing: was a variable not set?")
    return value
