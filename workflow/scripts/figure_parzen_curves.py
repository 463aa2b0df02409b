"""Draw the Parzen score against the number of generated images and against the bandwidth."""

import json
from pathlib import Path

from gaebench import jobs
from gaebench.report import names, parzen_curves, style

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "figure", "parzen_curves"):
    read = [json.loads(Path(path).read_text()) for path in snakemake.input]
    count = len(settings["models"])
    curves = dict(zip(map(names.model_name, settings["models"]), read[:count], strict=True))
    controls = {
        names.model_name(control): (settings["samples"], found["bandwidth"], found["value"])
        for control, found in zip(settings["controls"], read[count:], strict=True)
    }
    with jobs.computing():
        figure = parzen_curves.draw(curves, controls)
        style.save(figure, snakemake.output.png, snakemake.output.svg)
