"""Draw the validation scores of several models over their epochs."""

import json

import pandas as pd

from gaebench import jobs
from gaebench.report import curves, names, style

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "figure", "curves"):
    paths, histories = iter(snakemake.input.histories), {}
    for panel in settings["panels"]:
        histories[names.dataset_name(panel["dataset"])] = {
            names.model_name(model): pd.read_csv(next(paths)) for model in panel["models"]
        }
    with jobs.computing():
        style.save(curves.draw(histories), snakemake.output.png, snakemake.output.svg)
