"""Draw 1000 draws of z from the prior of each model, and their density."""

import json

from gaebench import data, jobs, runs
from gaebench.report import latent, names, style
from gaebench.seeding import stream

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "figure", "density"):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    train = data.load(snakemake.input.data[0])
    panels = []
    for name, path, entry in zip(
        settings["models"], snakemake.input.models, settings["restore"], strict=True
    ):
        model = runs.restore(path, train, **entry, device=device)
        draws = stream(settings["seed"], "latent density", name, device=device)
        panels.append((names.model_name(name), model.draw_prior(1000, draws).cpu().numpy()))
    with jobs.computing():
        style.save(latent.density(panels), snakemake.output.png, snakemake.output.svg)
