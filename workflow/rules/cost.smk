# What trainings cost. It differs from run to run, so that nothing asks for it where it is not there yet;
# the page shows it where it is.

COST = f"{RESULTS}/cost.csv"


rule cost:
    input:
        table=f"{RESULTS}/metrics.csv",
        models=available(partial(TARGETS.trained, name="model.pt")),
        histories=available(partial(TARGETS.trained, name="history.csv")),
    output:
        table=COST,
        page=f"{RESULTS}/cost.md",
    log:
        f"{LOGS}/cost.log",
    benchmark:
        f"{LOGS}/cost.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=lambda wildcards: jobs.costs(PARAMS),
        search=jobs.contents(*filter(os.path.exists, jobs.SEARCH)),
        code=code("cost.py"),
    script:
        "../scripts/cost.py"
