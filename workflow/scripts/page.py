"""Write the results page."""

import json

from gaebench import files, jobs
from gaebench.identity.job import Job
from gaebench.page import page
from gaebench.page.content import Content, Files

PARTS = ("metrics", "accuracies", "figures", "histories", "images", "samples", "cost")

with jobs.running(snakemake.log[0], "page", job=Job.of(snakemake)):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    parts = {name: list(snakemake.input.get(name, [])) for name in PARTS}
    settings = json.loads(snakemake.params.settings)
    found = Files(snakemake.input.table, **parts)
    with jobs.computing():
        text = page.render(Content(settings, found, device))
    files.write_text(snakemake.output.page, text)
