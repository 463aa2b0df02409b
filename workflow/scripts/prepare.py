"""Turn raw files into one prepared data set."""

import json
from pathlib import Path

from gaebench import data, datasets, jobs
from gaebench.errors import Unavailable
from gaebench.raw.fetch import fetch_dataset

settings = json.loads(snakemake.params.settings)
manifest = Path(snakemake.input.manifest)
with jobs.running(snakemake.log[0], "prepare", snakemake.wildcards.dataset):
    if reason := json.loads(manifest.read_text(encoding="utf-8")).get("unavailable"):
        raise Unavailable(f"{reason}. To try again: snakemake -f {manifest}")
    reader, folder = datasets.module(settings["reader"]), manifest.with_suffix("")
    fetch_dataset(reader, folder, **settings["options"])  # what is missing or damaged, again
    images = datasets.read(settings["reader"], folder, settings["options"])
    data.save(images, snakemake.output.data)
