"""Collect the trials of one model, rung after rung, and choose the best of the last."""

import json
from pathlib import Path

import pandas as pd

from gaebench import jobs
from gaebench.identity.job import Job
from gaebench.search import tuning

trials = json.loads(snakemake.params.trials)
with jobs.running(snakemake.log[0], "search", *snakemake.wildcards, job=Job.of(snakemake)):
    paths = [Path(path) for path in snakemake.input.histories]
    records = [trials[int(path.parent.name)][int(path.stem)] for path in paths]
    tuning.write(tuning.collect(records, map(pd.read_csv, paths)), snakemake.output.table)
