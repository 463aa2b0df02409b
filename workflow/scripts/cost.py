"""Tell what trainings cost, beside their scores, and the search for settings beneath it."""

import json
from pathlib import Path

import pandas as pd

from gaebench import files, jobs
from gaebench.identity.job import Job
from gaebench.report import collect, costs
from gaebench.report.names import Names
from gaebench.search import tuning

settings = json.loads(snakemake.params.settings)
logs = Path(snakemake.config["results"], "logs", "train")
with jobs.running(snakemake.log[0], "cost", job=Job.of(snakemake)):
    metrics = collect.read(snakemake.input.table)
    runs = costs.Runs(snakemake.input.models, snakemake.input.histories, logs, metrics)
    table = runs.table(settings["trained"])
    trials, finals = map(Path, settings["search"])
    search = tuning.cost(
        tuning.read(trials) if trials.exists() else tuning.EMPTY,
        pd.read_csv(finals) if finals.exists() else tuning.NO_FINALS,
        settings["trained"],
    )
    text = costs.render(table, search, Names.of(settings["names"]))
    costs.write(table, snakemake.output.table)
    files.write_text(snakemake.output.page, text)
