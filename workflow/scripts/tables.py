"""Render all tables, ours beside the published numbers."""

import json
from pathlib import Path

from gaebench import files, jobs
from gaebench.identity.job import Job
from gaebench.raw import manifest
from gaebench.report import cells, tables
from gaebench.report.filled import Facts
from gaebench.report.names import Names

RETRY = "To try again: `snakemake -f {}`, then the same command as before"

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "tables", job=Job.of(snakemake)):
    unavailable = {
        dataset: f"{reason}. {RETRY.format(path)}"
        for dataset, path in settings["manifests"].items()
        if (reason := manifest.unavailable(path))
    }
    accuracies = {
        Path(file).parent.name: cells.content(file)["test"] for file in snakemake.input.accuracies
    }
    names = Names.of(settings["names"])
    facts = Facts(
        cells.contents(snakemake.input.metrics),
        unavailable,
        names,
        settings["columns"],
        settings["numbers"] | {"accuracy": tables.accuracy(accuracies, names)},
    )
    files.write_text(
        snakemake.output.tables, tables.render(tables.asked(settings["tables"]), facts)
    )
