"""Draw one figure from files of the runs that it shows."""

import json

from gaebench import figures, jobs
from gaebench.errors import Unavailable, counted
from gaebench.identity.job import Job
from gaebench.raw import manifest
from gaebench.report import shown, style

name = snakemake.wildcards.figure
with jobs.running(snakemake.log[0], "figure", name, job=Job.of(snakemake)):
    reasons = [
        f"{reason}. To try again: snakemake -f {path}"
        for path in snakemake.input.manifests
        if (reason := manifest.unavailable(path))
    ]
    if not snakemake.input.data:
        raise Unavailable(f"nothing to draw: {'; '.join(reasons)}")
    for reason in reasons:
        jobs.log.warning("left out: %s", reason)
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    settings = json.loads(snakemake.params.settings)
    runs = shown.listed(settings, snakemake.input.data, snakemake.input.files)
    if len(runs) < len(settings["runs"]):
        failed = counted(len(settings["runs"]) - len(runs), "run")
        jobs.log.warning("left out: %s failed", failed)
    with jobs.computing():
        nothing = "No run of this figure came out."
        figure = figures.drawn(name, runs, device) if runs else style.notice(nothing)
        figures.save(name, figure, snakemake.output.png, snakemake.output.svg)
