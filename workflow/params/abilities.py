"""What metrics and figures ask of models and data sets, and which of them have it.

Each names in ``ASKS`` the methods of a model that it uses and not every model has. Which a
family has is read from the sources of its class. Where these do not say (a base class from
elsewhere, a decorator), the family is taken to have them all, and the job has the last word.
One whose ``BINARY`` is true takes binary images alone; a data set says in ``BINARY`` what it has.
``REQUIRES`` are settings that the models must have. Controls and images of others are no models.
"""

import ast
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from gaebench import plugins, provenance

from . import runs
from .schema import key_path

BASE = "Model"
"""The class whose methods of these names only say that a model has no such thing."""
CLOSE = 0.9
"""How alike, of 1, two names must be for one to be the other misspelt."""
FILES = ("model", "history")
"""Of a run, which a figure may need: what training leaves."""


def problems(config: dict) -> Iterator[str]:
    """What resolved parameters ask of what has no such thing, one line each."""
    for check in (_empty, _measured, _drawn, _scored, _few):
        yield from check(config)


def _measured(config: dict) -> Iterator[str]:
    """Metrics of tables and figures."""
    places = {("tables", name): runs.cells_of(config, name) for name in config["tables"]}
    places |= {("figures", name): runs.figure_cells(config, name) for name in config["figures"]}
    for place, cells in places.items():
        for dataset, model, metric in dict.fromkeys((c.dataset, c.model, c.metric) for c in cells):
            for whose, reason in _obstacles(config, dataset, model, metric):
                what = f"{metric} cannot be had of {whose}: {reason}"
                yield f"{key_path(*place)}: {what}; take one of the two out of it"


def _empty(config: dict) -> Iterator[str]:
    """Tables of models and seeds without a number, such as of variants that no model has."""
    for name, table in config["tables"].items():
        if any(table["seeds"].values()) and not runs.cells_of(config, name):
            yield f"{key_path('tables', name)}: none of its entries has a number of what it shows"


def _drawn(config: dict) -> Iterator[str]:
    """What figures draw themselves."""
    for name in config["figures"]:
        for run, needs in runs.shown(config, name):
            asked = any(need in FILES for need in needs)
            for reason in _lacks(config, run.dataset, run.model, "figures", name, asked):
                yield f"{key_path('figures', name)}: {run.model} cannot be drawn: {reason}"


def _scored(config: dict) -> Iterator[str]:
    """The same of scores on validation images, which pick a training's epoch."""
    for dataset, model in dict.fromkeys((run.dataset, run.model) for run in runs.runs(config)):
        metric = runs.training(config, model, dataset)["train"]["stop_on"]
        if not is_scored(config["models"][model]["family"]):
            continue
        for _, reason in _obstacles(config, dataset, model, metric):
            what = f"cannot stop on {metric}, as on {dataset}: {reason}"
            yield f"{key_path('models', model)}: {what}; give it another stop_on"


def _obstacles(config: dict, dataset: str, model: str, metric: str) -> Iterator[tuple[str, str]]:
    """Why a metric cannot be had of a model on a data set: which of the two lacks what."""
    asked = plugins.constant("metrics", metric, "NEEDS") == "model"
    for reason in _lacks(config, dataset, model, "metrics", metric, asked):
        yield model, reason
    reader = config["datasets"][dataset]["reader"]
    grey = plugins.constant("datasets", reader, "BINARY", None) is False
    if grey and plugins.constant("metrics", metric, "BINARY", False):
        yield dataset, f"images of {dataset} are grey, not binary"


def _lacks(
    config: dict, dataset: str, run: str, kind: str, name: str, asked: bool
) -> Iterator[str]:
    """Why a run does not do for a metric or a figure, which may have ``asked`` for a model."""
    if run not in config["models"]:
        yield from ["it is images, and no model"] if asked else []
        return
    restored = runs.restoring(config, run, dataset)
    family, settings = restored["family"], restored["settings"]
    if missing := lacking(family, name, kind):
        yield f"{family} has no {', '.join(missing)}{_meant(missing[0], family)}"
    for setting, value in plugins.constant(kind, name, "REQUIRES", {}).items():
        if settings.get(setting) != value:
            yield f"its settings must say {setting}: {value}"


def _meant(method: str, family: str) -> str:
    """The method of a family that a misspelt name in `ASKS` probably is."""
    close = get_close_matches(method, methods(family), n=1, cutoff=CLOSE)
    return f" (did you mean {close[0]!r} in ASKS?)" if close else ""


def _few(config: dict) -> Iterator[str]:
    """Fewer samples than metrics need."""
    metrics = dict.fromkeys(cell.metric for cell in runs.cells(config))
    least = {name: plugins.constant("metrics", name, "LEAST_SAMPLES", 1) for name in metrics}
    samples = config["samples"]
    if few := [metric for metric, needed in least.items() if samples < needed]:
        wanted = max(map(least.get, few))
        yield f"samples: is {samples}, must be at least {wanted} for {', '.join(few)}"


def is_scored(family: str) -> bool:
    """Whether training scores a family; not, where its `stages` are none or score themselves."""
    home = plugins.model_class(family)
    own = [node for node in home.body if getattr(node, "name", "") == "stages"]
    nodes = [node for function in own for node in ast.walk(function)]
    given = [ast.unparse(node.value) for node in nodes if isinstance(node, ast.Return)]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    stages = [call.keywords for call in calls if ast.unparse(call.func).endswith("Stage")]
    alone = all("score" in [keyword.arg for keyword in stage] for stage in stages)
    return set(given) != {"[]"} and not (stages and alone)


def lacking(family: str, name: str, kind: str = "metrics") -> list[str]:
    """The methods that a metric, or a figure, asks for and a family has not."""
    asked = plugins.constant(kind, name, "ASKS", ())
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
    tree = ast.parse(path.read_bytes())
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def _defined(home: ast.ClassDef) -> set[str]:
    """Names that a class defines or assigns, and those that its methods set on anything."""
    nodes = [home]
    for node in nodes:  # which grows: all in the class but what is in its functions
        nodes += [n for n in ast.iter_child_nodes(node) if not isinstance(node, ast.FunctionDef)]
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    names = {node.id for node in nodes if _is_set(node, ast.Name)}
    return functions | names | {n.attr for n in ast.walk(home) if _is_set(n, ast.Attribute)}


def _is_set(node: ast.AST, kind: type) -> bool:
    return isinstance(node, kind) and isinstance(node.ctx, ast.Store)
