"""Draw one figure from files of the runs that it shows."""

import json

from gaebench import figures, jobs
from gaebench.report import shown, style

name = snakemake.wildcards.figure
with jobs.running(snakemake.log[0], "figure", name):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    settings = json.loads(snakemake.params.settings)
    runs = shown.listed(settings, snakemake.input.data, snakemake.input.files)
    with jobs.computing():
        figure = figures.drawn(name, runs, device)
        style.save(figure, snakemake.output.png, snakemake.output.svg)
