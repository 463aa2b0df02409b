"""``gaebench validate``: is params.yaml in order?"""

from pathlib import Path

import click

KINDS = ("dataset", "model", "table", "figure")
Files = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog="Exit status: 0 in order; 1 not, with a line for each mistake; 2 usage.")
@click.argument("file", required=False, type=Files, metavar="[FILE]")
@click.option("--over", multiple=True, type=Files, help="Laid over it, in this order.")
def command(file: Path | None, over: tuple[Path, ...]) -> None:
    """Check params.yaml, and what is laid over it, without running anything.

    \b
    gaebench validate                               the project's params.yaml
    gaebench validate other.yaml                    another file in its place
    gaebench validate --over workflow/quick.yaml    with a file laid over it

    Each mistake is named with its place and, where a name was meant, the nearest one. What stands
    there and is shown nowhere is no mistake, and is named too: with --over, of what is laid over.
    """
    from gaebench.errors import counted
    from gaebench.project import Project

    project = Project.here().reading(file, over)
    config = project.config
    counts = (counted(len(config[f"{kind}s"]), kind) for kind in KINDS)
    click.echo(f"{' + '.join(map(str, project.shown))}: in order ({', '.join(counts)})")
    if project.unseen:
        click.echo(f"Shown nowhere: {', '.join(project.unseen)}")
