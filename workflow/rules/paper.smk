# metrics of all runs -> one tidy table -> tables, claims and figures


rule collect:
    input:
        for_required(metric_files),
        *for_optional(metric_files),
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
        order=as_json(asked.cells(config)),
        code=code("collect.py"),
    script:
        "../scripts/collect.py"


rule tables:
    input:
        details=available(detail_files),
        metrics=f"{RESULTS}/metrics.csv",
        manifests=unavailable_sources(),
        accuracies=for_required(accuracy_files),
    output:
        tables=report(
            f"{RESULTS}/tables.md",
            caption="../report/tables.rst",
            category="Tables",
        ),
    log:
        f"{LOGS}/tables.log",
    benchmark:
        f"{LOGS}/tables.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=json.dumps(  # keys as they stand: rows and columns are in their order
            {
                "tables": asked.tables(config),
                "details": config["details"],
                "numbers": asked.numbers(config),
                "manifests": {dataset: manifest(dataset) for dataset in OPTIONAL},
            }
        ),
        code=code("tables.py"),
        published=contents("gaebench/published/numbers.csv", "gaebench/published/notes.csv"),
    script:
        "../scripts/tables.py"


rule claims:
    input:
        metrics=f"{RESULTS}/metrics.csv",
        manifests=unavailable_sources(),
    output:
        claims=report(
            f"{RESULTS}/claims.md",
            caption="../report/claims.rst",
            category="Tables",
        ),
    log:
        f"{LOGS}/claims.log",
    benchmark:
        f"{LOGS}/claims.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=json.dumps(  # keys as they stand: a claim links to the first table that shows it
            {
                "tables": asked.tables(config),
                "manifests": {dataset: manifest(dataset) for dataset in OPTIONAL},
            }
        ),
        code=code("claims.py"),
        published=contents("gaebench/published/numbers.csv"),
    script:
        "../scripts/claims.py"


rule figure_samples:
    input:
        data=figure_data("samples"),
        samples=figure_files("samples", "samples.npy"),
    output:
        png=report(
            f"{RESULTS}/figures/samples.png",
            caption="../report/samples.rst",
            category="Figures",
        ),
        svg=f"{RESULTS}/vector/samples.svg",
    log:
        f"{LOGS}/figures/samples.log",
    benchmark:
        f"{LOGS}/figures/samples.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=figure_settings("samples"),
        code=code("figure_samples.py"),
    script:
        "../scripts/figure_samples.py"


rule figure_faces:
    input:
        data=figure_data("faces"),
        samples=figure_files("faces", "samples.npy"),
    output:
        png=report(
            f"{RESULTS}/figures/faces.png",
            caption="../report/faces.rst",
            category="Figures",
        ),
        svg=f"{RESULTS}/vector/faces.svg",
    log:
        f"{LOGS}/figures/faces.log",
    benchmark:
        f"{LOGS}/figures/faces.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=figure_settings("faces"),
        code=code("figure_samples.py"),
    script:
        "../scripts/figure_samples.py"


rule figure_nearest:
    input:
        data=figure_data("nearest"),
        samples=figure_files("nearest", "samples.npy"),
    output:
        png=report(
            f"{RESULTS}/figures/nearest.png",
            caption="../report/nearest.rst",
            category="Figures",
        ),
        svg=f"{RESULTS}/vector/nearest.svg",
    log:
        f"{LOGS}/figures/nearest.log",
    benchmark:
        f"{LOGS}/figures/nearest.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=figure_settings("nearest"),
        code=code("figure_nearest.py"),
    script:
        "../scripts/figure_nearest.py"


rule figure_latent_density:
    input:
        data=figure_data("latent"),
        models=figure_files("latent", "model.pt"),
    output:
        png=report(
            f"{RESULTS}/figures/latent_density.png",
            caption="../report/latent_density.rst",
            category="Figures",
        ),
        svg=f"{RESULTS}/vector/latent_density.svg",
    log:
        f"{LOGS}/figures/latent_density.log",
    benchmark:
        f"{LOGS}/figures/latent_density.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=restored_figure_settings("latent"),
        code=restored_figure_code("figure_latent_density.py", "latent"),
    script:
        "../scripts/figure_latent_density.py"


rule figure_latent_classes:
    input:
        data=figure_data("latent"),
        models=figure_files("latent", "model.pt"),
    output:
        png=report(
            f"{RESULTS}/figures/latent_classes.png",
            caption="../report/latent_classes.rst",
            category="Figures",
        ),
        svg=f"{RESULTS}/vector/latent_classes.svg",
    log:
        f"{LOGS}/figures/latent_classes.log",
    benchmark:
        f"{LOGS}/figures/latent_classes.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=restored_figure_settings("latent"),
        code=restored_figure_code("figure_latent_classes.py", "latent"),
    script:
        "../scripts/figure_latent_classes.py"


rule figure_latent_depths:
    input:
        data=figure_data("latent_depths"),
        models=figure_files("latent_depths", "model.pt"),
        negentropies=figure_files("latent_depths", "negentropy.json"),
        modes=figure_files("latent_depths", "modes.json"),
    output:
        png=report(
            f"{RESULTS}/figures/latent_depths.png",
            caption="../report/latent_depths.rst",
            category="Figures",
        ),
        svg=f"{RESULTS}/vector/latent_depths.svg",
    log:
        f"{LOGS}/figures/latent_depths.log",
    benchmark:
        f"{LOGS}/figures/latent_depths.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=restored_figure_settings("latent_depths"),
        code=restored_figure_code("figure_latent_depths.py", "latent_depths"),
    script:
        "../scripts/figure_latent_depths.py"


rule figure_curves:
    input:
        histories=figure_files("curves", "history.csv"),
    output:
        png=report(
            f"{RESULTS}/figures/curves.png",
            caption="../report/curves.rst",
            category="Figures",
        ),
        svg=f"{RESULTS}/vector/curves.svg",
    log:
        f"{LOGS}/figures/curves.log",
    benchmark:
        f"{LOGS}/figures/curves.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=figure_settings("curves"),
        code=code("figure_curves.py"),
    script:
        "../scripts/figure_curves.py"


rule figure_parzen_curves:
    input:
        parzen_curve_files(),
    output:
        png=report(
            f"{RESULTS}/figures/parzen_curves.png",
            caption="../report/parzen_curves.rst",
            category="Figures",
        ),
        svg=f"{RESULTS}/vector/parzen_curves.svg",
    log:
        f"{LOGS}/figures/parzen_curves.log",
    benchmark:
        f"{LOGS}/figures/parzen_curves.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=as_json(config["figures"]["parzen_curves"] | {"samples": config["samples"]}),
        code=code("figure_parzen_curves.py"),
    script:
        "../scripts/figure_parzen_curves.py"


rule figure_likelihood_curves:
    input:
        loglik_prior=figure_files("likelihood", "loglik_prior.json"),
        loglik_is=figure_files("likelihood", "loglik_is.json"),
    output:
        png=report(
            f"{RESULTS}/figures/likelihood_curves.png",
            caption="../report/likelihood_curves.rst",
            category="Figures",
        ),
        svg=f"{RESULTS}/vector/likelihood_curves.svg",
    log:
        f"{LOGS}/figures/likelihood_curves.log",
    benchmark:
        f"{LOGS}/figures/likelihood_curves.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    params:
        settings=figure_settings("likelihood"),
        code=code("figure_likelihood_curves.py"),
    script:
        "../scripts/figure_likelihood_curves.py"


rule paper:
    input:
        rules.collect.output,
        rules.tables.output,
        rules.claims.output,
        rules.figure_samples.output,
        rules.figure_faces.output,
        rules.figure_nearest.output,
        rules.figure_latent_density.output,
        rules.figure_latent_classes.output,
        rules.figure_latent_depths.output,
        rules.figure_curves.output,
        rules.figure_parzen_curves.output,
        rules.figure_likelihood_curves.output,
