"""Collect the trials of the search into its log, and render the log's section of docs/tuning.md."""

import json

import pandas as pd

from gaebench import files, jobs
from gaebench.identity.job import Job
from gaebench.report.names import Names
from gaebench.search import tuning

with jobs.running(snakemake.log[0], "tuning", job=Job.of(snakemake)):
    histories = [pd.read_csv(path) for path in snakemake.input.histories]
    table = tuning.collect(json.loads(snakemake.params.trials), histories)
    names = Names.of(json.loads(snakemake.params.names))
    tuning.write(table, snakemake.output.table)
    files.write_text(snakemake.output.section, tuning.render(table, names))
