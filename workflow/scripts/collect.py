"""Collect the metric files of all cells into one tidy table, and a summary for `dvc metrics`."""

import json

from gaebench import files, jobs
from gaebench.identity.job import Job
from gaebench.report import collect
from gaebench.report.cells import Cell

with jobs.running(snakemake.log[0], "collect", job=Job.of(snakemake)):
    cells = {cell[:4]: cell for cell in map(Cell.at, snakemake.input)}
    order = map(tuple, json.loads(snakemake.params.order))
    versions = json.loads(snakemake.params.versions)
    table = collect.collect([cells[key] for key in order if key in cells], versions)
    collect.write(table, snakemake.output.table)
    summary = json.dumps(collect.summary(table), indent=2)
    files.write_text(snakemake.output.summary, summary + "\n")
