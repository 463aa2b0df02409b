# Metrics in the feature space of a classifier, which is trained once per data set


rule classifier:
    input:
        data="data/processed/{dataset}.npz",
    output:
        weights=f"{RESULTS}/runs/{{dataset}}/classifier.pt",
        features=f"{RESULTS}/runs/{{dataset}}/features.npz",
        accuracy=f"{RESULTS}/runs/{{dataset}}/classifier.json",
    log:
        f"{LOGS}/classifier/{{dataset}}.log",
    benchmark:
        f"{LOGS}/classifier/{{dataset}}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        gpu=GPU,
    params:
        settings=as_json(PARAMS["classifier"]),
        code=code("classifier.py"),
    script:
        "../scripts/classifier.py"


rule evaluate_features:
    input:
        data="data/processed/{dataset}.npz",
        samples=f"{RUN}/samples.npy",
        classifier=f"{RESULTS}/runs/{{dataset}}/classifier.pt",
        features=f"{RESULTS}/runs/{{dataset}}/features.npz",
    output:
        metric=f"{RUN}/{{metric}}.json",
    log:
        f"{LOGS}/evaluate/{{dataset}}/{{model}}/{{seed}}/{{metric}}.log",
    benchmark:
        f"{LOGS}/evaluate/{{dataset}}/{{model}}/{{seed}}/{{metric}}.tsv"
    wildcard_constraints:
        model=with_images(),
        metric=metrics_needing("features"),
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        gpu=GPU,
    params:
        settings=lambda wildcards: as_json(metric_settings(wildcards)),
        code=lambda wildcards: code("evaluate_features.py", metrics=wildcards.metric),
    script:
        "../scripts/evaluate_features.py"
