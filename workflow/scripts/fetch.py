"""Fetch one raw source; write a manifest of its files, or of the reason why it cannot be had."""

import json
from pathlib import Path

from gaebench import datasets, jobs
from gaebench.errors import Unavailable
from gaebench.identity.job import Job
from gaebench.raw import manifest
from gaebench.raw.fetch import fetch_dataset

settings = json.loads(snakemake.params.settings)
path = Path(snakemake.output.manifest)
with jobs.running(
    snakemake.log[0], "fetch", snakemake.wildcards.source, job=Job.of(snakemake, inputs=())
):
    reader = datasets.module(settings["reader"])
    try:
        content = {"files": fetch_dataset(reader, path.with_suffix(""), **settings["options"])}
    except Unavailable as error:
        if not settings["optional"]:
            raise
        reason, *more = str(error).splitlines()
        jobs.log.warning("not available, everything else runs: %s", reason)
        for line in more:
            jobs.log.info("%s", line)
        content = {"unavailable": reason}
    manifest.write(path, content)
