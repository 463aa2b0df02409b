"""Draw the exact density P(z) of each model, with its negentropy and its modes."""

import json
from pathlib import Path

import numpy as np

from gaebench import data, jobs, runs
from gaebench.metrics import modes
from gaebench.report import depths, names, style
from gaebench.seeding import stream

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "figure", "depths"):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    train = data.load(snakemake.input.data[0])
    panels = []
    for name, path, negentropy, counted, entry in zip(
        settings["models"],
        snakemake.input.models,
        snakemake.input.negentropies,
        snakemake.input.modes,
        settings["restore"],
        strict=True,
    ):
        model = runs.restore(path, train, **entry, device=device)
        draws = stream(settings["seed"], "latent depths", name, device=device)
        numbers = [json.loads(Path(file).read_text()) for file in (negentropy, counted)]
        with jobs.computing():
            grid = modes.on_grid(model, draws, numbers[1]["step"])
        title = depths.title(names.model_name(name), *numbers)
        panels.append(depths.Panel(title, *grid, np.array(numbers[1]["places"])))
    with jobs.computing():
        style.save(depths.draw(panels), snakemake.output.png, snakemake.output.svg)
