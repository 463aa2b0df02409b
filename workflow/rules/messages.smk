# What a run says where it begins and where it ends.

from messages import end, start
from running import forked, pace
from snakemake.logging import logger


def say_plan():
    """Log how many jobs there are and how long they will take, for the view to count down."""
    due = list(workflow.dag.needrun_jobs())
    costs = {
        str(job.benchmark): PRICES.of(
            planning.Job(job.rule.name, tuple(map(str, job.output)), str(job.benchmark))
        )
        for job in due
        if job.benchmark
    }
    seconds = {place: cost.seconds for place, cost in costs.items()}
    names = ["_cores", "_nodes", *["gpu"] * GPU]
    limits = [
        workflow.global_resources[name].value for name in names if name in workflow.global_resources
    ]
    slots = max(1, min([len(seconds), *filter(None, limits)]))
    plan = {"slots": slots, "seconds": seconds}
    logger.info(start.plan(PARAMS, len(due), seconds.values(), slots), extra={"plan": plan})
    needed = sum(cost.bytes for cost in costs.values())
    if short := start.short_of_disk(needed, PARAMS["results"]):
        logger.warning(short)


def say_made():
    """Print what was made, where the target has tables and they are new."""
    made = [job for job in workflow.dag.jobs if job.rule.name == "tables"]
    if any(not workflow.dag.needrun(job) or workflow.dag.finished(job) for job in made):
        print(*end.made(PARAMS), sep="\n")


def say_left_out():
    """Print a line for each figure that was not drawn."""
    for figure in TARGETS.optional_figures:
        reasons = [jobs.unavailable(PARAMS, name) for name in optional_of(figure)]
        if all(reasons):
            old = Path(f"{RESULTS}/figures/{figure}.png")
            earlier = f" ({old} is of an earlier run)" * old.exists()
            retry = ", ".join(f"snakemake -f {manifest}" for manifest in manifests_of(figure))
            print(f"figure {figure} left out{earlier}: {'; '.join(reasons)}. To try again: {retry}")


onstart:
    if workflow.local_exec:
        forked.take_over(sum(job.rule.name == "train" for job in workflow.dag.needrun_jobs()))
        pace.without_limit(workflow)
    ONGOING.keep(besides=f"{RESULTS}/outcome.md")
    say_plan()


onsuccess:
    ONGOING.end()
    say_made()
    say_left_out()


onerror:
    ONGOING.end()
    say_made()
    say_left_out()
    print(
        f"Tables and figures in {RESULTS} that were not redone are of an earlier run, if any."
    )
