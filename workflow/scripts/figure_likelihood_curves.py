"""Draw the log-likelihood against the number of draws, codes from the prior and the encoder."""

import json
from pathlib import Path

from gaebench import jobs
from gaebench.report import likelihood_curves, style

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "figure", "likelihood curves"):
    models = {model: {} for model in settings["models"]}
    for metric in likelihood_curves.PROPOSALS:
        for model, path in zip(models, snakemake.input[metric], strict=True):
            content = json.loads(Path(path).read_text())
            models[model] |= {metric: content["curve"]} if "curve" in content else {}
    with jobs.computing():
        drawn = likelihood_curves.draw(models)
        style.save(drawn, snakemake.output.png, snakemake.output.svg)
