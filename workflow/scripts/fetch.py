"""Fetch one raw source; write a manifest of its files, or of the reason why it cannot be had."""

import json
from pathlib import Path

from gaebench import datasets, files, jobs
from gaebench.errors import Unavailable
from gaebench.raw.fetch import fetch_dataset

settings = json.loads(snakemake.params.settings)
manifest = Path(snakemake.output.manifest)
with jobs.running(snakemake.log[0], "fetch", snakemake.wildcards.source):
    reader = datasets.module(settings["reader"])
    try:
        content = {"files": fetch_dataset(reader, manifest.with_suffix(""), **settings["options"])}
    except Unavailable as error:
        if not settings["optional"]:
            raise
        jobs.log.warning("not available, everything else runs: %s", error)
        content = {"unavailable": str(error).splitlines()[0]}
    files.write_text(manifest, json.dumps(content, indent=2, sort_keys=True) + "\n")
