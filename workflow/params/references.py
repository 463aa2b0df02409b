"""Names in params.yaml that stand for something else: plugins, settings, entries, lists."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches

from gaebench import plugins
from gaebench.errors import SettingsError

from . import conditions, foreign, resolve, signatures
from .schema import key_path, short, suggestion

CALLED = {
    "datasets": "data set",
    "models": "model",
    "controls": "control",
    "metrics": "metric",
    "tables": "table",
    "lists": "list",
}
MODEL = ("models", "family", "settings")


def problems(config: dict) -> list[str]:
    """Names that stand for nothing, and settings that a plugin does not take, one line each."""
    checks = (_likes, _datasets, _train, _models, _controls, _foreign, _metrics, _tables)
    return [line for check in (*checks, _few, _figures) for line in check(config)]


# ---- sections


def _likes(config: dict) -> Iterator[str]:
    """What entries are like: another one of their section, and not in a circle."""
    for section in (*resolve.LIKE, "datasets"):
        entries = dict(_entries(config, section))
        for name, entry in entries.items():
            like = entry.get("like")
            yield from known(like, config, section, (section, name, "like"))
            try:
                with suppress(KeyError):  # of a name that is reported where it stands
                    resolve.lineage(entries, name, section)
            except SettingsError as error:
                yield str(error)


def _datasets(config: dict) -> Iterator[str]:
    for name, entry in _entries(config, "datasets"):
        yield from _plugin(entry, "datasets", "reader", "options", ("datasets", name))
        yield from _training(entry.get("train"), ("datasets", name, "train"))
        for table, seeds in _mapping(entry.get("tables")).items():
            path = ("datasets", name, "tables", table)
            yield from known(table, config, "tables", path)
            yield from _seeds(seeds, config, path)


def _models(config: dict) -> Iterator[str]:
    inherited = dict(_inherited(config, "models"))
    for name, own in _entries(config, "models"):
        whole, above = inherited.get(name, {}), _above(own, inherited)
        path, entry = ("models", name), own | {"family": whole.get("family")}
        if name in inherited and entry["family"] is None:
            yield f"{key_path(*path, 'family')}: missing{_meant(name, config['models'])}"
        yield from _plugin(entry, *MODEL, path, above=_mapping(above.get("settings")))
        yield from _not_taken(entry, above, path)
        yield from _training(entry.get("train"), (*path, "train"))
        yield from _members(entry.get("tables"), config, "tables", (*path, "tables"))
        for dataset, over in _entries(entry, "per_dataset"):
            place = (*path, "per_dataset", dataset)
            yield from known(dataset, config, "datasets", place)
            yield from _special(whole, over, place)
            yield from _training(over.get("train"), (*place, "train"))


def _special(entry: dict, over: dict, path: tuple) -> Iterator[str]:
    """Settings of a model on one data set, which are laid over its own."""
    own = over | {"family": entry.get("family")}
    yield from _plugin(own, *MODEL, path, whole=False, above=_mapping(entry.get("settings")))


def _not_taken(entry: dict, above: dict, path: tuple) -> Iterator[str]:
    """Settings that come with an entry of another family, and that this one's has not."""
    family = entry["family"]
    if family not in plugins.names("models") or family == above.get("family"):
        return
    parts = [above, *(over for _, over in _entries(above, "per_dataset"))]
    given = {name for part in parts for name in _mapping(part.get("settings"))}
    if others := sorted(given - plugins.settings("models", family).keys()):
        line = f"{entry['like']} sets {', '.join(others)}, which {family} has not"
        yield f"{key_path(*path, 'like')}: {line}"


def _controls(config: dict) -> Iterator[str]:
    for name, entry in _entries(config, "controls"):
        path = ("controls", name)
        yield from _settings("controls", name, entry.get("settings"), path, (*path, "settings"))
        if name in _mapping(config.get("models")):
            yield f"{key_path(*path)}: a model has this name; rename the model"
        yield from _members(entry.get("datasets"), config, "datasets", (*path, "datasets"))
        yield from _members(entry.get("tables"), config, "tables", (*path, "tables"))


def _foreign(config: dict) -> Iterator[str]:
    for name, entry in _entries(config, "foreign"):
        path = ("foreign", name)
        for section in ("models", "controls"):
            if name in _mapping(config.get(section)):
                yield f"{key_path(*path)}: a {CALLED[section]} has this name; take another"
        yield from known(entry.get("dataset"), config, "datasets", (*path, "dataset"))
        yield from _members(entry.get("tables"), config, "tables", (*path, "tables"))
        yield from foreign.misplaced(name, entry.get("file"))


def _train(config: dict) -> Iterator[str]:
    yield from _training(config.get("train"), ("train",), whole=True)


def _metrics(config: dict) -> Iterator[str]:
    inherited = dict(_inherited(config, "metrics"))
    for name, entry in _entries(config, "metrics"):
        path = ("metrics", name)
        values = {key: value for key, value in entry.items() if key not in ("like", "tables")}
        yield from _settings("metrics", name, values, path, path, _above(entry, inherited))
        yield from _members(entry.get("tables"), config, "tables", (*path, "tables"))
        if name in plugins.names("metrics") and name in inherited:
            taken = plugins.settings("metrics", name)
            yield from signatures.missing(inherited[name], taken, path)
            if others := sorted(inherited[name].keys() - entry.keys() - taken.keys() - {"tables"}):
                yield (
                    f"{key_path(*path, 'like')}: {entry['like']} sets {', '.join(others)}, which "
                    f"{name} has not"
                )


def _tables(config: dict) -> Iterator[str]:
    inherited = dict(_inherited(config, "tables"))
    for name in _mapping(config.get("tables")):  # those of nothing too
        if name not in plugins.names("tables"):
            yield f"{key_path('tables', name)}: no such table; {_plugins('tables', name)}"
    for name, table in _entries(config, "tables"):
        path = ("tables", name)
        for part in ("models", "seeds"):
            if part not in inherited.get(name, {"models": [], "seeds": {}}):
                yield f"{key_path(*path, part)}: missing"
        yield from _members(table.get("models"), config, "models", (*path, "models"))
        yield from _members(table.get("controls"), config, "controls", (*path, "controls"))
        for dataset, seeds in _mapping(table.get("seeds")).items():
            yield from known(dataset, config, "datasets", (*path, "seeds", dataset))
            yield from _seeds(seeds, config, (*path, "seeds", dataset))
        yield from _blind(name, inherited.get(name, table), config)


def _blind(name: str, table: dict, config: dict) -> Iterator[str]:
    """Controls and foreign images are images: no metric of their table can look into a model."""
    asking = [
        section
        for section in ("controls", "foreign")
        for _, entry in _entries(config, section)
        if name in _listed(entry.get("tables"), config)
    ]
    if not [*_listed(table.get("controls"), config), *asking]:
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
        for metric, entry in _entries(config, "metrics")
        if table in _listed(entry.get("tables"), config)
    ]
    entries = plugins.load("tables", table).TABLE.plus(further).entries
    return list(dict.fromkeys(entry.metric for entry in entries if not entry.of))


def _few(config: dict) -> Iterator[str]:
    """Fewer samples than metrics of the tables need."""
    samples = config.get("samples")
    if not isinstance(samples, int) or samples < 1:
        return
    names = [name for name, _ in _entries(config, "tables") if name in plugins.names("tables")]
    shown = dict.fromkeys(metric for name in names for metric in _shown(name, config))
    least = {
        metric: plugins.constant("metrics", metric, "LEAST_SAMPLES", 1)
        for metric in shown
        if metric in plugins.names("metrics")
    }
    if few := [metric for metric, needed in least.items() if samples < needed]:
        wanted = max(map(least.get, few))
        yield f"samples: is {samples}, must be at least {wanted} for {', '.join(few)}"


def _sees_a_model(need: str) -> bool:
    """Whether a need is a metric, or a file, that only a model has."""
    metric = need in plugins.names("metrics")
    return need in ("model", "history") or (
        metric and plugins.constant("metrics", need, "NEEDS", None) == "model"
    )


def _figures(config: dict) -> Iterator[str]:
    for name, figure in _entries(config, "figures"):
        path = ("figures", name)
        if name not in plugins.names("figures"):
            yield f"{key_path(*path)}: no such figure; {_plugins('figures', name)}"
            continue
        panels = figure.get("panels")
        if panels is None:
            for part in ("dataset", "models"):
                if part not in figure:
                    yield f"{key_path(*path, part)}: missing"
            panels = {figure.get("dataset"): figure.get("models")}
        for dataset, models in _mapping(panels).items():
            yield from known(dataset, config, "datasets", (*path, "dataset"))
            yield from _members(models, config, "models", (*path, "models"))
            yield from _required(name, models, config, path)
        yield from _pictured_controls(figure, _mapping(panels), config, path)


def _required(name: str, models: object, config: dict, path: tuple) -> Iterator[str]:
    """Settings that a figure's file requires of the models it shows."""
    inherited = dict(_inherited(config, "models"))
    for setting, value in plugins.constant("figures", name, "REQUIRES", {}).items():
        for model in _listed(models, config):
            given = _mapping(inherited.get(model, {}).get("settings")).get(setting)
            if model in inherited and given != value:
                where = key_path(*path, "models")
                yield f"{where}: {model} cannot be drawn; its settings must say {setting}: {value}"


def _pictured_controls(figure: dict, panels: dict, config: dict, path: tuple) -> Iterator[str]:
    """Controls that a figure shows: its data sets must have them."""
    where = (*path, "controls")
    yield from _members(figure.get("controls"), config, "controls", where)
    name = path[-1]
    needs = plugins.constant("figures", name, "NEEDS")
    for need in plugins.constant("figures", name, "CONTROLS_NEED", needs):
        if figure.get("controls") and _sees_a_model(need):
            yield f"{key_path(*where)}: {name} needs the {need} of a model, and a control has none"
    for control in _listed(figure.get("controls"), config):
        there = _mapping(_mapping(config.get("controls")).get(control)).get("datasets")
        for dataset in panels:
            if there and dataset not in _listed(there, config):
                yield f"{key_path(*where)}: {control} is not for {dataset}"


# ---- names and settings


def known(name: str | None, config: dict, section: str, path: tuple) -> Iterator[str]:
    """Nothing if ``name`` is an entry of a section, else the problem."""
    entries = _mapping(config.get(section))
    if name is not None and name not in entries:
        what = CALLED[section]
        yield f"{key_path(*path)}: no {what} {name!r} in params.yaml; {suggestion(name, entries)}"


def _members(value: object, config: dict, section: str, path: tuple) -> Iterator[str]:
    """Check the members of a list, or of the list of that name, against a section."""
    if isinstance(value, str):
        yield from _list(value, config, path)
        path = ("lists", value)
    for number, name in enumerate(_listed(value, config)):
        yield from known(name, config, section, (*path, number))


def _seeds(value: object, config: dict, path: tuple) -> Iterator[str]:
    """Check that seeds are whole numbers, at least 0; the schema checks those given in place."""
    if isinstance(value, str):
        yield from _list(value, config, path)
        for number, seed in enumerate(_listed(value, config)):
            if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**63:
                where = key_path("lists", value, number)
                yield f"{where}: is {short(seed)}, must be a seed: a whole number, at least 0"


def _list(name: str, config: dict, path: tuple) -> Iterator[str]:
    lists = _mapping(config.get("lists"))
    if name not in lists:
        yield (
            f"{key_path(*path)}: is {name!r}, must be a list, or the name of one of `lists`; "
            f"{suggestion(name, lists)}"
        )


def _listed(value: object, config: dict) -> list:
    """The members of a list or of a named one; none of what is neither."""
    found = _mapping(config.get("lists")).get(value) if isinstance(value, str) else value
    return found if isinstance(found, list) else []


def _plugin(
    entry: dict,
    kind: str,
    key: str,
    values: str,
    path: tuple,
    whole: bool = True,
    above: dict | None = None,
) -> Iterator[str]:
    """Check that an entry's plugin exists and takes the entry's settings, laid over others."""
    name = entry.get(key)
    if name in plugins.names(kind):
        yield from _values(kind, name, entry.get(values), (*path, values), whole, above or {})
    elif name is not None and whole:
        yield f"{key_path(*path, key)}: no {key} {name!r}; {_plugins(kind, name)}"


def _settings(
    kind: str, name: str, values: object, path: tuple, place: tuple, above: dict | None = None
) -> Iterator[str]:
    """Check an entry that is called as its plugin, laid over others."""
    if name not in plugins.names(kind):
        yield f"{key_path(*path)}: no such {CALLED[kind]}; {_plugins(kind, name)}"
    else:
        yield from _values(kind, name, values, place, kind != "metrics", above or {})


def _values(
    kind: str, name: str, values: object, path: tuple, whole: bool, above: dict
) -> Iterator[str]:
    """Check settings against a plugin's signature and, if that holds, its conditions.

    ``above`` are those that they are laid over, which answer for themselves.
    """
    found = list(signatures.problems(values, plugins.settings(kind, name), path, whole))
    yield from found
    if not found:
        before = [*conditions.problems_of(kind, name, above, path)]
        now = conditions.problems_of(kind, name, above | _mapping(values), path)
        yield from (line for line in now if line not in before)


def _training(values: dict | None, path: tuple, whole: bool = False) -> Iterator[str]:
    found = list(signatures.problems(values, plugins.training_settings(), path, whole))
    yield from found or conditions.problems(conditions.of_training(), _mapping(values), path)
    name = _mapping(values).get("stop_on")
    scoring = plugins.scoring()
    if isinstance(name, str) and name not in scoring:
        yield (
            f"{key_path(*path, 'stop_on')}: no metric {name!r} with a validation score; "
            f"{suggestion(name, scoring)}"
        )


def _meant(name: str, entries: dict) -> str:
    """The entry whose name was probably meant, where what is missing is all of another's."""
    others = [other for other in entries if other != name]
    close = get_close_matches(name, others, n=1)
    return f"; did you mean the entry {close[0]!r}?" if close else ""


def _plugins(kind: str, name: str) -> str:
    return suggestion(name, plugins.names(kind))


# ---- entries; the schema complains of what is no mapping


def _inherited(config: dict, section: str) -> Iterator[tuple[str, dict]]:
    """Entries with what they inherit, but for those that are like none or go in a circle."""
    entries = dict(_entries(config, section))
    for name in entries:
        with suppress(SettingsError, KeyError):
            lines = resolve.lineage(entries, name, section)
            yield name, resolve.merged(*(entries[line] for line in lines))


def _above(entry: dict, inherited: dict[str, dict]) -> dict:
    """The entry that one is like, with all that it inherits; nothing where there is none."""
    like = entry.get("like")
    return inherited.get(like, {}) if isinstance(like, str) else {}


def _entries(config: dict, section: str) -> Iterable[tuple[str, dict]]:
    entries = _mapping(config.get(section)).items()
    return [(name, entry) for name, entry in entries if isinstance(entry, dict)]


def _mapping(value: object) -> dict:
    return value if isinstance(value, dict) else {}
