"""Render all tables, ours beside the published numbers."""

import json

from gaebench import files, jobs
from gaebench.identity.job import Job
from gaebench.report import facts, tables

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "tables", job=Job.of(snakemake)):
    found = facts.read(settings, snakemake.input.metrics, snakemake.input.accuracies)
    text = tables.render(tables.asked(settings["tables"]), found)
    files.write_text(snakemake.output.tables, text)
