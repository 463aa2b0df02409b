"""Which runs the tables and figures ask for, and with which settings."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from gaebench import plugins


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


def cells(config: dict) -> list[Cell]:
    """Every metric of every run, each once: of tables, of details, and of figures that show one."""
    return list(dict.fromkeys([*_table_cells(config), *detail_cells(config), *_drawn(config)]))


def _table_cells(config: dict) -> Iterator[Cell]:
    yield from (
        Cell(dataset, model, seed, metric)
        for table in config["tables"].values()
        for metric in metrics(table)
        for dataset, seeds in table["seeds"].items()
        for model in [*table["models"], *controls(config, table, dataset)]
        for seed in seeds
    )


def detail_cells(config: dict) -> list[Cell]:
    """The metric files that the tables of details read entries of, each once."""
    found = (
        Cell(dataset, model, seed, row["metric"])
        for table in config["details"].values()
        for dataset, seeds in table["seeds"].items()
        for row in table["rows"]
        for model in _measured(table, row)
        for seed in seeds
    )
    return list(dict.fromkeys(found))


def metrics(table: dict) -> list[str]:
    """The metrics of a table's cells: its one, or those that its columns are about."""
    if "metric" in table:
        return [table["metric"]]
    return list(dict.fromkeys(column.split(".")[0] for column in table["columns"]))


def _measured(table: dict, row: dict) -> list[str]:
    """The models whose numbers stand in a row: those of the columns, unless it names others."""
    return list(row["models"].values()) if "models" in row else table["models"]


def _drawn(config: dict) -> Iterator[Cell]:
    for figure in config["figures"].values():
        if "metric" in figure:
            runs_shown = (run for run in figure_runs(figure) if run.model in config["models"])
            yield from (Cell(*run, figure["metric"]) for run in runs_shown)


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
        name: table | {"controls": {n: entries[n]["datasets"] for n in table.get("controls", [])}}
        for name, table in config["tables"].items()
    }


def figure_runs(figure: dict) -> list[Run]:
    """The runs that a figure shows, in its order, controls last."""
    return [
        Run(panel["dataset"], model, panel["seed"])
        for panel in figure.get("panels", [figure])
        for model in [*panel["models"], *panel.get("controls", [])]
    ]


def runs(config: dict) -> list[Run]:
    """Every trained model of the tables and figures, each once."""
    shown = [run for figure in config["figures"].values() for run in figure_runs(figure)]
    found = dict.fromkeys([*(cell.run for cell in cells(config)), *shown])
    return [run for run in found if run.model in config["models"]]


def datasets(config: dict) -> list[str]:
    """The data sets that the runs are on, in the order of params.yaml."""
    used = {run.dataset for run in runs(config)}
    return [name for name in config["datasets"] if name in used]


def numbers(config: dict) -> dict:
    """Numbers that captions mention, by metric: the images per run, and the metric's settings."""
    return {
        metric: {"samples": config["samples"]} | _defaults(metric) | config["metrics"][metric]
        for metric in dict.fromkeys(name for t in config["tables"].values() for name in metrics(t))
    }


def _defaults(metric: str) -> dict:
    taken = plugins.settings("metrics", metric)
    return {name: ast.literal_eval(setting.default) for name, setting in taken.items()}


def training(config: dict, model: str, dataset: str) -> dict:
    """Family, settings and training of a model on a data set; the more special entry wins."""
    entry = config["models"][model]
    there = config["datasets"][dataset].get("train")
    here = entry.get("per_dataset", {}).get(dataset, {})
    return {
        "family": entry["family"],
        "settings": merged(entry.get("settings"), here.get("settings")),
        "train": merged(config["train"], entry.get("train"), there, here.get("train")),
    }


def merged(*layers: dict | None) -> dict:
    """Deep merge: a later layer wins, key by key."""
    result: dict = {}
    for layer in layers:
        for key, value in _items(layer):
            deeper = isinstance(value, dict) and isinstance(result.get(key), dict)
            result[key] = merged(result[key], value) if deeper else value
    return result


def _items(layer: dict | None) -> Iterator[tuple]:
    return iter((layer or {}).items())
