# all that came out -> one HTML file

from params import page as paged

SCORED = paged.scored(PARAMS)


rule page:
    input:
        table=f"{RESULTS}/metrics.csv",
        metrics=available(TARGETS.metrics),
        manifests=unavailable_sources(),
        accuracies=available(TARGETS.accuracies),
        figures=lambda wildcards: [
            file
            for part in drawn(f"{RESULTS}/figures/{{figure}}.png")
            for file in (part(wildcards) if callable(part) else [part])
        ],
        histories=available(partial(paged.histories, PARAMS)),
        images=TARGETS.prepared(SCORED[0].dataset) if SCORED else [],
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
    resources:
        gpu=GPU,
    params:
        settings=lambda wildcards: paged.settings(PARAMS),
        code=code("page.py", tables=list(PARAMS["tables"])),
        texts=jobs.contents("gaebench/published/numbers.csv") | paged.templates(),
    script:
        "../scripts/page.py"
