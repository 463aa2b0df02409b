"""Entries of params.yaml where its shape may be broken: the schema says so, these pass over it."""

from collections.abc import Iterator
from contextlib import suppress

from gaebench.errors import SettingsError

from . import resolve


def of(config: dict, section: str) -> list[tuple[str, dict]]:
    """The entries of a section with their names."""
    every = mapping(config.get(section)).items()
    return [(name, entry) for name, entry in every if isinstance(entry, dict)]


def inherited(config: dict, section: str) -> Iterator[tuple[str, dict]]:
    """Entries with what they inherit, but for those that are like none or go in a circle."""
    every = dict(of(config, section))
    for name in every:
        with suppress(SettingsError, KeyError):
            lines = resolve.lineage(every, name, section)
            yield name, resolve.merged(*(every[line] for line in lines))


def above(entry: dict, inherited: dict[str, dict]) -> dict:
    """The entry that one is like, with all that it inherits; nothing where there is none."""
    like = entry.get("like")
    return inherited.get(like, {}) if isinstance(like, str) else {}


def listed(value: object, config: dict) -> list:
    """The members of a list or of a named one; none of what is neither."""
    found = mapping(config.get("lists")).get(value) if isinstance(value, str) else value
    return found if isinstance(found, list) else []


def mapping(value: object) -> dict:
    """A value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}
