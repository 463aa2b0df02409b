"""Train the classifier of a data set, and place the data set's images in its feature space."""

import json

from gaebench import data, features, files, jobs, runs
from gaebench.identity.job import Job
from gaebench.networks import classifier

settings = json.loads(snakemake.params.settings)
(dataset,) = snakemake.wildcards
with jobs.running(snakemake.log[0], dataset, "classifier", job=Job.of(snakemake)):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    truth = data.load(snakemake.input.data)
    with jobs.computing():
        trained = classifier.train(
            truth, seed=0, labels=("classifier", dataset), device=device, **settings
        )
        real = {split: classifier.embed(trained, truth.images(split)) for split in data.SPLITS}
    accuracy = {split: features.accuracy(real, truth, split) for split in data.SPLITS}
    jobs.log.info("accuracy: %s", accuracy)
    runs.save(trained, snakemake.output.weights)
    features.save(real, snakemake.output.features)
    files.write_text(snakemake.output.accuracy, json.dumps(accuracy, indent=2) + "\n")
