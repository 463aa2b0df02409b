"""Names in params.yaml that stand for something else: plugins and settings, data sets, models."""

from collections.abc import Iterable, Iterator

from gaebench import plugins
from gaebench.report.columns import COLUMNS
from params import signatures
from params.schema import key_path, suggestion

_CALLED = {
    "datasets": "data set",
    "models": "model",
    "controls": "control",
    "metrics": "metric",
}


def problems(config: dict) -> list[str]:
    """Names that stand for nothing, and settings that a plugin does not take, one line each."""
    checks = (_datasets, _train, _models, _controls, _metrics, _tables, _details, _figures)
    return [line for check in checks for line in check(config)]


def _datasets(config: dict) -> Iterator[str]:
    for name, entry in _entries(config, "datasets"):
        yield from _plugin(entry, "datasets", "reader", "options", ("datasets", name))
        yield from _training(entry.get("train"), ("datasets", name, "train"))


def _models(config: dict) -> Iterator[str]:
    for name, entry in _entries(config, "models"):
        path = ("models", name)
        yield from _plugin(entry, "models", "family", "settings", path)
        yield from _training(entry.get("train"), (*path, "train"))
        for dataset, over in _entries(entry, "per_dataset"):
            place = (*path, "per_dataset", dataset)
            yield from known(dataset, config, "datasets", place)
            yield from _plugin(
                entry | {"settings": over.get("settings")},
                "models",
                "family",
                "settings",
                place,
                whole=False,
            )
            yield from _training(over.get("train"), (*place, "train"))


def _controls(config: dict) -> Iterator[str]:
    for name, entry in _entries(config, "controls"):
        path = ("controls", name)
        if name not in plugins.names("controls"):
            yield f"{key_path(*path)}: no such control; {_plugins('controls', name)}"
        else:
            taken = plugins.settings("controls", name)
            yield from signatures.problems(
                entry.get("settings"), taken, (*path, "settings"), whole=True
            )
        if name in _mapping(config.get("models")):
            yield f"{key_path(*path)}: a model has this name; rename the model"
        for number, dataset in enumerate(entry.get("datasets") or []):
            yield from known(dataset, config, "datasets", (*path, "datasets", number))


def _train(config: dict) -> Iterator[str]:
    yield from _training(config.get("train"), ("train",), whole=True)


def _metrics(config: dict) -> Iterator[str]:
    for name, values in _mapping(config.get("metrics")).items():
        if name not in plugins.names("metrics"):
            yield f"{key_path('metrics', name)}: no such metric; {_plugins('metrics', name)}"
        else:
            taken = plugins.settings("metrics", name)
            yield from signatures.problems(values, taken, ("metrics", name), whole=True)


def _tables(config: dict) -> Iterator[str]:
    for name, table in _entries(config, "tables"):
        path = ("tables", name)
        yield from _measured(table, config, path)
        yield from _known_models(table, config, path)
        yield from _known_controls(table, config, path)
        for dataset in _mapping(table.get("seeds")):
            yield from known(dataset, config, "datasets", (*path, "seeds", dataset))


def _measured(table: dict, config: dict, path: tuple) -> Iterator[str]:
    """What a table shows: one metric, or columns of several."""
    if ("metric" in table) == ("columns" in table):
        yield f"{key_path(*path)}: must have either a metric or columns"
    yield from known(table.get("metric"), config, "metrics", (*path, "metric"))
    for number, column in enumerate(table.get("columns") or []):
        where = (*path, "columns", number)
        if column not in COLUMNS:
            yield f"{key_path(*where)}: no column {column!r}; {suggestion(column, COLUMNS)}"
        else:
            yield from known(column.split(".")[0], config, "metrics", where)


def _details(config: dict) -> Iterator[str]:
    for name, table in _entries(config, "details"):
        path = ("details", name)
        yield from _known_models(table, config, path)
        for dataset in _mapping(table.get("seeds")):
            yield from known(dataset, config, "datasets", (*path, "seeds", dataset))
        for number, row in enumerate(table.get("rows") or []):
            place = (*path, "rows", number)
            yield from known(row.get("metric"), config, "metrics", (*place, "metric"))
            for column, model in _mapping(row.get("models")).items():
                yield from known(model, config, "models", (*place, "models", column))
                if column not in table["models"]:
                    where = key_path(*place, "models", column)
                    yield f"{where}: no such column; {suggestion(column, table['models'])}"


def _figures(config: dict) -> Iterator[str]:
    for name, figure in _entries(config, "figures"):
        path = ("figures", name)
        panels = figure.get("panels", [figure])
        if name in ("latent", "latent_depths"):
            yield from _planar(figure, config, path)
        yield from known(figure.get("metric"), config, "metrics", (*path, "metric"))
        for number, panel in enumerate(panels):
            where = (*path, "panels", number) if "panels" in figure else path
            yield from known(panel.get("dataset"), config, "datasets", (*where, "dataset"))
            yield from _known_models(panel, config, where)
            yield from _shown_controls(panel, config, where)


def _planar(figure: dict, config: dict, path: tuple) -> Iterator[str]:
    """The latent figures draw a plane."""
    for number, model in enumerate(figure.get("models") or []):
        entry = _mapping(_mapping(config.get("models")).get(model))
        if entry and _mapping(entry.get("settings")).get("latent") != 2:
            where = key_path(*path, "models", number)
            yield f"{where}: {model} has no plane to show; its settings must say latent: 2"


def _known_models(entry: dict, config: dict, path: tuple) -> Iterator[str]:
    for number, model in enumerate(entry.get("models") or []):
        yield from known(model, config, "models", (*path, "models", number))


def _shown_controls(panel: dict, config: dict, path: tuple) -> Iterator[str]:
    """Controls that a figure shows: its data set must have them."""
    for number, control in enumerate(panel.get("controls") or []):
        where = (*path, "controls", number)
        yield from known(control, config, "controls", where)
        there = _mapping(_mapping(config.get("controls")).get(control)).get("datasets")
        if there and panel.get("dataset") not in there:
            yield f"{key_path(*where)}: {control} is not for {panel.get('dataset')}"


def _known_controls(table: dict, config: dict, path: tuple) -> Iterator[str]:
    """Controls that a table names; they are images, and no metric can look into a model there."""
    names = table.get("controls") or []
    measured = [table.get("metric"), *(name.split(".")[0] for name in table.get("columns") or [])]
    for number, control in enumerate(names):
        yield from known(control, config, "controls", (*path, "controls", number))
    for metric in dict.fromkeys(measured):
        if names and metric in plugins.names("metrics"):
            needs = plugins.constant("metrics", metric, "NEEDS")
            if needs == "model":
                yield (
                    f"{key_path(*path, 'controls')}: {metric} needs a model, and a control has none"
                )


def known(name: str, config: dict, section: str, path: tuple) -> Iterator[str]:
    """Nothing if ``name`` is an entry of a section, else the problem."""
    entries = _mapping(config.get(section))
    if name is not None and name not in entries:
        what = _CALLED[section]
        yield f"{key_path(*path)}: no {what} {name!r} in params.yaml; {suggestion(name, entries)}"


def _plugin(
    entry: dict, kind: str, key: str, values: str, path: tuple, whole: bool = True
) -> Iterator[str]:
    """Check that an entry's plugin exists and takes the entry's settings."""
    name = entry.get(key)
    if name in plugins.names(kind):
        taken = plugins.settings(kind, name)
        yield from signatures.problems(entry.get(values), taken, (*path, values), whole)
    elif name is not None and whole:
        yield f"{key_path(*path, key)}: no {key} {name!r}; {_plugins(kind, name)}"


def _training(values: dict | None, path: tuple, whole: bool = False) -> Iterator[str]:
    yield from signatures.problems(values, plugins.training_settings(), path, whole)
    name = _mapping(values).get("stop_on")
    scoring = [
        metric
        for metric in plugins.names("metrics")
        if plugins.has_function("metrics", metric, "validation_score")
    ]
    if isinstance(name, str) and name not in scoring:
        yield (
            f"{key_path(*path, 'stop_on')}: no metric {name!r} with a validation score; "
            f"{suggestion(name, scoring)}"
        )


def _plugins(kind: str, name: str) -> str:
    return suggestion(name, plugins.names(kind))


def _entries(config: dict, section: str) -> Iterable[tuple[str, dict]]:
    """Entries of a section that are mappings; the schema complains of the others."""
    entries = _mapping(config.get(section)).items()
    return [(name, entry) for name, entry in entries if isinstance(entry, dict)]


def _mapping(value: object) -> dict:
    return value if isinstance(value, dict) else {}
