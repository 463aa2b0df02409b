"""Choose the trials of a rung that are trained for longer."""

import json
from pathlib import Path

import pandas as pd

from gaebench import files, jobs
from gaebench.identity.job import Job
from gaebench.search import tuning

dataset, model, rung = snakemake.wildcards
with jobs.running(snakemake.log[0], "search", dataset, model, rung, job=Job.of(snakemake)):
    numbers = [int(Path(path).stem) for path in snakemake.input.histories]
    kept = tuning.better_half(numbers, map(pd.read_csv, snakemake.input.histories))
    jobs.log.info("trials that go on: %s", kept)
    files.write_text(snakemake.output.kept, json.dumps(kept) + "\n")
