# metrics of all runs -> one tidy table -> tables, claims and figures; at the end, did all come out?


rule collect:
    input:
        for_required(TARGETS.metrics),
        *for_optional(TARGETS.metrics),
    output:
        table=f"{RESULTS}/metrics.csv",
        summary=f"{RESULTS}/metrics.json",
    log:
        f"{LOGS}/collect.log",
    benchmark:
        f"{LOGS}/collect.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        order=lambda wildcards: as_json(TARGETS.cells),
        versions=as_json(jobs.versions(PARAMS)),
        code=code("collect.py"),
    script:
        "../scripts/collect.py"


rule tables:
    input:
        metrics=available(TARGETS.tabled),
        manifests=unavailable_sources(),
        accuracies=available(TARGETS.accuracies),
    output:
        tables=report(f"{RESULTS}/tables.md", caption="../report/tables.rst", category="Tables"),
    log:
        f"{LOGS}/tables.log",
    benchmark:
        f"{LOGS}/tables.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=lambda wildcards: jobs.tables(PARAMS),
        code=code("tables.py", tables=list(PARAMS["tables"])),
        published=jobs.contents("gaebench/published/numbers.csv"),
    script:
        "../scripts/tables.py"


rule claims:
    input:
        metrics=f"{RESULTS}/metrics.csv",
        manifests=unavailable_sources(),
    output:
        claims=report(f"{RESULTS}/claims.md", caption="../report/claims.rst", category="Tables"),
    log:
        f"{LOGS}/claims.log",
    benchmark:
        f"{LOGS}/claims.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=lambda wildcards: jobs.claims(PARAMS),
        code=code("claims.py", tables=list(PARAMS["tables"])),
        published=jobs.contents("gaebench/published/numbers.csv"),
    script:
        "../scripts/claims.py"


rule figure:
    input:
        data=of_figure(TARGETS.figure_data),
        files=of_figure(TARGETS.figure_files),
        manifests=lambda wildcards: manifests_of(wildcards.figure),
    output:
        png=report(
            f"{RESULTS}/figures/{{figure}}.png", caption="../report/figure.rst", category="Figures"
        ),
        svg=f"{RESULTS}/vector/{{figure}}.svg",
    log:
        f"{LOGS}/figures/{{figure}}.log",
    benchmark:
        f"{LOGS}/figures/{{figure}}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        gpu=GPU,
    params:
        settings=of_figure(partial(jobs.figure, PARAMS)),
        caption=lambda wildcards: plugins.constant("figures", wildcards.figure, "CAPTION"),
        code=of_figure(partial(jobs.figure_code, PARAMS)),
    script:
        "../scripts/figure.py"


rule outcome:
    input:
        rules.collect.output,
        [rules.tables.output, rules.claims.output, rules.page.output],
        *drawn(rules.figure.output),
        runs=available(TARGETS.outcomes),
    output:
        outcome=f"{RESULTS}/outcome.md",
    log:
        f"{LOGS}/outcome.log",
    benchmark:
        f"{LOGS}/outcome.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        code=code("outcome.py"),
    script:
        "../scripts/outcome.py"


rule paper:
    input:
        rules.outcome.input,
        rules.outcome.output,
