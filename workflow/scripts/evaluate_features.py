"""Score generated images by a metric in the feature space of the data set's classifier."""

import json

from gaebench import data, features, files, jobs, metrics, runs
from gaebench.identity.job import Job
from gaebench.networks import classifier
from gaebench.seeding import stream

settings = json.loads(snakemake.params.settings)
dataset, model, seed, metric = snakemake.wildcards
with jobs.running(
    snakemake.log[0], dataset, model, seed, metric, job=Job.of(snakemake), outputs=snakemake.output
):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    draws = stream(int(seed), metric, dataset, model, device=device)
    truth = data.load(snakemake.input.data)
    images = runs.load_samples(snakemake.input.samples, truth.pixels)
    trained = classifier.restore(snakemake.input.classifier, truth, device)
    with jobs.computing():
        source = features.Embedded(
            classifier.embed(trained, images), features.load(snakemake.input.features)
        )
        estimate = metrics.measured(metric, source, truth, draws, settings)
    jobs.log.info("%s: %.4f +- %.4f", metric, estimate.value, estimate.sem)
    files.write_text(snakemake.output.metric, estimate.to_json() + "\n")
