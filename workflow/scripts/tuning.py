"""Join the trials of all models into the search's log, and render its part of docs/tuning.md."""

import json

import pandas as pd

from gaebench import files, jobs
from gaebench.identity.job import Job
from gaebench.report.names import Names
from gaebench.search import tuning

with jobs.running(snakemake.log[0], "tuning", job=Job.of(snakemake)):
    table = pd.concat(map(tuning.read, snakemake.input.tables), ignore_index=True)
    names = Names.of(json.loads(snakemake.params.names))
    tuning.write(table, snakemake.output.table)
    files.write_text(snakemake.output.section, tuning.render(table, names))
