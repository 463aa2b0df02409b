"""Make the images of one control, in the place of a model's samples."""

import json

import numpy as np

from gaebench import controls, data, jobs, runs
from gaebench.seeding import stream

settings = json.loads(snakemake.params.settings)
dataset, control, seed = snakemake.wildcards
with jobs.running(snakemake.log[0], dataset, control, seed, "control"):
    jobs.use_torch("cpu", tf32=False)
    truth = data.load(snakemake.input.data)
    draws = stream(int(seed), "control", dataset, control)
    with jobs.computing():
        images = controls.made(control, truth, settings["images"], draws, settings["control"])
    runs.save_samples(np.round(images * runs.WHITE).astype(np.uint16), snakemake.output.samples)
