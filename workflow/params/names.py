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
        there = entries.mapping(config.get(section))
        if _is_of_others(found, [name in there for name in found], config):
            yield f"{key_path(*path)}: the list {value!r} has no {CALLED[section]} in it"
            return
        yield from _list(value, config, path)
        path = ("lists", value)
    for number, name in enumerate(found):
        yield from known(name, config, section, (*path, number))


def seeds(value: object, config: dict, path: tuple) -> Iterator[str]:
    """Check that seeds are whole numbers, at least 0; the schema checks those given in place."""
    found = entries.listed(value, config)
    if not isinstance(value, str):
        return
    if _is_of_others(found, [_is_seed(seed) for seed in found], config):
        yield f"{key_path(*path)}: the list {value!r} has no seed in it"
        return
    yield from _list(value, config, path)
    for number, seed in enumerate(found):
        if not _is_seed(seed):
            where = key_path("lists", value, number)
            yield f"{where}: is {short(seed)}, must be a seed: a whole number, at least 0"


def _is_seed(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _is_of_others(found: list, fits: list[bool], config: dict) -> bool:
    """Whether the members of a list are all seeds or names of something, and none what it must be.

    Else what does not fit is a mistake in the list.
    """
    named = {name for section in CALLED for name in entries.mapping(config.get(section))}
    return bool(found) and not any(fits) and all(_is_seed(m) or m in named for m in found)


def _list(name: str, config: dict, path: tuple) -> Iterator[str]:
    lists = entries.mapping(config.get("lists"))
    if name not in lists:
        yield (
            f"{key_path(*path)}: is {name!r}, must be a list, or the name of one of `lists`; "
            f"{suggestion(name, lists)}"
        )
