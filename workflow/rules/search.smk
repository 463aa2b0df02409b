# workflow/search.yaml -> one short training per trial -> docs/tuning.csv. Nothing else asks for it.


rule trial:
    input:
        data="data/processed/{dataset}.npz",
    output:
        history=f"{RESULTS}/search/{{dataset}}/{{model}}/{{trial}}.csv",
    log:
        f"{LOGS}/search/{{dataset}}/{{model}}/{{trial}}.log",
    benchmark:
        f"{LOGS}/search/{{dataset}}/{{model}}/{{trial}}.tsv"
    wildcard_constraints:
        trial=r"\d+",
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        gpu=GPU,
    params:
        settings=trial_settings,
        code=lambda wildcards: jobs.training_code(
            PARAMS, wildcards.model, wildcards.dataset, "trial.py"
        ),
    script:
        "../scripts/trial.py"


rule tuning:
    input:
        histories=trial_histories,
    output:
        table="docs/tuning.csv",
        section=f"{RESULTS}/search/tuning.md",
    log:
        f"{LOGS}/search/tuning.log",
    benchmark:
        f"{LOGS}/search/tuning.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        trials=lambda wildcards: searching.records(searched()),
        names=lambda wildcards: as_json(labels.labels(PARAMS)),
        code=code("tuning.py"),
    script:
        "../scripts/tuning.py"


rule search:
    # The section by name: in a fresh clone the table is there, and nothing else would ask for it.
    input:
        rules.tuning.output,
