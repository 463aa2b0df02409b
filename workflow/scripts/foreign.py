"""Read images that somebody else's model made, in the place of a model's samples."""

import json

from gaebench import data, foreign, jobs, runs
from gaebench.errors import DataError, Failed
from gaebench.identity.job import Job

settings = json.loads(snakemake.params.settings)
dataset, name, seed = snakemake.wildcards
job = Job.of(snakemake, inputs=[snakemake.input.data])
labels = (dataset, name, seed, "foreign")
with jobs.running(snakemake.log[0], *labels, job=job, outputs=snakemake.output):
    jobs.use_torch("cpu", tf32=False)
    truth = data.load(snakemake.input.data)
    with jobs.computing():
        try:
            found = foreign.read(snakemake.input.images, truth, settings["images"])
        except DataError as error:
            raise Failed(str(error)) from error
    for remark in found.remarks:
        jobs.log.warning("%s", remark)
    found.require_comparable()
    runs.save_samples(runs.stored(found.images, f"the images of {name}"), snakemake.output.samples)
