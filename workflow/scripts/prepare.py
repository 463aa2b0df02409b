"""Turn raw files into one prepared data set."""

import json
from pathlib import Path

from gaebench import data, jobs, plugins
from gaebench.errors import Unavailable

settings = json.loads(snakemake.params.settings)
manifest = Path(snakemake.input.manifest)
with jobs.running(snakemake.log[0], "prepare", snakemake.wildcards.dataset):
    if reason := json.loads(manifest.read_text(encoding="utf-8")).get("unavailable"):
        raise Unavailable(f"{reason}. To try again: snakemake -f {manifest}")
    read = plugins.load("datasets", settings["reader"]).read
    data.save(read(manifest.with_suffix(""), **settings["options"]), snakemake.output.data)
