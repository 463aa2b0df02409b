"""``gaebench plan``: what a run would do, for how long, and how much disk it fills."""

import shutil
from pathlib import Path

import click

from gaebench.command import terminal

Files = click.Path(exists=True, dir_okay=False, path_type=Path)
RACES = "A race's later rounds are known once its first is done; each takes about as long as that."


@click.command(epilog="Exit status: 0; 1 params.yaml is not in order, or Snakemake fails; 2 usage.")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--over", multiple=True, type=Files, help="Laid over params.yaml, in this order.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(targets: tuple[str, ...], over: tuple[Path, ...], as_json: bool) -> None:
    """Say what would run: how many jobs of what kind, about how long, how much disk.

    \b
    gaebench plan                               as make all would
    gaebench plan --over workflow/quick.yaml    as make quick would
    gaebench plan study --over workflow/studies/longer.yaml

    The short form of snakemake -n, which also says why. A target is a rule or a file, as for
    snakemake; without one it is all. Times are those of jobs that ran here
    before, else by a table of rates and this machine's speed in matrix products; they are for the
    CPU, and rough.
    """
    from gaebench import planning
    from gaebench.planning.costs import measured_rate
    from gaebench.project import Project

    project = Project.here()
    project = project.reading(over=over)
    project.check()  # mistakes are told before Snakemake starts
    jobs = planning.due(project.root, targets or ("all",), over)
    prices = planning.Prices(project.root, project.config, measured_rate())
    plan = summary(jobs, [prices.of(job) for job in jobs], prices.rate, project.root)
    if as_json:
        import json

        click.echo(json.dumps(plan, indent=2))
    else:
        _print(plan)


def summary(jobs: list, costs: list, rate: float, root: Path) -> dict:
    """What a plan says."""
    from gaebench.planning import wall
    from gaebench.processes.cores import count

    kinds: dict[str, dict] = {}
    for job, cost in zip(jobs, costs, strict=True):
        kind = kinds.setdefault(job.rule, {"jobs": 0, "seconds": 0.0, "bytes": 0})
        kind["jobs"] += 1
        kind["seconds"] += cost.seconds
        kind["bytes"] += cost.bytes
    cores, seconds = count(), [cost.seconds for cost in costs]
    return {
        "jobs": len(jobs),
        "kinds": kinds,
        "cores": cores,
        "gflops": round(rate, 1),
        "core_seconds": sum(seconds),
        "seconds": wall(seconds, cores),
        "measured_here": sum(cost.known for cost in costs),
        "bytes": sum(cost.bytes for cost in costs),
        "free_bytes": shutil.disk_usage(root).free,
    }


def _print(plan: dict) -> None:
    from rich.filesize import decimal
    from rich.table import Table

    if not plan["jobs"]:
        click.echo("Nothing to do: all that is asked for is there.")
        return
    table = Table(box=None)
    for header, side in {"job": "left", "number": "right", "one core": "right"}.items():
        table.add_column(header, justify=side)
    for rule, kind in plan["kinds"].items():
        table.add_row(rule, str(kind["jobs"]), duration(kind["seconds"]))
    table.add_row("[bold]all[/]", str(plan["jobs"]), duration(plan["core_seconds"]))
    terminal.out().print(table)
    click.echo(
        f"About {duration(plan['seconds'])} on {plan['cores']} cores "
        f"({plan['measured_here']} of {plan['jobs']} jobs have run here before; the others by "
        f"rates, at {plan['gflops']:.0f} GFLOP/s a core).\n"
        f"About {decimal(plan['bytes'])} of disk, of which {decimal(plan['free_bytes'])} are free."
    )
    if "rung" in plan["kinds"]:
        click.echo(RACES)


def duration(seconds: float) -> str:
    """A time as one reads it, to two places."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
