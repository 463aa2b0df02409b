# Names, settings and targets that the rules share.

import hashlib
import json
import os
import sys
from functools import cache, partial
from pathlib import Path

# This checkout is the one that runs, whatever is installed: jobs inherit the search path.
ROOT = os.path.dirname(workflow.basedir)
sys.path[:0] = [workflow.basedir, ROOT]
os.environ.update(PYTHONPATH=os.pathsep.join(filter(None, [ROOT, os.getenv("PYTHONPATH")])))

from gaebench import jobs, plugins, provenance
from gaebench.errors import SettingsError
from params import checks, runs as asked, search as searching

if problems := checks.problems(config):
    raise WorkflowError("\n".join(problems))

RESULTS = config["results"]
RUN = f"{RESULTS}/runs/{{dataset}}/{{model}}/{{seed}}"
LOGS = f"{RESULTS}/logs"
ENVIRONMENT = "../../environment.yml"
DRAWN = {"latent_depths": ["negentropy", "modes"], "likelihood": ["loglik_prior", "loglik_is"]}
GPU = int(jobs.wants_gpu(config["device"]))

DATASETS = asked.datasets(config)
OPTIONAL = [name for name in DATASETS if config["datasets"][name].get("optional")]
REQUIRED = [name for name in DATASETS if name not in OPTIONAL]


wildcard_constraints:
    dataset="|".join(config["datasets"]),
    model="|".join(config["models"]),
    control="|".join(config["controls"]) or "none",
    metric="|".join(config["metrics"]),
    seed=r"\d+",
    source=r"\w+",


def as_json(value):
    """Settings as one text: Snakemake compares the values of params, not their names."""
    return json.dumps(value, sort_keys=True)


def code(script, **named):
    """Hashes of the code that a script runs, with the plugins that it loads by name."""
    paths = [plugins.source_path(kind, name) for kind, name in named.items() if name]
    return provenance.hashes([Path(workflow.basedir) / "scripts" / script, *paths])


def contents(*paths):
    """Hashes of files of this checkout that code reads: an edit of them is one of the code."""
    root = Path(workflow.basedir).parent
    return {path: hashlib.sha256((root / path).read_bytes()).hexdigest()[:16] for path in paths}


# ---- data sets


def reader(dataset):
    return config["datasets"][dataset]["reader"]


def source(dataset):
    return plugins.constant("datasets", reader(dataset), "SOURCE")


def manifest(dataset):
    return f"data/raw/{source(dataset)}.json"


def sharing(source_name):
    """The data sets that are made from one source, in the order of params.yaml."""
    return [name for name in config["datasets"] if source(name) == source_name]


def source_settings(wildcards):
    """What fetching a source depends on."""
    sharers = sharing(wildcards.source)
    entry = config["datasets"][sharers[0]]
    optional = all(config["datasets"][name].get("optional") for name in sharers)
    return as_json(
        {"reader": entry["reader"], "options": entry.get("options", {}), "optional": optional}
    )


def source_code(wildcards):
    """The readers' code. Files are checked by hash, so the downloader's cannot change them."""
    found = code("fetch.py", datasets=reader(sharing(wildcards.source)[0]))
    return {file: value for file, value in found.items() if "/datasets/" in file}


def users_files(wildcards):
    """Files that only the user can provide: those that a `path` option names, if they exist."""
    options = [config["datasets"][name].get("options", {}) for name in sharing(wildcards.source)]
    return [option["path"] for option in options if os.path.isfile(option.get("path", ""))]


def dataset_settings(wildcards):
    entry = config["datasets"][wildcards.dataset]
    return as_json(
        {
            "reader": entry["reader"],
            "source": source(wildcards.dataset),
            "options": entry.get("options", {}),
        }
    )


# ---- runs


def run_settings(wildcards):
    """A model's resolved settings and training."""
    return as_json(asked.training(config, wildcards.model, wildcards.dataset))


def restoring(model, dataset):
    """What it takes to restore a trained model: its family and settings."""
    entry = asked.training(config, model, dataset)
    return {"family": entry["family"], "settings": entry["settings"]}


def sample_settings(wildcards):
    return as_json(
        {"model": restoring(wildcards.model, wildcards.dataset), "images": config["samples"]}
    )


def control_settings(wildcards):
    entry = config["controls"][wildcards.control]
    return as_json({"control": entry.get("settings", {}), "images": config["samples"]})


def control_code(wildcards):
    script = Path(workflow.basedir) / "scripts/control.py"
    return provenance.hashes([script, plugins.source_path("controls", wildcards.control)])


def metric_settings(wildcards):
    return as_json(config["metrics"][wildcards.metric])


def model_metric_settings(wildcards):
    return as_json(
        {
            "metric": config["metrics"][wildcards.metric],
            "model": restoring(wildcards.model, wildcards.dataset),
        }
    )


def family(wildcards):
    return config["models"][wildcards.model]["family"]


def training_code(wildcards):
    """The training loop, the model, and the metric that picks the epoch."""
    stop_on = asked.training(config, wildcards.model, wildcards.dataset)["train"]["stop_on"]
    return code("train.py", models=family(wildcards), metrics=stop_on)


def metrics_needing(what):
    """Names of the metrics that need ``samples``, ``features`` or a ``model``, as a pattern."""
    found = [
        name for name in config["metrics"] if plugins.constant("metrics", name, "NEEDS") == what
    ]
    return "|".join(found) or "none"


# ---- targets


def path_of(run, name):
    return f"{RESULTS}/runs/{run.dataset}/{run.model}/{run.seed}/{name}"


def metric_files(dataset):
    """The metric files of all cells on one data set."""
    return [
        path_of(cell.run, f"{cell.metric}.json")
        for cell in asked.cells(config)
        if cell.dataset == dataset
    ]


def accuracy_files(dataset):
    """Of the classifier of a data set, where a metric needs one."""
    needs = [
        plugins.constant("metrics", cell.metric, "NEEDS")
        for cell in asked.cells(config)
        if cell.dataset == dataset
    ]
    return [f"{RESULTS}/runs/{dataset}/classifier.json"] if "features" in needs else []


def detail_files(dataset):
    """The metric files of the tables of details on one data set."""
    return [
        path_of(cell.run, f"{cell.metric}.json")
        for cell in asked.detail_cells(config)
        if cell.dataset == dataset
    ]


def sampled_runs():
    """The runs that have images: for metrics that need samples, controls among them, and figures.

    In the order of the tables.
    """
    measured = [
        cell.run
        for cell in asked.cells(config)
        if plugins.constant("metrics", cell.metric, "NEEDS") != "model"
    ]
    shown = [
        run
        for name in ("samples", "faces", "nearest")
        for run in asked.figure_runs(config["figures"][name])
    ]
    return list(dict.fromkeys([*measured, *shown]))


def run_files(dataset):
    """Everything that the runs on one data set leave behind."""
    wanted = [run for run in asked.runs(config) if run.dataset == dataset]
    trained = [path_of(run, name) for run in wanted for name in ("model.pt", "history.csv")]
    sampled = [path_of(run, "samples.npy") for run in sampled_runs() if run.dataset == dataset]
    measured = [*accuracy_files(dataset), *metric_files(dataset), *drawn_files(dataset)]
    return list(dict.fromkeys([*trained, *sampled, *measured]))


def drawn_files(dataset):
    """The metric files that figures of several metrics read, in a table or not."""
    return [
        path_of(run, f"{metric}.json")
        for figure, metrics in DRAWN.items()
        for run in asked.figure_runs(config["figures"][figure])
        if run.dataset == dataset
        for metric in metrics
    ]


def prepared_files(dataset):
    return [f"data/processed/{dataset}.npz"]


def for_required(files):
    """Files of the data sets that must be there."""
    return [file for dataset in REQUIRED for file in files(dataset)]


def if_available(dataset, files, wildcards):
    """Files of an optional data set, or nothing where it cannot be had."""
    found = checkpoints.fetch.get(source=source(dataset)).output.manifest
    return [] if "unavailable" in json.loads(Path(found).read_text()) else files(dataset)


def for_optional(files):
    """One input function per optional data set, so that each waits for its own source only."""
    return [partial(if_available, dataset, files) for dataset in OPTIONAL]


def available(files):
    """An input function: files of the data sets that must be there and of those that can be had."""

    def found(wildcards):
        optional = [file for part in for_optional(files) for file in part(wildcards)]
        return for_required(files) + optional

    return found


def unavailable_sources():
    """Manifests of the sources that may be missing, in the order of their data sets."""
    return list(dict.fromkeys(manifest(dataset) for dataset in OPTIONAL))


# ---- figures


def figure_files(figure, name):
    """One file of each run that a figure shows."""
    return [path_of(run, name) for run in asked.figure_runs(config["figures"][figure])]


def parzen_curve_files():
    """The curves of the models that the figure shows, then the Parzen scores of the controls."""
    entry = config["figures"]["parzen_curves"]
    return [
        path_of(run, "parzen.json" if run.model in entry["controls"] else "parzen_curve.json")
        for run in asked.figure_runs(entry)
    ]


def figure_data(figure):
    """The data set that a figure is about."""
    return prepared_files(config["figures"][figure]["dataset"])


def figure_settings(figure):
    return as_json(config["figures"][figure])


def restored_figure_settings(figure):
    """A figure's entry, and what it takes to restore its models, in its order."""
    entry = config["figures"][figure]
    models = [restoring(model, entry["dataset"]) for model in entry["models"]]
    return as_json(entry | {"restore": models})


def restored_figure_code(script, figure):
    """The code of a figure that restores models."""
    families = {config["models"][model]["family"] for model in config["figures"][figure]["models"]}
    parts = [code(script, models=name) for name in sorted(families)]
    return {file: value for part in parts for file, value in part.items()}


# ---- search


@cache
def searched():
    """The search, checked against params.yaml: read by its own jobs only."""
    try:
        return searching.load(config)
    except SettingsError as error:
        raise WorkflowError(str(error)) from None


def trial_histories(wildcards):
    """One history per trial, in the order of the log."""
    return [
        f"{RESULTS}/search/{trial.dataset}/{trial.model}/{trial.number}.csv"
        for trial in searching.trials(searched())
    ]


def trial_records(wildcards):
    """What the log says of every trial before its outcome; keys as they stand."""
    search = searched()
    return json.dumps(
        [
            {
                "dataset": trial.dataset,
                "model": trial.model,
                "trial": trial.number,
                "settings": trial.settings,
                "train": trial.train,
                "budget": search["budget"][trial.dataset],
            }
            for trial in searching.trials(search)
        ]
    )


def trial_settings(wildcards):
    """A trial's resolved settings and training, and its seed."""
    search = searched()
    trials = searching.trials_of(search, wildcards.dataset, wildcards.model)
    return as_json(searching.training(config, search, trials[int(wildcards.trial)]))


def trial_code(wildcards):
    """As that of a training."""
    stop_on = asked.training(config, wildcards.model, wildcards.dataset)["train"]["stop_on"]
    return code("trial.py", models=family(wildcards), metrics=stop_on)
