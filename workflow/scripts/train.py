"""Train one model on one data set with one seed."""

import json

from gaebench import data, files, jobs, runs, training

settings = json.loads(snakemake.params.settings)
dataset, model, seed = snakemake.wildcards
with jobs.running(snakemake.log[0], dataset, model, seed):
    trained, history = training.train(
        data.load(snakemake.input.data),
        settings["family"],
        settings["settings"],
        seed=int(seed),
        labels=(dataset, model),
        device=jobs.use_torch(snakemake.config["device"]),
        **settings["train"],
    )
    runs.save(trained, snakemake.output.model)
    files.write_text(snakemake.output.history, history.to_csv(index=False, lineterminator="\n"))
