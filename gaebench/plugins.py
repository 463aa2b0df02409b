"""The file name is the registry: a name in ``params.yaml`` is a module in one of three folders.

Names and signatures are read from the source text (the syntax tree), so that a file of parameters
can be checked without importing torch.
"""

import ast
import importlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from gaebench.errors import SettingsError

ROOT = Path(__file__).parent
KINDS = ("datasets", "models", "metrics")


@dataclass(frozen=True)
class Setting:
    """One keyword-only argument.

    Attributes
    ----------
    type : str
        Its annotation as written, e.g. ``int`` or ``float | None``; empty if there is none.
    default : str or None
        Its default as written, None if it has none.
    """

    type: str
    default: str | None

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is None


def names(kind: str) -> list[str]:
    """Names of the plugins of one kind (``datasets``, ``models`` or ``metrics``), sorted."""
    return sorted(path.stem for path in (ROOT / kind).glob("*.py") if path.stem[0] != "_")


def source_path(kind: str, name: str) -> Path:
    """The file that holds a plugin.

    Raises
    ------
    SettingsError
        If there is none of that name; the message lists those there are.
    """
    if name not in names(kind):
        raise SettingsError(f"no {name!r} in gaebench/{kind}; there are: {', '.join(names(kind))}")
    return ROOT / kind / f"{name}.py"


def dataset(name: str) -> ModuleType:
    """The module of a data set, with ``SOURCE``, ``FILES`` and ``read``."""
    return _load("datasets", name)


def metric(name: str) -> ModuleType:
    """The module of a metric, with ``NEEDS`` and ``evaluate``."""
    return _load("metrics", name)


def model(family: str) -> type:
    """The class of a model family: it is called as its file, less case and underscores."""
    module = _load("models", family)
    return getattr(module, _class_name(_tree("models", family), family))


def settings(kind: str, name: str) -> dict[str, Setting]:
    """What ``params.yaml`` may set: keyword-only arguments of a plugin's entry point.

    The entry point is ``read`` of a data set, ``evaluate`` of a metric, the constructor of a model.
    """
    tree = _tree(kind, name)
    if kind == "models":
        tree = _find(tree, ast.ClassDef, _class_name(tree, name))
    entry = {"datasets": "read", "metrics": "evaluate", "models": "__init__"}[kind]
    return keyword_only(_find(tree, ast.FunctionDef, entry))


def training_settings() -> dict[str, Setting]:
    """What ``params.yaml`` may set in ``train``: the schedule, and when to stop."""
    tree = _parse(ROOT / "training.py")
    stopping = keyword_only(_find(tree, ast.FunctionDef, "train"))
    given = {"seed", "labels", "device"}
    return fields(_find(tree, ast.ClassDef, "Schedule")) | {
        name: setting for name, setting in stopping.items() if name not in given
    }


def has_function(kind: str, name: str, function: str) -> bool:
    """Whether a plugin defines a function of that name."""
    body = _tree(kind, name).body
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in body)


def constant(kind: str, name: str, constant_name: str) -> str:
    """A text at the top of a plugin, or of another one that it refers to as ``mnist.SOURCE``.

    Raises
    ------
    SettingsError
        If the plugin does not set it.
    """
    for node in _tree(kind, name).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == constant_name:
            if isinstance(node.value, ast.Attribute):
                return constant(kind, ast.unparse(node.value.value), node.value.attr)
            return ast.literal_eval(node.value)
    raise SettingsError(f"gaebench/{kind}/{name}.py must set {constant_name} to a text")


def keyword_only(function: ast.FunctionDef) -> dict[str, Setting]:
    """Keyword-only arguments of a function, in its order."""
    arguments = function.args
    return {
        argument.arg: Setting(_text(argument.annotation) or "", _text(default))
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    }


def fields(dataclass: ast.ClassDef) -> dict[str, Setting]:
    """Fields of a data class, in its order."""
    return {
        node.target.id: Setting(ast.unparse(node.annotation), _text(node.value))
        for node in dataclass.body
        if isinstance(node, ast.AnnAssign)
    }


def _text(node: ast.AST | None) -> str | None:
    return None if node is None else ast.unparse(node)


def _load(kind: str, name: str) -> ModuleType:
    source_path(kind, name)
    return importlib.import_module(f"gaebench.{kind}.{name}")


def _tree(kind: str, name: str) -> ast.Module:
    return _parse(source_path(kind, name))


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _class_name(tree: ast.Module, family: str) -> str:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.lower() == family.replace("_", ""):
            return node.name
    raise SettingsError(f"gaebench/models/{family}.py must define a class of its name")


def _find(tree: ast.Module | ast.ClassDef, kind: type, name: str) -> ast.AST:
    for node in tree.body:
        if isinstance(node, kind) and node.name == name:
            return node
    raise SettingsError(f"no {name} found where the plugin contract asks for one")
