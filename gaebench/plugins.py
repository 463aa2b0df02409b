"""The file name is the registry: a name in ``params.yaml`` is a module in one of six folders.

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
TRAINING = (ROOT / "training" / "schedule.py", ROOT / "training" / "loop.py")
"""Where the settings of training are taken."""
KINDS = ("datasets", "models", "metrics", "controls", "figures", "tables")
ENTRY = {
    "datasets": "read",
    "models": "__init__",
    "metrics": "evaluate",
    "controls": "images",
}
"""The function whose keyword-only arguments ``params.yaml`` may set."""
DASHED = ("controls", "tables")
"""Kinds whose names in ``params.yaml`` have ``-`` where the file's name has ``_``."""
REQUIRED = object()


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
    """Names of the plugins of one kind, sorted, as ``params.yaml`` has them."""
    stems = [path.stem for path in (ROOT / kind).glob("*.py") if path.stem[0] != "_"]
    return sorted(stem.replace("_", "-") if kind in DASHED else stem for stem in stems)


def source_path(kind: str, name: str) -> Path:
    """The file that holds a plugin.

    Raises
    ------
    SettingsError
        If there is none of that name; the message lists those there are.
    """
    if name not in names(kind):
        raise SettingsError(f"no {name!r} in gaebench/{kind}; there are: {', '.join(names(kind))}")
    return ROOT / kind / f"{name.replace('-', '_')}.py"


def load(kind: str, name: str) -> ModuleType:
    """The module of a plugin."""
    return importlib.import_module(f"gaebench.{kind}.{source_path(kind, name).stem}")


def model(family: str) -> type:
    """The class of a model family: it is called as its file, less case and underscores."""
    module = load("models", family)
    return getattr(module, _class_name(_tree("models", family), family))


def settings(kind: str, name: str) -> dict[str, Setting]:
    """What ``params.yaml`` may set: keyword-only arguments of a plugin's entry point.

    The entry point is ``read`` of a data set, the constructor of a model, ``evaluate`` of a metric,
    ``images`` of a control; figures and tables have no settings.
    """
    tree = _tree(kind, name)
    if kind == "models":
        tree = _find(tree, ast.ClassDef, _class_name(tree, name))
    return keyword_only(_find(tree, ast.FunctionDef, ENTRY[kind]))


def training_settings() -> dict[str, Setting]:
    """What ``params.yaml`` may set in ``train``: the schedule, and when to stop."""
    schedule, loop = map(_parse, TRAINING)
    stopping = keyword_only(_find(loop, ast.FunctionDef, "train"))
    given = {"seed", "labels", "device", "checkpoint"}
    return fields(_find(schedule, ast.ClassDef, "Schedule")) | {
        name: setting for name, setting in stopping.items() if name not in given
    }


def has_function(kind: str, name: str, function: str) -> bool:
    """Whether a plugin defines a function of that name."""
    body = _tree(kind, name).body
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in body)


def constant(kind: str, name: str, constant_name: str, default: object = REQUIRED) -> object:
    """A literal at the top of a plugin, or of another one that it refers to as ``mnist.SOURCE``.

    Raises
    ------
    SettingsError
        If the plugin does not set it and there is no ``default``, or sets it to no literal.
    """
    for node in _tree(kind, name).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == constant_name:
            if isinstance(node.value, ast.Attribute):
                return constant(kind, ast.unparse(node.value.value), node.value.attr, default)
            return _literal(node.value, source_path(kind, name), constant_name)
    if default is REQUIRED:
        raise SettingsError(f"{_shown(source_path(kind, name))} must set {constant_name}")
    return default


def _literal(node: ast.expr, path: Path, name: str) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        where = f"{_shown(path)}, line {node.lineno}"
        raise SettingsError(f"{where}: {name} must be a literal: it is read, not run") from None


def _shown(path: Path) -> str:
    return path.relative_to(ROOT.parent).as_posix()


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
