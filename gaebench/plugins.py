"""The file name is the registry: a name in ``params.yaml`` is a module in one of six folders.

Names and signatures are read from the source text (the syntax tree), so that a file of parameters
can be checked without importing torch. What goes wrong in a plugin's own file is told with its
place.
"""

import ast
import importlib
import inspect
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from gaebench.errors import PluginFault, SettingsError, described

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
BLAME = "this is a fault of that file, not of your parameters"


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
    return sorted(_files(kind))


def _files(kind: str) -> dict[str, Path]:
    """The files of plugins by name; those of editors and of what is not ready are none."""
    files = [path for path in (ROOT / kind).glob("*.py") if path.name[0] not in "._"]
    dashed = kind in DASHED
    return {file.stem.replace("_", "-") if dashed else file.stem: file for file in files}


def source_path(kind: str, name: str) -> Path:
    """The file that holds a plugin.

    Raises
    ------
    SettingsError
        If there is none of that name; the message lists those there are.
    """
    files = _files(kind)
    if name not in files:
        raise SettingsError(
            f"no {name!r} in gaebench/{kind}; there are: {', '.join(sorted(files))}"
        )
    return files[name]


def load(kind: str, name: str) -> ModuleType:
    """The module of a plugin."""
    return importlib.import_module(f"gaebench.{kind}.{source_path(kind, name).stem}")


def model(family: str) -> type:
    """The class of a model family: it is called as its file, less case and underscores."""
    module = load("models", family)
    return getattr(module, model_class(family).name)


def settings(kind: str, name: str) -> dict[str, Setting]:
    """What ``params.yaml`` may set: keyword-only arguments of a plugin's entry point.

    The entry point is ``read`` of a data set, the constructor of a model, ``evaluate`` of a metric,
    ``images`` of a control; figures and tables have no settings.
    """
    home = model_class(name) if kind == "models" else tree(kind, name)
    return keyword_only(_find(home, ast.FunctionDef, ENTRY[kind]))


def model_class(family: str) -> ast.ClassDef:
    """The source of a model family's class.

    Raises
    ------
    SettingsError
        If the file has no class that is called as it is.
    """
    module = tree("models", family)
    return _find(module, ast.ClassDef, _class_name(module, family))


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
    body = tree(kind, name).body
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in body)


def scoring() -> list[str]:
    """The metrics that can pick the epoch in training."""
    return [name for name in names("metrics") if has_function("metrics", name, "validation_score")]


def constant(kind: str, name: str, constant_name: str, default: object = REQUIRED) -> object:
    """A literal at the top of a plugin, or of another one that it refers to as ``mnist.SOURCE``.

    Raises
    ------
    SettingsError
        If the plugin does not set it and there is no ``default``, or sets it to no literal.
    """
    value = assigned(tree(kind, name), constant_name)
    if isinstance(value, ast.Attribute):
        return constant(kind, ast.unparse(value.value), value.attr, default)
    if value is not None:
        return _literal(value, source_path(kind, name), constant_name)
    if default is REQUIRED:
        raise SettingsError(f"{shown(source_path(kind, name))} must set {constant_name}")
    return default


def assigned(home: ast.Module | ast.ClassDef, name: str) -> ast.expr | None:
    """What a file or a class sets a name to, with or without an annotation; None if it does not."""
    for node in home.body:
        target = {ast.Assign: "targets", ast.AnnAssign: "target"}.get(type(node))
        if target and name in _names(getattr(node, target)):
            return node.value
    return None


def _names(targets: list[ast.expr] | ast.expr) -> list[str]:
    return [ast.unparse(node) for node in (targets if isinstance(targets, list) else [targets])]


def _literal(node: ast.expr, path: Path, name: str) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        where = f"{shown(path)}, line {node.lineno}"
        raise SettingsError(f"{where}: {name} must be a literal: it is read, not run") from None


# ---- faults of a plugin's own file


def fault(function: Callable, complaint: str) -> PluginFault:
    """An error that names where a plugin's function is, and how it breaks its contract.

    Parameters
    ----------
    function
        Of the plugin's module or class, or that class.
    complaint
        What it must do and what it does, e.g. ``must give an Estimate, not a float``.
    """
    name = getattr(function, "__name__", repr(function))
    return PluginFault(f"{_place(function)}{name} {complaint}; {BLAME}")


def _place(function: Callable) -> str:
    """Where a function or a class stands, for the start of a message; empty if no file has it."""
    if code := getattr(inspect.unwrap(function), "__code__", None):
        return f"{shown(code.co_filename)}, line {code.co_firstlineno}: "
    file = getattr(inspect.getmodule(function), "__file__", None)
    return f"{shown(file)}: " if file and isinstance(function, type) else ""


def number(function: Callable, found: object) -> float:
    """What a plugin's function gave, if it is a plain number; else an error that names it."""
    if isinstance(found, float | int) and not isinstance(found, bool):
        return found
    raise fault(function, f"must give a float, not {described(found)}")


def blamed(error: BaseException) -> str | None:
    """Where in a plugin's file an error arose, and which error; None if it did in none of them."""
    if isinstance(error, SyntaxError) and is_plugin(error.filename):
        return _unreadable(Path(error.filename), error)
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if is_plugin(frame.filename):
            inside = "" if frame.name == "<module>" else f", in {frame.name}"
            what = traceback.format_exception_only(error)[-1].strip()
            return f"an error in {shown(frame.filename)}, line {frame.lineno}{inside}: {what}"
    return None


def is_plugin(path: str | None) -> bool:
    """Whether a file is a plugin's: in one of their folders, and not the folder's own."""
    if not path or Path(path).name == "__init__.py":
        return False
    return Path(path).parent in [ROOT / kind for kind in KINDS]


def shown(path: str | Path) -> str:
    """A file's path from the checkout on."""
    path = Path(path)
    return path.relative_to(ROOT.parent).as_posix() if ROOT in path.parents else str(path)


def _unreadable(path: Path, error: Exception) -> str:
    line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
    return f"{shown(path)}{line}: this is not Python: {getattr(error, 'msg', error)}"


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


def tree(kind: str, name: str) -> ast.Module:
    """The source of a plugin.

    Raises
    ------
    PluginFault
        If it cannot be parsed.
    """
    return _parse(source_path(kind, name))


@cache
def _parse(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes(), filename=str(path))
    except (SyntaxError, ValueError) as error:
        raise PluginFault(_unreadable(path, error)) from error
    except OSError as error:
        raise PluginFault(f"{shown(path)}: cannot be read: {error.strerror}") from error


def _class_name(module: ast.Module, family: str) -> str:
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name.lower() == family.replace("_", ""):
            return node.name
    raise SettingsError(f"gaebench/models/{family}.py must define a class of its name")


def _find(home: ast.Module | ast.ClassDef, kind: type, name: str) -> ast.AST:
    for node in home.body:
        if isinstance(node, kind) and node.name == name:
            return node
    raise SettingsError(f"no {name} found where the plugin contract asks for one")
