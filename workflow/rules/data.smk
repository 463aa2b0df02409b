# data/raw -> data/processed


checkpoint fetch:
    # A checkpoint, because only the manifest tells whether an optional source could be had.
    input:
        lambda wildcards: jobs.users_files(PARAMS, wildcards.source),
    output:
        manifest="data/raw/{source}.json",
    log:
        f"{LOGS}/fetch/{{source}}.log",
    benchmark:
        f"{LOGS}/fetch/{{source}}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=lambda wildcards: as_json(jobs.fetching(PARAMS, wildcards.source)),
        code=lambda wildcards: jobs.fetching_code(PARAMS, wildcards.source),
    script:
        "../scripts/fetch.py"


rule prepare:
    input:
        manifest=manifest,
    output:
        data="data/processed/{dataset}.npz",
    log:
        f"{LOGS}/prepare/{{dataset}}.log",
    benchmark:
        f"{LOGS}/prepare/{{dataset}}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=lambda wildcards: as_json(jobs.preparing(PARAMS, wildcards.dataset)),
        code=lambda wildcards: code(
            "prepare.py", datasets=PARAMS["datasets"][wildcards.dataset]["reader"]
        ),
    script:
        "../scripts/prepare.py"


rule data:
    input:
        for_required(TARGETS.prepared),
        *for_optional(TARGETS.prepared),
