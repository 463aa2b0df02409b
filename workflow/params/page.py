"""What the results page is told, and which files of runs it asks for; of resolved parameters."""

import hashlib
import json

from gaebench import plugins
from gaebench.report.table import said

from . import jobs, runs, signatures
from .runs import Run
from .targets import Targets

SCORED = "parzen"
"""The metric whose score of each test image is shown."""
SCRIPTS = {
    "samples": "evaluate_samples.py",
    "features": "evaluate_features.py",
    "model": "evaluate_model.py",
}


def settings(config: dict) -> str:
    """What the page is told: that of the tables, and how every number is made."""
    told = {
        "figures": {name: _figure(config, name) for name in config["figures"]},
        "trained": trained(config),
        "measured": measured(config),
        "samples": config["samples"],
        "budget": runs.budget(config),
    }
    return json.dumps(json.loads(jobs.tables(config)) | told)


def templates() -> dict[str, str]:
    """Hashes of the templates."""
    root = jobs.WORKFLOW.parent
    paths = sorted((root / "gaebench/page/templates").iterdir())
    return jobs.contents(*(str(path.relative_to(root)) for path in paths))


def histories(config: dict, dataset: str) -> list[str]:
    """The trainings on a data set that are shown: of each model that with its first seed."""
    first: dict[str, Run] = {}
    for run in runs.runs(config):
        if run.dataset == dataset:
            first.setdefault(run.model, run)
    return [Targets(config).at(run, "history.csv") for run in first.values()]


def scored(config: dict) -> list[Run]:
    """The runs that score each test image: the models of the first table that can.

    On its first data set that must be there, with the first seed.
    """
    for name, table in config["tables"].items():
        cells = runs.table_cells(config | {"tables": {name: table}})
        found = [
            cell.run
            for cell in cells
            if cell.metric == SCORED
            and cell.model in config["models"]
            and not config["datasets"][cell.dataset].get("optional")
        ]
        if found:
            first = found[0]
            return [r for r in found if (r.dataset, r.seed) == (first.dataset, first.seed)]
    return []


def trained(config: dict) -> list[dict]:
    """Every model on every data set: seeds, settings with their defaults, hash of the code."""
    seeds: dict[tuple[str, str], list[int]] = {}
    for run in runs.runs(config):
        seeds.setdefault((run.dataset, run.model), []).append(run.seed)
    return [_trained(config, *key, found) for key, found in seeds.items()]


def _trained(config: dict, dataset: str, model: str, seeds: list[int]) -> dict:
    entry = runs.training(config, model, dataset)
    defaults = runs.defaults("models", entry["family"])
    schedule = signatures.defaults(plugins.training_settings())
    code = _hash(jobs.training_code(config, model, dataset, "train.py"))
    return {"dataset": dataset, "model": model, "seeds": sorted(seeds), "code": code} | {
        "settings": defaults | entry["settings"],
        "train": schedule | entry["train"],
    }


def measured(config: dict) -> dict[str, dict]:
    """Every metric that is used, also to pick epochs: what it says of itself, and how it is set."""
    shown = [cell.metric for cell in runs.cells(config)]
    picking = [run["train"]["stop_on"] for run in trained(config)]
    return {metric: _measured(config, metric) for metric in dict.fromkeys([*shown, *picking])}


def _measured(config: dict, metric: str) -> dict:
    script = SCRIPTS[plugins.constant("metrics", metric, "NEEDS")]
    return said(metric) | {
        "version": plugins.constant("metrics", metric, "VERSION"),
        "settings": runs.defaults("metrics", metric) | runs.metric_settings(config, metric),
        "code": _hash(jobs.code(script, metrics=metric)),
    }


def _figure(config: dict, name: str) -> dict:
    shown = [(run.dataset, run.model) for run in runs.figure_runs(config, name)]
    return {"caption": plugins.constant("figures", name, "CAPTION"), "runs": shown}


def _hash(code: dict[str, str]) -> str:
    """One hash of the hashes of files."""
    return hashlib.sha256(jobs.as_json(code).encode()).hexdigest()[:16]
