"""Score one trained model by a metric that looks into it."""

import json

from gaebench import data, files, jobs, metrics, runs
from gaebench.identity.job import Job
from gaebench.seeding import stream

settings = json.loads(snakemake.params.settings)
dataset, model, seed, metric = snakemake.wildcards
with jobs.running(
    snakemake.log[0], dataset, model, seed, metric, job=Job.of(snakemake), outputs=snakemake.output
):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    truth = data.load(snakemake.input.data)
    trained = runs.restore(snakemake.input.model, truth, **settings["model"], device=device)
    draws = stream(int(seed), metric, dataset, model, device=device)
    with jobs.computing():
        estimate = metrics.measured(metric, trained, truth, draws, settings["metric"])
    jobs.log.info("%s: %.4f +- %.4f", metric, estimate.value, estimate.sem)
    files.write_text(snakemake.output.metric, estimate.to_json() + "\n")
