"""``gaebench verify``: is every file what the run made?"""

import sys

import click

REMEDY = (
    "Run again what made them (make all; make quick for results/quick; for a study's folder "
    "snakemake --configfile workflow/studies/NAME.yaml -- study): what is asked for is made anew. "
    "Delete what nothing asks for any longer."
)


@click.command(epilog="Exit status: 0 all is what was made; 1 not, with a line for each file.")
def command() -> None:
    """Compare every file that jobs made with its identity: data, all results, raw files.

    \b
    gaebench verify

    Nothing is changed. What a run finds to be otherwise than it was made, it makes anew.
    """
    from gaebench.errors import counted
    from gaebench.identity import tree
    from gaebench.project import Project

    project = Project.here()
    found = tree.verify(project.root, project.config["results"])
    if found:
        click.echo("\n".join(finding.problem for finding in found))
        click.echo(f"{counted(len(found), 'file')} not as made. {REMEDY}", err=True)
        sys.exit(1)
    click.echo("Every file is what was made.")
