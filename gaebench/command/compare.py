"""``gaebench compare``: what a change did to the numbers."""

import json

import click

from gaebench.command import terminal

CAUGHT = 3
"""Exit status where --fail-on caught something."""


@click.command(epilog="Exit status: 0; 1 no such results; 2 usage; 3 what --fail-on names.")
@click.argument("before", metavar="A", callback=terminal.named)
@click.argument("after", metavar="[B]", required=False, callback=terminal.named)
@click.option("--quick", is_flag=True, help="Those of make quick, where there are full ones too.")
@click.option("--markdown", "form", flag_value="markdown", help="For a comment on a change.")
@click.option("--json", "form", flag_value="json", help="For scripts.")
@click.option(
    "--fail-on",
    type=click.Choice(["worse", "moved"]),
    help="End with status 3 if a number moved the wrong way, or moved. One that vanished counts, "
    "and so does a seed.",
)
def command(
    before: str, after: str | None, quick: bool, form: str | None, fail_on: str | None
) -> None:
    """Compare the results A with B, number by number: what moved, and what is noise.

    \b
    gaebench compare HEAD~1                        a commit with the working tree
    gaebench compare main my-branch                two branches
    gaebench compare old/metrics.csv               a file, or a folder with one
    gaebench compare ../before results/quick       two runs of make quick
    gaebench compare HEAD~1:results/longer results/longer    a study, then and now
    gaebench compare main --markdown --fail-on worse

    A and B are commits, branches, tags, folders or metrics.csv files, or a folder of a commit
    after a colon; B is the working tree by default. A cell is a model on a data set under a
    metric. Its difference is taken seed by seed, with its standard error; with one seed, the
    errors of the two estimates stand in. It moved if that is no chance (t-test, false discovery
    rate 5 % over the cells that differ), else it is within noise. Where the version of a metric
    changed, its numbers do not compare.
    """
    from gaebench import comparison
    from gaebench.command import changed
    from gaebench.project import Project

    root = Project.here().root
    sources = [comparison.source(text, root) for text in (before, after)]
    parts = [
        changed.Part(
            pair,
            comparison.changes(pair.before, pair.after),
            comparison.context(*sources, root, pair.quick),
        )
        for pair in comparison.pairs(*sources, quick)
    ]
    for pair in (part.pair for part in parts if part.pair.itself):
        terminal.warn(f"{pair.before_name} and {pair.after_name} are one and the same")
    if form == "json":
        click.echo(json.dumps([changed.content(part) for part in parts], indent=2))
    elif form == "markdown":
        click.echo("\n\n".join(changed.markdown(part) for part in parts))
    else:
        for part in parts:
            changed.show(part, terminal.out())
    if fail_on and any(getattr(c, fail_on) for part in parts for c in part.changes):
        raise click.exceptions.Exit(CAUGHT)
