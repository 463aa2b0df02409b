"""Render all tables, ours beside the published numbers."""

import json
from pathlib import Path

from gaebench import files, jobs
from gaebench.report import cells, tables
from gaebench.report.filled import Facts
from gaebench.report.names import Names

RETRY = "To try again: `snakemake -f {}`, then the same command as before"

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "tables"):
    manifests = settings["manifests"]
    found = {dataset: json.loads(Path(manifests[dataset]).read_text()) for dataset in manifests}
    unavailable = {
        dataset: f"{content['unavailable']}. {RETRY.format(manifests[dataset])}"
        for dataset, content in found.items()
        if "unavailable" in content
    }
    accuracies = {
        Path(file).parent.name: json.loads(Path(file).read_text())["test"]
        for file in snakemake.input.accuracies
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
