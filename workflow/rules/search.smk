# workflow/search.yaml -> short trainings of drawn settings, of which the better half is trained for
# longer, and so on -> docs/tuning.csv. Nothing else asks for it.


wildcard_constraints:
    trial=r"\d+",
    rung=r"\d+",


rule trial:
    input:
        data="data/processed/{dataset}.npz",
    output:
        history=f"{SEARCH}/{{rung}}/{{trial}}.csv",
    log:
        f"{SEARCH_LOGS}/{{rung}}/{{trial}}.log",
    benchmark:
        f"{SEARCH_LOGS}/{{rung}}/{{trial}}.tsv"
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


checkpoint rung:
    input:
        histories=lambda wildcards: histories_of(int(wildcards.rung))(wildcards),
    output:
        kept=f"{SEARCH}/{{rung}}/kept.json",
    log:
        f"{SEARCH_LOGS}/{{rung}}/kept.log",
    benchmark:
        f"{SEARCH_LOGS}/{{rung}}/kept.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        code=code("rung.py"),
    script:
        "../scripts/rung.py"


rule race:
    input:
        histories=lambda wildcards: [
            history
            for rung in range(searching.rungs(searched_for(wildcards), *wildcards))
            for history in histories_of(rung)(wildcards)
        ],
    output:
        table=f"{SEARCH}/trials.csv",
    log:
        f"{SEARCH_LOGS}/race.log",
    benchmark:
        f"{SEARCH_LOGS}/race.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        trials=lambda wildcards: searching.records(
            searched_for(wildcards), wildcards.dataset, wildcards.model
        ),
        code=code("race.py"),
    script:
        "../scripts/race.py"


rule tuning:
    input:
        tables=lambda wildcards: [
            f"{SEARCH}/trials.csv".format(dataset=dataset, model=model)
            for dataset, models in searched()["spaces"].items()
            for model in models
        ],
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
        names=lambda wildcards: as_json(labels.labels(PARAMS)),
        code=code("tuning.py"),
    script:
        "../scripts/tuning.py"


rule search:
    # The section by name: in a fresh clone the table is there, and nothing else would ask for it.
    input:
        rules.tuning.output,
