"""Make the images of one control, in the place of a model's samples."""

import json

from gaebench import controls, data, jobs, runs
from gaebench.identity.job import Job
from gaebench.seeding import stream

settings = json.loads(snakemake.params.settings)
dataset, control, seed = snakemake.wildcards
with jobs.running(snakemake.log[0], dataset, control, seed, "control", job=Job.of(snakemake)):
    jobs.use_torch("cpu", tf32=False)
    truth = data.load(snakemake.input.data)
    draws = stream(int(seed), "control", dataset, control)
    with jobs.computing():
        images = controls.made(control, truth, settings["images"], draws, settings["control"])
    images = runs.stored(images, f"the images of the control {control}")
    runs.save_samples(images, snakemake.output.samples)
