"""Generate images from one trained model."""

import json

from gaebench import data, jobs, runs
from gaebench.identity.job import Job
from gaebench.seeding import stream

settings = json.loads(snakemake.params.settings)
dataset, model, seed = snakemake.wildcards
with jobs.running(
    snakemake.log[0],
    dataset,
    model,
    seed,
    "sample",
    job=Job.of(snakemake),
    outputs=snakemake.output,
):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    truth = data.load(snakemake.input.data)
    trained = runs.restore(snakemake.input.model, truth, **settings["model"], device=device)
    draws = stream(int(seed), "sample", dataset, model, device=device)
    with jobs.computing():
        images = runs.sample(trained, settings["images"], draws)
    runs.save_samples(images, snakemake.output.samples)
