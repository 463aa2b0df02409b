# all that came out -> one HTML file

from params import page as paged


def of_runs(wanted, name):
    """A function: data set -> a file of each of some runs on it."""
    return lambda dataset: [TARGETS.at(run, name) for run in wanted if run.dataset == dataset]


SCORED = paged.scored(PARAMS)
COST = f"{RESULTS}/cost.csv"


rule page:
    input:
        table=f"{RESULTS}/metrics.csv",
        metrics=available(TARGETS.metrics),
        manifests=unavailable_sources(),
        accuracies=available(TARGETS.accuracies),
        figures=drawn(f"{RESULTS}/figures/{{figure}}.png"),
        histories=available(of_runs(paged.histories(PARAMS), "history.csv")),
        images=sorted({file for run in SCORED for file in TARGETS.prepared(run.dataset)}),
        samples=[TARGETS.at(run, "samples.npy") for run in SCORED],
        cost=lambda wildcards: [COST] if Path(COST).is_file() else [],
    output:
        page=f"{RESULTS}/index.html",
    log:
        f"{LOGS}/page.log",
    benchmark:
        f"{LOGS}/page.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=lambda wildcards: paged.settings(PARAMS),
        code=code("page.py", tables=list(PARAMS["tables"])),
        texts=jobs.contents("gaebench/published/numbers.csv") | paged.templates(),
    script:
        "../scripts/page.py"
