"""End a study with an error that names the runs that failed, if any did."""

from gaebench import jobs
from gaebench.identity.job import Job
from gaebench.report import outcome

with jobs.running(snakemake.log[0], "study", job=Job.of(snakemake)):
    outcome.require(snakemake.input.runs)
