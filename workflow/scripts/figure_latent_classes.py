"""Draw the codes z ~ P(z|x) of the test images, coloured by class."""

import json

import torch

from gaebench import data, jobs, runs
from gaebench.report import latent, names, style
from gaebench.seeding import stream

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "figure", "classes"):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    truth = data.load(snakemake.input.data[0])
    images = torch.from_numpy(truth.images("test")).to(device)
    panels = []
    for name, path, entry in zip(
        settings["models"], snakemake.input.models, settings["restore"], strict=True
    ):
        model = runs.restore(path, truth, **entry, device=device)
        draws = stream(settings["seed"], "latent classes", name, device=device)
        with torch.no_grad():
            codes = model.draw_posterior(images, draws)
        panels.append((names.model_name(name), codes.cpu().numpy(), truth.test_labels))
    with jobs.computing():
        style.save(latent.scatter(panels), snakemake.output.png, snakemake.output.svg)
