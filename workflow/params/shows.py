"""What tables and figures of params.yaml show: is it there?"""

from collections.abc import Iterator

from gaebench import plugins

from . import entries, names, settings
from .schema import key_path

SHOWN = ("dataset", "models")
"""What a figure of one data set says."""


def _tables(config: dict) -> Iterator[str]:
    inherited = dict(entries.inherited(config, "tables"))
    yield from _unknown(config, "tables")
    for name, table in entries.of(config, "tables"):
        path = ("tables", name)
        for part in ("models", "seeds"):
            if part not in inherited.get(name, {"models": [], "seeds": {}}):
                yield f"{key_path(*path, part)}: missing"
        yield from names.members(table.get("models"), config, "models", (*path, "models"))
        yield from names.members(table.get("controls"), config, "controls", (*path, "controls"))
        for dataset, seeds in entries.mapping(table.get("seeds")).items():
            yield from names.known(dataset, config, "datasets", (*path, "seeds", dataset))
            yield from names.seeds(seeds, config, (*path, "seeds", dataset))


def _unknown(config: dict, kind: str) -> Iterator[str]:
    """Entries of no file, those of nothing (null) too."""
    for name in entries.mapping(config.get(kind)):
        if name not in plugins.names(kind):
            known = settings.suggested(kind, name)
            yield f"{key_path(kind, name)}: no such {kind.removesuffix('s')}; {known}"


def _figures(config: dict) -> Iterator[str]:
    yield from _unknown(config, "figures")
    for name, figure in entries.of(config, "figures"):
        path = ("figures", name)
        if name not in plugins.names("figures"):
            continue
        own = figure.get("panels")
        if own is None:
            yield from (f"{key_path(*path, part)}: missing" for part in SHOWN if part not in figure)
        elif given := [part for part in SHOWN if part in figure]:
            yield f"{key_path(*path)}: has {' and '.join(given)} beside panels, which say both"
        panels = {figure.get("dataset"): figure.get("models")} if own is None else own
        for dataset, models in entries.mapping(panels).items():
            parts = [("panels", dataset)] * 2 if own is not None else [(part,) for part in SHOWN]
            of_data, of_models = ((*path, *part) for part in parts)
            yield from names.known(dataset, config, "datasets", of_data)
            yield from names.members(models, config, "models", of_models)
        yield from _pictured_controls(figure, entries.mapping(panels), config, path)


def _pictured_controls(figure: dict, panels: dict, config: dict, path: tuple) -> Iterator[str]:
    """Controls that a figure shows: its data sets must have them."""
    where = (*path, "controls")
    yield from names.members(figure.get("controls"), config, "controls", where)
    for control in entries.listed(figure.get("controls"), config):
        there = dict(entries.of(config, "controls")).get(control, {}).get("datasets")
        for dataset in panels:
            if there is not None and dataset not in entries.listed(there, config):
                yield f"{key_path(*where)}: {control} is not for {dataset}"


CHECKS = (_tables, _figures)
