"""What each job is told and depends on: its settings as one JSON text, its code as hashes.

Snakemake compares the values of a rule's params, not their names: hence one text with sorted keys.
Texts whose order means something (tables' rows and columns) keep their keys as they stand.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterable
from pathlib import Path

from gaebench import plugins, provenance
from gaebench.errors import DataError
from gaebench.files import expanded
from gaebench.identity import record
from gaebench.raw import manifest as found
from gaebench.report.table import said

from . import labels, runs
from .targets import Targets

WORKFLOW = Path(__file__).parents[1]
SEARCH = ("docs/tuning.csv", "docs/finals.csv")
"""The logs of the search, where there was one."""
RETRY = "To try again: `snakemake -f {}`, then the same command as before"


def as_json(value: object) -> str:
    """Settings as one text."""
    return json.dumps(value, sort_keys=True)


def code(script: str, **named: str | list[str]) -> dict[str, str]:
    """Hashes of the code that a script runs, with the plugins that it loads by name."""
    kinds = {kind: [name] if isinstance(name, str) else name for kind, name in named.items()}
    paths = [plugins.source_path(kind, name) for kind, names in kinds.items() for name in names]
    return provenance.hashes([WORKFLOW / "scripts" / script, *paths])


def contents(*paths: str) -> dict[str, str]:
    """Hashes of files of this checkout that code reads: an edit of them is one of the code."""
    root = WORKFLOW.parent
    return {path: hashlib.sha256((root / path).read_bytes()).hexdigest()[:16] for path in paths}


# ---- data sets


def source(config: dict, dataset: str) -> str:
    """The folder below data/raw that a data set is made from."""
    return plugins.constant("datasets", config["datasets"][dataset]["reader"], "SOURCE")


def manifest(config: dict, dataset: str) -> str:
    """What fetching a data set's source leaves behind."""
    return f"data/raw/{source(config, dataset)}.json"


def unavailable(config: dict, dataset: str) -> str:
    """Why an optional data set cannot be had; empty if it can, or its source was not tried."""
    try:
        return found.unavailable(manifest(config, dataset))
    except DataError:
        return ""  # there is none, or none that can be read: it is to be fetched first


def sharing(config: dict, source_name: str) -> list[str]:
    """The data sets that are made from one source, in the order of params.yaml."""
    return [name for name in config["datasets"] if source(config, name) == source_name]


def fetching(config: dict, source_name: str) -> dict:
    """What fetching a source depends on."""
    sharers = [config["datasets"][name] for name in sharing(config, source_name)]
    optional = all(entry.get("optional") for entry in sharers)
    first, files = sharers[0], marks(users_files(config, source_name))
    found = {"reader": first["reader"], "options": first.get("options", {}), "optional": optional}
    return found | ({"files": files} if files else {})


def fetching_code(config: dict, source_name: str) -> dict[str, str]:
    """The reader's code. Files are checked by hash, so the downloader's cannot change them."""
    found = code("fetch.py", datasets=fetching(config, source_name)["reader"])
    return {file: value for file, value in found.items() if "/datasets/" in file}


def users_files(config: dict, source_name: str) -> list[str]:
    """Files that only the user can provide: those that a `path` option names, if they exist."""
    sharers = sharing(config, source_name)
    options = [config["datasets"][name].get("options", {}) for name in sharers]
    paths = [expanded(option["path"]) for option in options if option.get("path")]
    return [str(path) for path in paths if path.is_file()]


def marks(files: Iterable[str]) -> list[str]:
    """What tells the contents of users' files apart, which no identity does; of any age."""
    return [record.content_hash(file)[: record.MARK] for file in files if os.access(file, os.R_OK)]


def preparing(config: dict, dataset: str) -> dict:
    """What preparing a data set depends on."""
    entry = config["datasets"][dataset]
    options = entry.get("options", {})
    return {"reader": entry["reader"], "source": source(config, dataset), "options": options}


# ---- runs


def training_code(config: dict, model: str, dataset: str, script: str) -> dict[str, str]:
    """The training loop, the model, and the metric that picks the epoch."""
    entry = runs.training(config, model, dataset)
    return code(script, models=entry["family"], metrics=entry["train"]["stop_on"])


def controlling(config: dict, control: str) -> dict:
    """What the images of a control depend on."""
    settings = config["controls"][control].get("settings", {})
    return {"control": settings, "images": config["samples"]}


def foreign(config: dict, name: str) -> dict:
    """What the images of another model depend on, beside their file."""
    return {"images": config["samples"], "dataset": config["foreign"][name]["dataset"]}


def needing(what: str) -> list[str]:
    """The metrics that need ``samples``, ``features`` or a ``model``."""
    names = plugins.names("metrics")
    return [name for name in names if plugins.constant("metrics", name, "NEEDS") == what]


# ---- tables and figures


def of_metrics(config: dict) -> dict[str, dict]:
    """What the metrics of the tables say of themselves."""
    metrics = dict.fromkeys(cell.metric for cell in runs.table_cells(config))
    return {metric: said(metric) for metric in metrics}


def versions(config: dict) -> dict[str, int]:
    """The version of each metric: it rises when its value for the same input changes."""
    metrics = dict.fromkeys(cell.metric for cell in runs.cells(config))
    return {metric: plugins.constant("metrics", metric, "VERSION") for metric in metrics}


def tables(config: dict) -> str:
    """What the tables are told."""
    settings = {
        "tables": runs.tables(config),
        "names": labels.labels(config),
        "columns": of_metrics(config),
        "numbers": runs.numbers(config),
        "manifests": _manifests(config),
        "retry": RETRY,
    }
    return json.dumps(settings)


def claims(config: dict) -> str:
    """What the claims are told."""
    settings = {
        "tables": runs.tables(config),
        "figures": list(config["figures"]),
        "names": labels.labels(config),
        "manifests": _manifests(config),
    }
    return json.dumps(settings)


def costs(config: dict) -> str:
    """What the table of costs is told."""
    trained = [
        {
            "dataset": dataset,
            "model": model,
            "metric": entry["train"]["stop_on"],
            "epochs": entry["train"]["epochs"],
        }
        for dataset, model in dict.fromkeys((run.dataset, run.model) for run in runs.runs(config))
        for entry in [runs.training(config, model, dataset)]
    ]
    return json.dumps({"trained": trained, "names": labels.labels(config), "search": SEARCH})


def _manifests(config: dict) -> dict[str, str]:
    return {dataset: manifest(config, dataset) for dataset in Targets(config).optional}


def figure(config: dict, name: str, missing: Collection[str]) -> str:
    """What a figure is told: its runs in order, and what it takes to restore their models."""
    shown = [
        {
            **run._asdict(),
            "control": run.model in config["controls"],
            "needs": needs,
            "restore": runs.restoring(config, run.model, run.dataset) if "model" in needs else None,
        }
        for run, needs in runs.shown(config, name, missing)
    ]
    called = labels.labels(config)
    names = {
        "models": {run["model"]: called["models"][run["model"]] for run in shown},
        "datasets": {run["dataset"]: called["datasets"][run["dataset"]] for run in shown},
    }
    return as_json({"runs": shown, "names": names, "samples": config["samples"]})


def figure_code(config: dict, name: str, missing: Collection[str]) -> dict[str, str]:
    """A figure's code, with that of the models it restores."""
    restored = [run.model for run, needs in runs.shown(config, name, missing) if "model" in needs]
    families = sorted({config["models"][model]["family"] for model in restored})
    return code("figure.py", figures=name, models=families)
