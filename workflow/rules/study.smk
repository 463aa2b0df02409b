# A file laid over params.yaml for some tables of its own: these and their claims, no pictures or page

if "study" in sys.argv and RESULTS == reading.read("params.yaml")["results"]:
    raise WorkflowError(
        f"a study must not write over {RESULTS}: give it results of its own, as in "
        "workflow/studies (results: results/NAME)"
    )


rule study:
    # The numbers by name, as in the rule `runs`: in a fresh clone the tables may be there. It makes
    # nothing, so it looks at them whenever it is asked for.
    input:
        rules.tables.output,
        rules.claims.output,
        runs=available(TARGETS.tabled),
    log:
        f"{LOGS}/study.log",
    conda:
        ENVIRONMENT
    threads: 1
    params:
        code=code("study.py"),
    script:
        "../scripts/study.py"
