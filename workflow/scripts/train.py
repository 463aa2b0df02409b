"""Train one model on one data set with one seed."""

import json
from pathlib import Path

from gaebench import data, files, jobs, runs, training
from gaebench.identity.job import Job
from gaebench.training import cost

settings = json.loads(snakemake.params.settings)
dataset, model, seed = snakemake.wildcards
with jobs.running(
    snakemake.log[0], dataset, model, seed, job=Job.of(snakemake), outputs=snakemake.output
):
    device = jobs.use_torch(snakemake.config["device"], tf32=snakemake.config["tf32"])
    truth = data.load(snakemake.input.data)
    checkpoint = training.Checkpoint(
        Path(snakemake.config["results"], "checkpoints", dataset, model, f"{seed}.pt"),
        minutes=snakemake.config["checkpoint_minutes"],
        code=snakemake.params.code,
    )
    with jobs.computing():
        trained = training.train(
            truth,
            settings["family"],
            settings["settings"],
            seed=int(seed),
            labels=(dataset, model),
            device=device,
            checkpoint=checkpoint,
            **settings["train"],
        )
    runs.save(trained.model, snakemake.output.model)
    files.write_text(
        snakemake.output.history, trained.history.to_csv(index=False, lineterminator="\n")
    )
    cost.write(trained.cost, snakemake.output.model, snakemake.log.cost)
    checkpoint.delete()
