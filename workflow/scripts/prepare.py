"""Turn raw files into one prepared data set."""

import json
from pathlib import Path

from gaebench import data, datasets, jobs
from gaebench.errors import Unavailable
from gaebench.identity.job import Job
from gaebench.raw import manifest
from gaebench.raw.fetch import fetch_dataset

settings = json.loads(snakemake.params.settings)
path = Path(snakemake.input.manifest)
with jobs.running(snakemake.log[0], "prepare", snakemake.wildcards.dataset, job=Job.of(snakemake)):
    if reason := manifest.unavailable(path):
        raise Unavailable(f"{reason}. To try again: snakemake -f {path}")
    reader, folder = datasets.module(settings["reader"]), path.with_suffix("")
    fetch_dataset(reader, folder, **settings["options"])  # what is missing or damaged, again
    images = datasets.read(settings["reader"], folder, settings["options"])
    data.save(images, snakemake.output.data)
