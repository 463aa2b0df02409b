"""What metrics ask of models beyond images, and which models have it.

A metric names in ``ASKS`` the methods of a model that it uses and not every model has. Which a
family has is read from the sources of its class. Where these do not say (a base class from
elsewhere, a decorator), the family is taken to have them all, and the job has the last word.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from gaebench import plugins, provenance

from . import runs
from .schema import key_path

BASE = "Model"
"""The class whose methods of these names only say that a model has no such thing."""


def problems(config: dict) -> Iterator[str]:
    """Metrics that resolved parameters ask of models that have no such thing, one line each."""
    yield from _shown(config)
    yield from _scored(config)


def _shown(config: dict) -> Iterator[str]:
    """Those that tables and figures show."""
    places = {("tables", name): runs.cells_of(config, name) for name in config["tables"]}
    places |= {("figures", name): runs.figure_cells(config, name) for name in config["figures"]}
    for place, cells in places.items():
        for model, metric in dict.fromkeys((cell.model, cell.metric) for cell in cells):
            family = config["models"].get(model, {}).get("family")
            if family and (missing := lacking(family, metric)):
                what = f"{metric} cannot be had of {model}: {family} has no {', '.join(missing)}"
                yield f"{key_path(*place)}: {what}; take one of the two out of it"


def _scored(config: dict) -> Iterator[str]:
    """Those whose score on validation images picks a training's epoch."""
    for dataset, model in dict.fromkeys((run.dataset, run.model) for run in runs.runs(config)):
        entry = runs.training(config, model, dataset)
        family, metric = entry["family"], entry["train"]["stop_on"]
        if missing := lacking(family, metric):
            what = f"cannot stop on {metric}, as on {dataset}: {family} has no {', '.join(missing)}"
            yield f"{key_path('models', model)}: {what}; give it another stop_on"


def lacking(family: str, metric: str) -> list[str]:
    """The methods that a metric asks for and a family has not."""
    asked = plugins.constant("metrics", metric, "ASKS", ())
    given = methods(family) if asked else None
    return [] if given is None else [name for name in asked if name not in given]


@cache
def methods(family: str) -> frozenset[str] | None:
    """What the classes of a family define below `Model`; None where the sources do not say."""
    classes: dict[str, list[ast.ClassDef]] = {}
    for path in provenance.reached([plugins.source_path("models", family)]):
        for node in _classes(path):
            classes.setdefault(node.name, []).append(node)
    found, left = set(), [plugins.model_class(family).name]
    while left:
        name = left.pop()
        if len(classes.get(name, [])) != 1 or classes[name][0].decorator_list:
            return None
        if name != BASE:
            found |= _defined(classes[name][0])
            left += map(ast.unparse, classes[name][0].bases)
    return frozenset(found)


def _classes(path: Path) -> list[ast.ClassDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def _defined(home: ast.ClassDef) -> set[str]:
    """Names that a class defines or assigns, anywhere in it."""
    nodes = list(ast.walk(home))
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    names = (node for node in nodes if isinstance(node, ast.Name))
    return functions | {node.id for node in names if isinstance(node.ctx, ast.Store)}
