"""How models, controls and data sets are called in tables and figures.

An entry's own `label` comes first. A data set or a control is else called as its file says. A model
is called as its family, with what its name adds where its settings say the same: `gae-2` with two
layers is "GAE (2 layers)", `gae-1-2d` with one and two latent dimensions "GAE (1 layer, 2-d)".
"""

from collections.abc import Iterator

from gaebench import plugins
from gaebench.errors import counted

from . import foreign, runs


def labels(config: dict) -> dict:
    """Labels by name, as `gaebench.report.names.Names.of` takes them."""
    return {
        "models": {
            **{name: _model(name, entry) for name, entry in config["models"].items()},
            **{
                name: _plugin("controls", name, entry) for name, entry in config["controls"].items()
            },
            **{
                name: {"text": entry.get("label", name), "note": foreign.note(entry)}
                for name, entry in config["foreign"].items()
            },
        },
        "datasets": {
            name: _plugin("datasets", entry["reader"], entry)
            for name, entry in config["datasets"].items()
        },
    }


def alike(config: dict) -> Iterator[str]:
    """Rows of tables that would be called the same, and data sets that were, one line each."""
    found = labels(config)
    chosen = {name for name, entry in config["datasets"].items() if "label" in entry}
    for kind, given in (("models", found["models"].keys()), ("datasets", chosen)):
        first: dict[str, str] = {}
        for name, label in found[kind].items():
            other = first.setdefault(label["text"], name)
            if other != name and {name, other} & given:
                yield f"{name}: is called {label['text']!r}, as {other} is; give it a `label`"


def _plugin(kind: str, plugin: str, entry: dict) -> dict:
    return {
        "text": entry.get("label") or plugins.constant(kind, plugin, "LABEL", plugin),
        "note": plugins.constant(kind, plugin, "NOTE", ""),
    }


def _model(name: str, entry: dict) -> dict:
    family = plugins.constant("models", entry["family"], "LABEL", entry["family"])
    remarks = _remarks(name, entry)
    text = f"{family} ({', '.join(remarks)})" if remarks else family
    layers = _settings(entry).get("layers")
    only_layers = name == f"{_stem(entry)}-{layers}" and "label" not in entry
    return {
        "text": entry.get("label") or (name if remarks is None else text),
        "family": family,
        "layers": layers if only_layers else None,
        "note": plugins.constant("models", entry["family"], "NOTE", ""),
    }


def _remarks(name: str, entry: dict) -> list[str] | None:
    """What a name adds to the family's, in words; None where its settings do not say it."""
    settings = _settings(entry)
    words = {
        f"{settings.get('layers')}": counted(settings.get("layers"), "layer"),
        f"{settings.get('latent')}d": f"{settings.get('latent')}-d",
    }
    stem, rest = name[: len(_stem(entry))], name[len(_stem(entry)) :]
    tokens = rest.split("-")
    if stem != _stem(entry) or tokens[0] or not set(tokens[1:]) <= set(words):
        return None
    return [words[token] for token in tokens[1:]]


def _stem(entry: dict) -> str:
    return entry["family"].replace("_", "-")


def _settings(entry: dict) -> dict:
    """A model's settings, defaults included."""
    return runs.defaults("models", entry["family"]) | entry.get("settings", {})
