# data/raw -> data/processed


checkpoint fetch:
    # A checkpoint, because only the manifest tells whether an optional source could be had.
    input:
        users_files,
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
        settings=source_settings,
        code=source_code,
    script:
        "../scripts/fetch.py"


rule prepare:
    input:
        manifest=lambda wildcards: manifest(wildcards.dataset),
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
        settings=dataset_settings,
        code=lambda wildcards: code("prepare.py", datasets=reader(wildcards.dataset)),
    script:
        "../scripts/prepare.py"


rule data:
    input:
        for_required(prepared_files),
        *for_optional(prepared_files),
