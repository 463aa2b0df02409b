"""What params.yaml means: its shorthands followed (named lists, `like`, `tables` of entries).

What comes out has no shorthand left: each model, metric and table has all of its own, each list is
a list, and each table all that it shows. A table of nothing (null) is left out, with those that
have all from it. Figures may be none (null). A table or a figure that shows nothing is left out.
"""

import copy
from collections.abc import Iterator

from gaebench.errors import SettingsError

from . import foreign

LIKE = ("models", "metrics", "tables")
"""Sections whose entries start from all of an entry that they are `like`."""


def resolved(config: dict) -> dict:
    """params.yaml without shorthands; it is checked before, and left alone.

    Raises
    ------
    SettingsError
        If entries are like one another in a circle.
    """
    result = copy.deepcopy({name: part for name, part in config.items() if name != "lists"})
    left_out = _left_out(result["tables"])
    result |= {section: _like(result[section], section) for section in LIKE}
    for name, entry in result["metrics"].items():  # where it is shown each says itself
        entry["tables"] = config["metrics"][name].get("tables", [])
    asked = (result["figures"] or {}).items()
    result["figures"] = {name: entry for name, entry in asked if entry is not None}
    result["models"] = {
        name: entry | {"per_dataset": _per_dataset(entry, result["datasets"])}
        for name, entry in result["models"].items()
    }
    result["datasets"] = _datasets(result["datasets"])
    result["foreign"] = foreign.resolved(result)
    for holder, key in _lists(result):
        holder[key] = listed(holder[key], config)
    _show(result)
    shown = {name: entry for name, entry in result["tables"].items() if name not in left_out}
    result["tables"] = {name: entry for name, entry in shown.items() if _has_rows(entry)}
    result["figures"] = {name: entry for name, entry in result["figures"].items() if _draws(entry)}
    return result


def listed(value: list | str, config: dict) -> list:
    """A list, or the one of that name."""
    return list(config.get("lists", {})[value] if isinstance(value, str) else value)


def merged(*layers: dict | None) -> dict:
    """Deep merge: a later layer wins, key by key."""
    result: dict = {}
    for layer in layers:
        for key, value in (layer or {}).items():
            if isinstance(value, dict):  # a copy: what one entry is given no other shall have
                there = result.get(key)
                value = merged(there if isinstance(there, dict) else None, value)
            result[key] = value
    return result


def lineage(entries: dict, name: str, section: str) -> list[str]:
    """An entry and those that it is like, the most general one first."""
    found = [name]
    while (other := (entries[found[-1]] or {}).get("like")) is not None:
        if other in found:
            circle = ", ".join(sorted(found[found.index(other) :]))
            raise SettingsError(f"{section}: like one another in a circle: {circle}")
        found.append(other)
    return found[::-1]


def _like(entries: dict, section: str) -> dict:
    found = {
        name: merged(*(entries[other] for other in lineage(entries, name, section)))
        for name in entries
    }
    return {name: _without(entry, "like") for name, entry in found.items()}


def _left_out(tables: dict) -> list[str]:
    """Tables of nothing, and those that had from one of them what they do not have themselves."""
    lines = {name: [tables[n] for n in lineage(tables, name, "tables")] for name in tables}
    whole = {"models", "seeds"}
    return [n for n, found in lines.items() if None in found and not whole <= merged(*found).keys()]


def _datasets(entries: dict) -> dict:
    """Data sets inherit how models train on them, and nothing else."""
    return {
        name: _without(entry, "like")
        | {
            "train": merged(
                *(entries[other].get("train") for other in lineage(entries, name, "datasets"))
            )
        }
        for name, entry in entries.items()
    }


def _per_dataset(entry: dict, datasets: dict) -> dict:
    given = entry.get("per_dataset", {})
    return {
        name: merged(*(given.get(other) for other in lineage(datasets, name, "datasets")))
        for name in datasets
    }


def _lists(config: dict) -> Iterator[tuple[dict, str]]:
    """Every place of a list: what holds it, and its key there."""
    for entry in config["controls"].values():
        yield entry, "datasets"
    for section in ("models", "controls", "metrics", "foreign"):
        entries = config[section].values()
        yield from ((entry, "tables") for entry in entries if "tables" in entry)
    for entry in config["datasets"].values():
        yield from ((entry.get("tables", {}), table) for table in entry.get("tables", {}))
    for entry in [*config["tables"].values(), *config["figures"].values()]:
        yield from ((entry, key) for key in ("models", "controls", "further") if key in entry)
        for part in ("seeds", "panels"):
            yield from ((entry[part], key) for key in entry.get(part) or {})


def _show(config: dict) -> None:
    """Put what entries ask tables to show into those tables."""
    for section, key in {"models": "models", "controls": "controls", "metrics": "further"}.items():
        for name, entry in config[section].items():
            for table in entry.pop("tables", []):
                shown = config["tables"][table].setdefault(key, [])
                shown += [name] if name not in shown else []
    for name, entry in config["foreign"].items():
        for table in entry.pop("tables"):
            config["tables"][table].setdefault("foreign", {})[name] = entry["dataset"]
    for name, entry in config["datasets"].items():
        for table, seeds in entry.pop("tables", {}).items():
            config["tables"][table].setdefault("seeds", {})[name] = seeds


def _has_rows(table: dict) -> bool:
    """Whether a table shows anything."""
    return any(table.get(kind) for kind in ("models", "controls", "foreign"))


def _draws(figure: dict) -> bool:
    """Whether a figure shows anything."""
    panels = figure.get("panels") or {"": figure.get("models")}
    return any([*panels.values(), figure.get("controls")])


def _without(entry: dict, key: str) -> dict:
    return {name: value for name, value in entry.items() if name != key}
