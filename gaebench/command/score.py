"""``gaebench score``: images, or a model, through the metrics of the tables."""

from pathlib import Path

import click

from gaebench.command import terminal

WARNED = 3
"""Exit status where --strict was given and there are warnings."""
LONGEST = 100
"""Characters of a row's name."""


def _fit(ctx: click.Context, param: click.Parameter, name: str) -> str:
    """A name that can be printed in a row, else a usage error."""
    if name.strip() and len(name) <= LONGEST and name.isprintable():
        return name
    raise click.BadParameter(f"must have 1 to {LONGEST} printable characters in one line")


def _given(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
    """A path, else a usage error: an empty one would be the current folder."""
    return None if terminal.named(ctx, param, value) is None else Path(value)


@click.command(epilog="Exit status: 0 scored; 1 refused or failed; 2 usage; 3 see --strict.")
@click.argument("images", required=False, callback=_given)
@click.option("--dataset", "-d", required=True, metavar="NAME", help="As gaebench ls datasets.")
@click.option(
    "--metric",
    "-m",
    "metrics",
    multiple=True,
    metavar="NAME",
    help="Instead of the tables'; may be given several times.",
)
@click.option(
    "--name",
    "-n",
    default="mine",
    show_default=True,
    callback=_fit,
    help="What to call the row.",
)
@click.option(
    "--model",
    "-M",
    metavar="MODULE:CLASS",
    help="A model instead of images: a subclass of gaebench.model.Model in a module or a file.",
)
@click.option("--weights", "-w", callback=_given, help="Its state_dict.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting of its constructor; may be given several times.",
)
@click.option("--json", "form", flag_value="json", help="All that is known, as JSON.")
@click.option("--csv", "form", flag_value="csv", help="Rows as in results/metrics.csv.")
@click.option("--strict", is_flag=True, help="Warnings end with exit status 3.")
def command(
    images: Path | None,
    dataset: str,
    metrics: tuple[str, ...],
    name: str,
    model: str | None,
    weights: Path | None,
    settings: tuple[str, ...],
    form: str | None,
    strict: bool,
) -> None:
    """Score IMAGES, or a model, as Table 1, sample quality and copying score the benchmark's own.

    \b
    gaebench score samples.npy --dataset mnist
    gaebench score my_pngs/ -d mnist --name "my GAN" --metric parzen --metric frechet
    gaebench score samples.npz -d fashion --json > scores.json
    gaebench score -d bimnist --model my_models.py:MyVAE --weights vae.pt --set latent=20

    IMAGES is a .npy or .npz file, a .pt tensor, or a folder or .zip of PNGs, with white = 255
    (uint8), 65535 (uint16) or 1 (floats). Models are compared at 10,000 images; of more, evenly
    spaced ones are scored. The best of each column is marked, and the number nearest to yours.

    What is needed is fetched. The classifier behind sample quality is trained at the first call for
    a data set, for a minute or two, and kept. Results go to stdout, messages to stderr.
    """
    if (images is None) == (model is None):
        raise click.UsageError("give IMAGES, or --model MODULE:CLASS with --weights")
    if (model is None) != (weights is None) or (settings and model is None):
        raise click.UsageError("--model and --weights go together, and --set with them")
    from gaebench.command import scores
    from gaebench.project import Project

    project = Project.here()
    if form != "csv":
        scores.check_neighbours(project)
    terminal.say(f"{dataset}: raw files in {project.raw}")
    data = project.load(dataset)
    what = images if model is None else _restored(model, weights, settings, data)
    found = _found(project, what, data, metrics, name, model)
    remarks = found.remarks
    for text in remarks:
        terminal.warn(text)
    for metric, why in found.left_out.items():
        terminal.say(f"left out: {metric}: {why}")
    scores.show(found, project, form)
    if found.failed:
        raise click.exceptions.Exit(1)
    if strict and remarks:
        raise click.exceptions.Exit(WARNED)


def _found(
    project: object,
    what: object,
    data: object,
    asked: tuple[str, ...],
    name: str,
    model: str | None,
) -> object:
    """The scores, while somebody watches."""
    from gaebench import api
    from gaebench.command.watching import Watching
    from gaebench.foreign import models
    from gaebench.processes import cores

    with models.staying(model or "the code that scores"), Watching() as watching:
        return api.scored(
            project,
            what,
            data,
            asked=asked,
            name=name,
            processes=cores.count(),
            told=watching.begin,
            done=watching.done,
        )


def _restored(model: str, weights: Path, settings: tuple[str, ...], data: object) -> object:
    from gaebench.foreign import models

    return models.restore(model, weights, models.given(settings), data)
