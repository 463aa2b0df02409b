"""Draw samples of several models above their nearest training images."""

import json

from gaebench import data, jobs, runs
from gaebench.report import names, nearest, style

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "figure", "nearest"):
    jobs.use_torch("cpu")
    truth = data.load(snakemake.input.data[0])
    shown = [*settings["models"], *settings["controls"]]
    panels = [
        (names.model_name(name), runs.load_samples(path, truth.pixels))
        for name, path in zip(shown, snakemake.input.samples, strict=True)
    ]
    with jobs.computing():
        figure = nearest.draw(panels, truth.images("train"), truth.shape)
        style.save(figure, snakemake.output.png, snakemake.output.svg)
