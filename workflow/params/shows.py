"""What tables and figures of params.yaml show: is it there, and can it be shown?"""

from collections.abc import Iterator

from gaebench import plugins

from . import entries, names, settings
from .schema import key_path

SHOWN = ("dataset", "models")
"""What a figure of one data set says."""


def problems(config: dict) -> Iterator[str]:
    """One line for each."""
    for check in (_tables, _few, _figures):
        yield from check(config)


def _tables(config: dict) -> Iterator[str]:
    inherited = dict(entries.inherited(config, "tables"))
    for name in entries.mapping(config.get("tables")):  # those of nothing too
        if name not in plugins.names("tables"):
            yield f"{key_path('tables', name)}: no such table; {settings.suggested('tables', name)}"
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
        yield from _blind(name, inherited.get(name, table), config)


def _blind(name: str, table: dict, config: dict) -> Iterator[str]:
    """Controls and foreign images are images: no metric of their table can look into a model."""
    asking = [
        section
        for section in ("controls", "foreign")
        for _, entry in entries.of(config, section)
        if name in entries.listed(entry.get("tables"), config)
    ]
    if not [*entries.listed(table.get("controls"), config), *asking]:
        return
    section, what = ("controls", "a control") if asking != ["foreign"] else ("foreign", "an image")
    if name not in plugins.names("tables"):
        return
    for metric in _shown(name, config):
        if _sees_a_model(metric):
            where = key_path("tables", name, section)
            yield f"{where}: {metric} needs a model, and {what} has none"


def _shown(table: str, config: dict) -> list[str]:
    """The metrics that a table shows of its models and controls themselves."""
    further = [
        metric
        for metric, entry in entries.of(config, "metrics")
        if table in entries.listed(entry.get("tables"), config)
    ]
    columns = plugins.load("tables", table).TABLE.plus(further).entries
    return list(dict.fromkeys(column.metric for column in columns if not column.of))


def _few(config: dict) -> Iterator[str]:
    """Fewer samples than metrics of the tables need."""
    samples = config.get("samples")
    if not isinstance(samples, int) or samples < 1:
        return
    tables = [name for name, _ in entries.of(config, "tables") if name in plugins.names("tables")]
    shown = dict.fromkeys(metric for table in tables for metric in _shown(table, config))
    least = {
        metric: plugins.constant("metrics", metric, "LEAST_SAMPLES", 1)
        for metric in shown
        if metric in plugins.names("metrics")
    }
    if few := [metric for metric, needed in least.items() if samples < needed]:
        wanted = max(map(least.get, few))
        yield f"samples: is {samples}, must be at least {wanted} for {', '.join(few)}"


def _figures(config: dict) -> Iterator[str]:
    for name, figure in entries.of(config, "figures"):
        path = ("figures", name)
        if name not in plugins.names("figures"):
            yield f"{key_path(*path)}: no such figure; {settings.suggested('figures', name)}"
            continue
        own = figure.get("panels")
        if own is None:
            yield from (f"{key_path(*path, part)}: missing" for part in SHOWN if part not in figure)
        panels = {figure.get("dataset"): figure.get("models")} if own is None else own
        for dataset, models in entries.mapping(panels).items():
            parts = [("panels", dataset)] * 2 if own else [(part,) for part in SHOWN]
            of_data, of_models = ((*path, *part) for part in parts)
            yield from names.known(dataset, config, "datasets", of_data)
            yield from names.members(models, config, "models", of_models)
            yield from _required(name, models, config, of_models)
        yield from _pictured_controls(figure, entries.mapping(panels), config, path)


def _required(name: str, models: object, config: dict, path: tuple) -> Iterator[str]:
    """Settings that a figure's file requires of the models it shows."""
    inherited = dict(entries.inherited(config, "models"))
    for setting, value in plugins.constant("figures", name, "REQUIRES", {}).items():
        for model in entries.listed(models, config):
            given = entries.mapping(inherited.get(model, {}).get("settings")).get(setting)
            if model in inherited and given != value:
                where = key_path(*path)
                yield f"{where}: {model} cannot be drawn; its settings must say {setting}: {value}"


def _pictured_controls(figure: dict, panels: dict, config: dict, path: tuple) -> Iterator[str]:
    """Controls that a figure shows: its data sets must have them."""
    where = (*path, "controls")
    yield from names.members(figure.get("controls"), config, "controls", where)
    name = path[-1]
    needs = plugins.constant("figures", name, "NEEDS")
    for need in plugins.constant("figures", name, "CONTROLS_NEED", needs):
        if figure.get("controls") and _sees_a_model(need):
            yield f"{key_path(*where)}: {name} needs the {need} of a model, and a control has none"
    for control in entries.listed(figure.get("controls"), config):
        there = dict(entries.of(config, "controls")).get(control, {}).get("datasets")
        for dataset in panels:
            if there and dataset not in entries.listed(there, config):
                yield f"{key_path(*where)}: {control} is not for {dataset}"


def _sees_a_model(need: str) -> bool:
    """Whether a need is a metric, or a file, that only a model has."""
    metric = need in plugins.names("metrics")
    return need in ("model", "history") or (
        metric and plugins.constant("metrics", need, "NEEDS", None) == "model"
    )
