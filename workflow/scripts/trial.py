"""Train one model once with drawn settings, on one rung of the search, and keep its history."""

import json

from gaebench import data, files, jobs
from gaebench.identity.job import Job
from gaebench.search import trials

settings = json.loads(snakemake.params.settings)
dataset, model, rung, trial = snakemake.wildcards
with jobs.running(snakemake.log[0], "search", dataset, model, rung, trial, job=Job.of(snakemake)):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    images = data.load(snakemake.input.data)
    with jobs.computing():
        history = trials.run(
            images,
            settings["family"],
            settings["settings"],
            seed=settings["seed"],
            labels=("search", dataset, model),
            device=device,
            **settings["train"],
        )
    files.write_text(snakemake.output.history, history.to_csv(index=False, lineterminator="\n"))
