"""Which runs the tables and figures ask for, and with which settings; of resolved parameters."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from gaebench import plugins

from . import foreign, signatures
from .resolve import merged


class Run(NamedTuple):
    """One trained model, or one control in the place of a model."""

    dataset: str
    model: str
    seed: int


class Cell(NamedTuple):
    """One number of a table: a run under a metric."""

    dataset: str
    model: str
    seed: int
    metric: str

    @property
    def run(self) -> Run:
        """The run that it measures."""
        return Run(self.dataset, self.model, self.seed)


class Shown(NamedTuple):
    """A run in a figure, and which of its files the figure needs."""

    run: Run
    needs: tuple[str, ...]


def cells(config: dict) -> list[Cell]:
    """Every metric of every run, each once: of tables, then of figures."""
    drawn = (cell for name in config["figures"] for cell in figure_cells(config, name))
    return list(dict.fromkeys([*table_cells(config), *drawn]))


def table_cells(config: dict) -> list[Cell]:
    """Those of the tables, each once."""
    found = (cell for name in config["tables"] for cell in cells_of(config, name))
    return list(dict.fromkeys(found))


def cells_of(config: dict, name: str) -> list[Cell]:
    """The cells of a table, by metric and then by data set."""
    table = config["tables"][name]
    pairs = {dataset: _pairs(config, name, dataset) for dataset in table["seeds"]}
    metrics = dict.fromkeys(metric for found in pairs.values() for _, metric in found)
    return [
        Cell(dataset, model, seed, metric)
        for metric in metrics
        for dataset, seeds in table["seeds"].items()
        for model, measured in pairs[dataset]
        for seed in (seeds if model not in config["foreign"] else [foreign.SEED][: len(seeds)])
        if measured == metric
    ]


def _pairs(config: dict, name: str, dataset: str) -> list[tuple[str, str]]:
    """Which models, foreign ones and controls a table shows on a data set, and which metrics."""
    table = config["tables"][name]
    shown = plugins.load("tables", name).TABLE.plus(table.get("further", []))
    images = [*foreign.here(table, dataset), *controls(config, table, dataset)]
    return shown.cells(table["models"], images)


def figure_cells(config: dict, name: str) -> Iterator[Cell]:
    metrics = plugins.names("metrics")
    for run, needs in shown(config, name):
        yield from (Cell(*run, need) for need in needs if need in metrics)


def controls(config: dict, table: dict, dataset: str) -> list[str]:
    """The controls of a table that a data set has, in the table's order."""
    return [
        name
        for name in table.get("controls", [])
        if dataset in config["controls"][name]["datasets"]
    ]


def tables(config: dict) -> dict:
    """The tables, each control with the data sets that have it."""
    entries = config["controls"]
    return {
        name: {"foreign": {}}
        | table
        | {"controls": {n: entries[n]["datasets"] for n in table.get("controls", [])}}
        for name, table in config["tables"].items()
    }


def figure_runs(config: dict, name: str) -> list[Run]:
    """The runs that a figure shows, in its order, controls last."""
    return [run for run, _ in shown(config, name)]


def shown(config: dict, name: str, missing: Collection[str] = ()) -> list[Shown]:
    """The runs of a figure with what it needs of each, as its file says."""
    figure = config["figures"][name]
    needs = plugins.constant("figures", name, "NEEDS")
    of = {"models": needs, "controls": plugins.constant("figures", name, "CONTROLS_NEED", needs)}
    panels = figure.get("panels") or {figure["dataset"]: figure["models"]}
    return [
        Shown(Run(dataset, run, figure.get("seed", 0)), of[kind])
        for dataset, models in panels.items()
        if dataset not in missing
        for kind, names in {"models": models, "controls": figure.get("controls", [])}.items()
        for run in names
    ]


def everything(config: dict) -> list[Run]:
    """Every model, control and foreign image of the tables and figures, each once."""
    shown_runs = [run for name in config["figures"] for run in figure_runs(config, name)]
    return list(dict.fromkeys([*(cell.run for cell in cells(config)), *shown_runs]))


def runs(config: dict) -> list[Run]:
    """Every trained model of the tables and figures, each once."""
    return [run for run in everything(config) if run.model in config["models"]]


def unseen(config: dict) -> list[str]:
    """What no table and no figure shows, each as ``section.name``."""
    images = {run.model for run in everything(config)}
    shown_names = {"datasets": datasets(config)}
    shown_names |= dict.fromkeys(("models", "controls", "foreign"), images)
    return [
        f"{section}.{name}"
        for section, found in shown_names.items()
        for name in config[section]
        if name not in found
    ]


def sampled(config: dict) -> list[Run]:
    """The runs that have images: for metrics that look at them, controls among them, and figures.

    In the order of the tables.
    """
    measured = [
        cell.run
        for cell in cells(config)
        if plugins.constant("metrics", cell.metric, "NEEDS") != "model"
    ]
    pictured = [
        run
        for name in config["figures"]
        for run, needs in shown(config, name)
        if "samples" in needs
    ]
    return list(dict.fromkeys([*measured, *pictured]))


def datasets(config: dict) -> list[str]:
    """The data sets that anything shown is on, in the order of params.yaml."""
    used = {run.dataset for run in everything(config)}
    return [name for name in config["datasets"] if name in used]


def metric_settings(config: dict, metric: str) -> dict:
    """The settings of a metric; one without an entry has its defaults."""
    return config["metrics"].get(metric) or {}


def numbers(config: dict) -> dict:
    """Numbers that captions mention, by metric: the images per run, and the metric's settings."""
    metrics = dict.fromkeys(cell.metric for cell in table_cells(config))
    return {
        metric: {"samples": config["samples"]}
        | defaults("metrics", metric)
        | metric_settings(config, metric)
        for metric in metrics
    }


def defaults(kind: str, name: str) -> dict:
    """The settings of a plugin that have a default."""
    return signatures.defaults(plugins.settings(kind, name))


def training(config: dict, model: str, dataset: str) -> dict:
    """Family, settings and training of a model on a data set; the more special entry wins."""
    entry = config["models"][model]
    there = config["datasets"][dataset]["train"]
    here = entry["per_dataset"][dataset]
    return {
        "family": entry["family"],
        "settings": merged(entry.get("settings"), here.get("settings")),
        "train": merged(config["train"], entry.get("train"), there, here.get("train")),
    }


def budget(config: dict) -> float:
    """The share of every model's epochs to spend, unless a more special entry says otherwise."""
    return (signatures.defaults(plugins.training_settings()) | config["train"])["budget"]


def restoring(config: dict, model: str, dataset: str) -> dict:
    """What it takes to restore a trained model: its family and settings."""
    entry = training(config, model, dataset)
    return {"family": entry["family"], "settings": entry["settings"]}
