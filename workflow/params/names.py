"""Names in params.yaml that stand for an entry, a list or seeds."""

from collections.abc import Iterator

from . import entries
from .schema import key_path, short, suggestion

CALLED = {
    "datasets": "data set",
    "models": "model",
    "controls": "control",
    "metrics": "metric",
    "tables": "table",
    "lists": "list",
}


def known(name: str | None, config: dict, section: str, path: tuple) -> Iterator[str]:
    """Nothing if ``name`` is an entry of a section, else the problem."""
    there = entries.mapping(config.get(section))
    if name is not None and name not in there:
        what = CALLED[section]
        yield f"{key_path(*path)}: no {what} {name!r} in params.yaml; {suggestion(name, there)}"


def members(value: object, config: dict, section: str, path: tuple) -> Iterator[str]:
    """Check the members of a list, or of the list of that name, against a section."""
    found = entries.listed(value, config)
    if isinstance(value, str):
        yield from _list(value, config, path)
        there = entries.mapping(config.get(section))
        if found and not any(name in there for name in found):
            yield _of_others(value, CALLED[section], path)
            return
        path = ("lists", value)
    for number, name in enumerate(found):
        yield from known(name, config, section, (*path, number))


def seeds(value: object, config: dict, path: tuple) -> Iterator[str]:
    """Check that seeds are whole numbers, at least 0; the schema checks those given in place."""
    if isinstance(value, str):
        yield from _list(value, config, path)
        found = entries.listed(value, config)
        wrong = {number: seed for number, seed in enumerate(found) if not _is_seed(seed)}
        if len(wrong) == len(found) > 0:
            yield _of_others(value, "seed", path)
            return
        for number, seed in wrong.items():
            where = key_path("lists", value, number)
            yield f"{where}: is {short(seed)}, must be a seed: a whole number, at least 0"


def _is_seed(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _of_others(name: str, what: str, path: tuple) -> str:
    """The problem of a list that stands where one of something else must."""
    return f"{key_path(*path)}: the list {name!r} has no {what} in it"


def _list(name: str, config: dict, path: tuple) -> Iterator[str]:
    lists = entries.mapping(config.get("lists"))
    if name not in lists:
        yield (
            f"{key_path(*path)}: is {name!r}, must be a list, or the name of one of `lists`; "
            f"{suggestion(name, lists)}"
        )
