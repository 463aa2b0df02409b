"""Names in params.yaml that stand for something else: plugins, settings, entries, lists."""

from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches

from gaebench import plugins
from gaebench.errors import SettingsError

from . import entries, foreign, names, paths, resolve, settings, shows, signatures
from .names import CALLED
from .schema import key_path

MODEL = ("models", "family", "settings")


def problems(config: dict) -> Iterator[Iterator[str]]:
    """Names that stand for nothing, settings that a plugin does not take: a check's lines each."""
    checks = (_likes, _datasets, _train, _models, _controls, _foreign, _metrics, *shows.CHECKS)
    return (check(config) for check in checks)


def _likes(config: dict) -> Iterator[str]:
    """What entries are like: another one of their section, and not in a circle."""
    for section in (*resolve.LIKE, "datasets"):
        every = dict(entries.of(config, section))
        for name, entry in every.items():
            like = entry.get("like")
            yield from names.known(like, config, section, (section, name, "like"))
            try:
                with suppress(KeyError):  # of a name that is reported where it stands
                    resolve.lineage(every, name, section)
            except SettingsError as error:
                yield str(error)


def _datasets(config: dict) -> Iterator[str]:
    yield from _paths(config)
    for name, entry in entries.of(config, "datasets"):
        yield from settings.of_plugin(entry, "datasets", "reader", "options", ("datasets", name))
        yield from settings.of_training(entry.get("train"), ("datasets", name, "train"))
        for table, seeds in entries.mapping(entry.get("tables")).items():
            path = ("datasets", name, "tables", table)
            yield from names.known(table, config, "tables", path)
            yield from names.seeds(seeds, config, path)


def _paths(config: dict) -> Iterator[str]:
    """Files of data sets: one for all that are made from one source."""
    first: dict[str, tuple[str, object]] = {}
    for name, entry in entries.of(config, "datasets"):
        path = entries.mapping(entry.get("options")).get("path")
        where = key_path("datasets", name, "options", "path")
        if isinstance(path, str) and (reason := paths.of_a_file(path)):
            yield f"{where}: is {path!r}, {reason}"
        if entry.get("reader") in plugins.names("datasets"):
            source = plugins.constant("datasets", entry["reader"], "SOURCE", None)
            other, there = first.setdefault(source, (name, path))
            if path != there:
                one = f"both are made from data/raw/{source}: give them one path"
                yield f"{where}: is {path!r}, and {other} has {there!r}; {one}"


def _models(config: dict) -> Iterator[str]:
    inherited = dict(entries.inherited(config, "models"))
    for name, own in entries.of(config, "models"):
        whole, above = inherited.get(name, {}), entries.above(own, inherited)
        path, entry = ("models", name), own | {"family": whole.get("family")}
        if name in inherited and entry["family"] is None:
            yield f"{key_path(*path, 'family')}: missing{_meant(name, config['models'])}"
        under = entries.mapping(above.get("settings"))
        yield from settings.of_plugin(entry, *MODEL, path, above=under)
        yield from _not_taken(entry, above, path)
        yield from settings.of_training(entry.get("train"), (*path, "train"))
        yield from names.members(entry.get("tables"), config, "tables", (*path, "tables"))
        for dataset, over in entries.of(entry, "per_dataset"):
            place = (*path, "per_dataset", dataset)
            yield from names.known(dataset, config, "datasets", place)
            yield from _special(whole, over, place)
            yield from settings.of_training(over.get("train"), (*place, "train"))


def _special(entry: dict, over: dict, path: tuple) -> Iterator[str]:
    """Settings of a model on one data set, which are laid over its own."""
    own = over | {"family": entry.get("family")}
    under = entries.mapping(entry.get("settings"))
    yield from settings.of_plugin(own, *MODEL, path, whole=False, above=under)


def _not_taken(entry: dict, above: dict, path: tuple) -> Iterator[str]:
    """Settings that come with an entry of another family, and that this one's has not."""
    family = entry["family"]
    if family not in plugins.names("models") or family == above.get("family"):
        return
    parts = [above, *(over for _, over in entries.of(above, "per_dataset"))]
    given = {name for part in parts for name in entries.mapping(part.get("settings"))}
    yield from settings.not_taken("models", family, given, entry.get("like"), path)


def _controls(config: dict) -> Iterator[str]:
    for name, entry in entries.of(config, "controls"):
        path, place = ("controls", name), ("controls", name, "settings")
        yield from settings.of_namesake("controls", name, entry.get("settings"), path, place)
        if name in entries.mapping(config.get("models")):
            yield f"{key_path(*path)}: a model has this name; rename the model"
        yield from names.members(entry.get("datasets"), config, "datasets", (*path, "datasets"))
        yield from names.members(entry.get("tables"), config, "tables", (*path, "tables"))


def _foreign(config: dict) -> Iterator[str]:
    for name, entry in entries.of(config, "foreign"):
        path = ("foreign", name)
        for section in ("models", "controls"):
            if name in entries.mapping(config.get(section)):
                yield f"{key_path(*path)}: a {CALLED[section]} has this name; take another"
        yield from names.known(entry.get("dataset"), config, "datasets", (*path, "dataset"))
        yield from names.members(entry.get("tables"), config, "tables", (*path, "tables"))
        yield from foreign.misplaced(name, entry.get("file"))


def _train(config: dict) -> Iterator[str]:
    yield from settings.of_training(config.get("train"), ("train",), whole=True)


def _metrics(config: dict) -> Iterator[str]:
    inherited = dict(entries.inherited(config, "metrics"))
    for name, entry in entries.of(config, "metrics"):
        path = ("metrics", name)
        values = {key: value for key, value in entry.items() if key not in ("like", "tables")}
        above = entries.above(entry, inherited)
        yield from settings.of_namesake("metrics", name, values, path, path, above)
        yield from names.members(entry.get("tables"), config, "tables", (*path, "tables"))
        if name in plugins.names("metrics") and name in inherited:
            taken = plugins.settings("metrics", name)
            yield from signatures.missing(inherited[name], taken, path)
            others = inherited[name].keys() - entry.keys() - {"tables"}
            yield from settings.not_taken("metrics", name, others, entry.get("like"), path)


def _meant(name: str, models: dict) -> str:
    """The entry whose name was probably meant, where what is missing is all of another's."""
    others = [other for other in models if other != name]
    close = get_close_matches(name, others, n=1)
    return f"; did you mean the entry {close[0]!r}?" if close else ""
