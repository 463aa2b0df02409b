"""Draw grids of generated images side by side."""

import json

from gaebench import data, jobs, runs
from gaebench.report import names, samples, style

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "figure", settings["dataset"]):
    truth = data.load(snakemake.input.data[0])
    panels = [
        (names.model_name(model), runs.load_samples(path, truth.pixels), truth.shape)
        for model, path in zip(settings["models"], snakemake.input.samples, strict=True)
    ]
    with jobs.computing():
        style.save(samples.draw(panels), snakemake.output.png, snakemake.output.svg)
