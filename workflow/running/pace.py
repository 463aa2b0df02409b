"""How fast jobs are started: on this machine, as soon as there is a core for them."""

from snakemake.workflow import Workflow


def without_limit(workflow: Workflow) -> None:
    """Take the limit of 100 jobs a second off a run that is about to begin.

    No machine reaches it, and it is dear: each job that ends makes Snakemake 9 look for new ones
    once a second more, to the end of the run (`JobScheduler._schedule_reevalutation`).
    """
    workflow.scheduler.job_rate_limiter = None
