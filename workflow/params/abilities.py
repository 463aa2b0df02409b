"""What metrics ask of models beyond images, and which models have it: read from their sources.

`gaebench.model.Model` has methods that a model may leave as they are: they say that it has no such
thing. A metric that calls one of these cannot be had of that model, which is told before it trains.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from gaebench import plugins, provenance

from . import runs
from .schema import key_path

INTERFACE = plugins.ROOT / "model.py"
BASE = "Model"
MADE_OF = ("models", "networks")
"""The rooms of the classes that a model is made of."""
USED_BY = ("metrics", "mathematics")
"""The rooms of the code that a metric hands a model to."""
CALLED = ("model", "source")
"""What a model is called there."""


def problems(config: dict) -> Iterator[str]:
    """Metrics that resolved parameters ask of models that have no such thing, one line each."""
    for table, entry in config["tables"].items():
        where, cells = key_path("tables", table, "models"), runs.cells_of(config, table)
        for model, metric in dict.fromkeys((cell.model, cell.metric) for cell in cells):
            if model in entry["models"] and (words := _lacking(config, model, metric)):
                yield f"{where}: {model} {words}, which {metric} asks for"
    for dataset, model in dict.fromkeys((run.dataset, run.model) for run in runs.runs(config)):
        metric = runs.training(config, model, dataset)["train"]["stop_on"]
        if words := _lacking(config, model, metric):
            where = key_path("models", model)
            yield f"{where}: {words}, which stop_on: {metric} asks for on {dataset}"


def _lacking(config: dict, model: str, metric: str) -> str:
    """What a metric asks for and a model has not, in words; empty if there is nothing."""
    missing = asked(metric) & lacked(config["models"][model]["family"])
    words = [words for method, words in optional().items() if method in missing]
    return f"has {', '.join(words)}" if words else ""


@cache
def optional() -> dict[str, str]:
    """The methods that a model need not have, and what `Model` says that it then has not."""
    methods = _classes(INTERFACE)[BASE].body
    raising = [(node, node.body[-1]) for node in methods if isinstance(node, ast.FunctionDef)]
    return {
        node.name: last.exc.args[0].values[-1].value.removeprefix(" has ")
        for node, last in raising
        if isinstance(last, ast.Raise) and isinstance(last.exc, ast.Call)
    }


@cache
def asked(metric: str) -> set[str]:
    """The optional methods of a model that a metric's file, or what it imports, uses."""
    paths = provenance.reached([plugins.source_path("metrics", metric)])
    trees = [_parse(path) for path in paths if path.parent.name in USED_BY]
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    used = {node.attr for node in nodes if ast.unparse(node.value).endswith(CALLED)}
    return used & optional().keys()


@cache
def lacked(family: str) -> set[str]:
    """The optional methods that a family leaves as they are; none where that cannot be read."""
    path = plugins.source_path("models", family)
    classes: dict[str, ast.ClassDef] = {}
    for file in provenance.reached([path]):
        if file.parent.name in MADE_OF:
            classes |= _classes(file)
    given, chain = set(), [plugins.model_class(family).name]
    while chain:
        name = chain.pop().rpartition(".")[2]
        if name == BASE:
            continue
        if name not in classes:
            return set()
        given |= {node.name for node in classes[name].body if isinstance(node, ast.FunctionDef)}
        chain += map(ast.unparse, classes[name].bases)
    return optional().keys() - given


def _classes(path: Path) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in _parse(path).body if isinstance(node, ast.ClassDef)}


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
