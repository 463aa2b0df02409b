"""Draw one figure from files of the runs that it shows."""

import json

from gaebench import figures, jobs
from gaebench.report import shown, style

name = snakemake.wildcards.figure
with jobs.running(snakemake.log[0], "figure", name):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    settings = json.loads(snakemake.params.settings)
    runs = shown.listed(settings, snakemake.input.data, snakemake.input.files)
    if len(runs) < len(settings["runs"]):
        jobs.log.warning("left out: %d runs failed", len(settings["runs"]) - len(runs))
    with jobs.computing():
        nothing = "No run of this figure came out."
        figure = figures.drawn(name, runs, device) if runs else style.notice(nothing)
        style.save(figure, snakemake.output.png, snakemake.output.svg)
