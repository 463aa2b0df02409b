"""Plugins that params.yaml names, and the settings that it gives them."""

from collections.abc import Iterator

from gaebench import plugins

from . import conditions, entries, signatures
from .names import CALLED
from .schema import key_path, suggestion


def of_plugin(
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
        yield f"{key_path(*path, key)}: no {key} {name!r}; {suggested(kind, name)}"


def of_namesake(
    kind: str, name: str, values: object, path: tuple, place: tuple, above: dict | None = None
) -> Iterator[str]:
    """Check an entry that is called as its plugin, laid over others."""
    if name not in plugins.names(kind):
        yield f"{key_path(*path)}: no such {CALLED[kind]}; {suggested(kind, name)}"
    else:
        yield from _values(kind, name, values, place, kind != "metrics", above or {})


def of_training(values: dict | None, path: tuple, whole: bool = False) -> Iterator[str]:
    """Check a `train`; ``whole`` asks for all that training must be told."""
    found = list(signatures.problems(values, plugins.training_settings(), path, whole))
    yield from found or conditions.problems(conditions.of_training(), entries.mapping(values), path)
    name = entries.mapping(values).get("stop_on")
    scoring = plugins.scoring()
    if isinstance(name, str) and name not in scoring:
        yield (
            f"{key_path(*path, 'stop_on')}: no metric {name!r} with a validation score; "
            f"{suggestion(name, scoring)}"
        )


def not_taken(kind: str, name: str, given: set[str], like: str, path: tuple) -> Iterator[str]:
    """Settings that come with the entry that one is ``like``, and that its own plugin has not."""
    if others := sorted(given - plugins.settings(kind, name).keys()):
        where = key_path(*path, "like")
        yield f"{where}: {like} sets {', '.join(others)}, which {name} has not"


def suggested(kind: str, name: str) -> str:
    """The plugin whose name was probably meant, or the names there are."""
    return suggestion(name, plugins.names(kind))


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
        now = conditions.problems_of(kind, name, above | entries.mapping(values), path)
        yield from (line for line in now if line not in before)
