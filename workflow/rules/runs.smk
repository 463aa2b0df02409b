# data/processed -> one folder per run: model, history, samples, metrics; a control has no model


rule train:
    input:
        data="data/processed/{dataset}.npz",
    output:
        model=f"{RUN}/model.pt",
        history=f"{RUN}/history.csv",
    log:
        f"{LOGS}/train/{{dataset}}/{{model}}/{{seed}}.log",
        cost=f"{LOGS}/train/{{dataset}}/{{model}}/{{seed}}.json",
    benchmark:
        f"{LOGS}/train/{{dataset}}/{{model}}/{{seed}}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        gpu=GPU,
    params:
        settings=lambda wildcards: as_json(
            asked.training(PARAMS, wildcards.model, wildcards.dataset)
        ),
        code=lambda wildcards: jobs.training_code(
            PARAMS, wildcards.model, wildcards.dataset, "train.py"
        ),
    script:
        "../scripts/train.py"


rule sample:
    input:
        data="data/processed/{dataset}.npz",
        model=f"{RUN}/model.pt",
    output:
        samples=f"{RUN}/samples.npy",
    log:
        f"{LOGS}/sample/{{dataset}}/{{model}}/{{seed}}.log",
    benchmark:
        f"{LOGS}/sample/{{dataset}}/{{model}}/{{seed}}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        gpu=GPU,
    params:
        settings=lambda wildcards: as_json(
            {"model": restoring(wildcards), "images": PARAMS["samples"]}
        ),
        code=lambda wildcards: code("sample.py", models=family(wildcards)),
    script:
        "../scripts/sample.py"


rule control:
    input:
        data="data/processed/{dataset}.npz",
    output:
        samples=f"{RESULTS}/runs/{{dataset}}/{{control}}/{{seed}}/samples.npy",
    log:
        f"{LOGS}/control/{{dataset}}/{{control}}/{{seed}}.log",
    benchmark:
        f"{LOGS}/control/{{dataset}}/{{control}}/{{seed}}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=lambda wildcards: as_json(jobs.controlling(PARAMS, wildcards.control)),
        code=lambda wildcards: code("control.py", controls=wildcards.control),
    script:
        "../scripts/control.py"


rule foreign:
    input:
        data="data/processed/{dataset}.npz",
        images=lambda wildcards: PARAMS["foreign"][wildcards.foreign]["file"],
    output:
        samples=f"{RESULTS}/runs/{{dataset}}/{{foreign}}/{{seed}}/samples.npy",
    log:
        f"{LOGS}/foreign/{{dataset}}/{{foreign}}/{{seed}}.log",
    benchmark:
        f"{LOGS}/foreign/{{dataset}}/{{foreign}}/{{seed}}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=lambda wildcards: as_json(jobs.foreign(PARAMS, wildcards.foreign)),
        images=lambda wildcards: jobs.marks([PARAMS["foreign"][wildcards.foreign]["file"]]),
        code=code("foreign.py"),
    script:
        "../scripts/foreign.py"


rule evaluate_samples:
    input:
        data="data/processed/{dataset}.npz",
        samples=f"{RUN}/samples.npy",
    output:
        metric=f"{RUN}/{{metric}}.json",
    log:
        f"{LOGS}/evaluate/{{dataset}}/{{model}}/{{seed}}/{{metric}}.log",
    benchmark:
        f"{LOGS}/evaluate/{{dataset}}/{{model}}/{{seed}}/{{metric}}.tsv"
    wildcard_constraints:
        model=with_images(),
        metric=metrics_needing("samples"),
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        gpu=GPU,
    params:
        settings=lambda wildcards: as_json(metric_settings(wildcards)),
        code=lambda wildcards: code("evaluate_samples.py", metrics=wildcards.metric),
    script:
        "../scripts/evaluate_samples.py"


rule evaluate_model:
    input:
        data="data/processed/{dataset}.npz",
        model=f"{RUN}/model.pt",
    output:
        metric=f"{RUN}/{{metric}}.json",
    log:
        f"{LOGS}/evaluate/{{dataset}}/{{model}}/{{seed}}/{{metric}}.log",
    benchmark:
        f"{LOGS}/evaluate/{{dataset}}/{{model}}/{{seed}}/{{metric}}.tsv"
    wildcard_constraints:
        metric=metrics_needing("model"),
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        gpu=GPU,
    params:
        settings=lambda wildcards: as_json(
            {"metric": metric_settings(wildcards), "model": restoring(wildcards)}
        ),
        code=lambda wildcards: code(
            "evaluate_model.py", metrics=wildcards.metric, models=family(wildcards)
        ),
    script:
        "../scripts/evaluate_model.py"


rule runs:
    # By name: in a fresh clone the tables are there, and nothing else would ask for these.
    input:
        for_required(TARGETS.runs),
        *for_optional(TARGETS.runs),
