"""Render the tables of the slides, ours beside theirs, and the tables of details."""

import json
from pathlib import Path

from gaebench import files, jobs
from gaebench.report import collect, columns, details, tables

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "tables"):
    manifests = settings["manifests"]
    found = {dataset: json.loads(Path(manifests[dataset]).read_text()) for dataset in manifests}
    retry = "To try again: `snakemake -f {}`, then the same command as before"
    unavailable = {
        dataset: f"{content['unavailable']}. {retry.format(manifests[dataset])}"
        for dataset, content in found.items()
        if "unavailable" in content
    }
    accuracies = {
        Path(file).parent.name: json.loads(Path(file).read_text())["test"]
        for file in snakemake.input.accuracies
    }
    facts = {"accuracy": columns.accuracy(accuracies)}
    text = tables.render(
        collect.read(snakemake.input.metrics),
        settings["tables"],
        unavailable,
        settings={metric: numbers | facts for metric, numbers in settings["numbers"].items()},
    )
    text += details.render(settings["details"], details.read(snakemake.input.details), unavailable)
    files.write_text(snakemake.output.tables, text)
