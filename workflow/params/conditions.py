"""What settings must hold: the `require` lines of the code that takes them, evaluated beforehand.

A plugin says `require(0 <= dropout < 1, "dropout", dropout, "in [0, 1)")` where it uses a setting.
Such a line whose condition needs nothing but settings is read from the source, of the plugin and of
what it imports, so that a value that would be refused in a job is refused before any job runs.
"""

import ast
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gaebench import plugins, provenance

from .schema import key_path
from .signatures import defaults

SHARED = ("networks", "metrics")
"""Rooms whose code takes settings that plugins hand on."""
BUILTINS = {f.__name__: f for f in (all, any, int, len, max, min)}


class Condition(NamedTuple):
    """A `require` line: the setting it blames, all that it is about, its condition and its rule."""

    blamed: str
    names: frozenset[str]
    holds: ast.expr
    rule: ast.expr


def of_plugin(kind: str, name: str) -> list[Condition]:
    """The conditions on a plugin's settings."""
    return _reached(plugins.source_path(kind, name), frozenset(plugins.settings(kind, name)))


def of_training() -> list[Condition]:
    """The conditions on the schedule and on when to stop."""
    names = frozenset(plugins.training_settings())
    return [found for file in plugins.TRAINING for found in _of_file(file, names)]


def problems_of(kind: str, name: str, given: dict, path: tuple) -> Iterator[str]:
    """What settings of a plugin break, one line each; what is not given has its default."""
    values = defaults(plugins.settings(kind, name)) | given
    return problems(of_plugin(kind, name), values, path)


def problems(conditions: list[Condition], values: dict, path: tuple) -> Iterator[str]:
    """One line per condition that values, with their defaults, break.

    Conditions on values that are missing, or of a wrong type, say nothing: others do.
    """
    for blamed, names, holds, rule in conditions:
        if names <= values.keys() and not _evaluated(holds, values, default=True):
            given = " and ".join(f"{name} {values[name]!r}" for name in sorted(names))
            wanted = _evaluated(rule, values, default="otherwise")
            yield f"{key_path(*path, blamed)}: must be {wanted}, not {given}"


@cache
def _reached(path: Path, names: frozenset[str]) -> list[Condition]:
    """Of a file and of those that it hands its settings to."""
    reached = provenance.reached([path])
    files = [file for file in reached if file == path or file.parent.name in SHARED]
    return [found for file in files for found in _of_file(file, names)]


def _of_file(path: Path, names: frozenset[str]) -> list[Condition]:
    """The conditions in a file that need nothing but settings of these names."""
    return [condition for condition in _lines(path) if condition.names <= names]


@cache
def _lines(path: Path) -> list[Condition]:
    """Every `require` line of a file."""
    tree = _Plain().visit(ast.parse(path.read_bytes()))
    constants = {
        ast.unparse(node.targets[0]): node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    fill = _Filled(constants).visit
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "require"
        if len(node.args) == 4
    ]
    parts = [(call.args[1], fill(call.args[0]), fill(call.args[3])) for call in calls]
    return [
        Condition(_blamed(name, _names(holds)), frozenset(_names(holds)), holds, rule)
        for name, holds, rule in parts
        if _names(holds)
    ]


def _blamed(name: ast.expr, names: set[str]) -> str:
    """The setting that a line names, else the first of those that it is about."""
    said = getattr(name, "value", None)
    return said if said in names else min(names)


def _names(node: ast.AST) -> set[str]:
    """What an expression needs to know."""
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    own = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    return {name.id for name in names} - own - BUILTINS.keys() - {"math"}


def _evaluated(node: ast.expr, values: dict, default: object) -> object:
    code = compile(ast.fix_missing_locations(ast.Expression(node)), "a condition", "eval")
    try:
        return eval(code, {"__builtins__": BUILTINS, "math": math} | values)
    except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError, NameError):
        return default


class _Plain(ast.NodeTransformer):
    """``self.draws`` is the setting ``draws``."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Drop ``self``."""
        self.generic_visit(node)
        own = isinstance(node.value, ast.Name) and node.value.id == "self"
        return ast.Name(node.attr, ast.Load()) if own else node


class _Filled(ast.NodeTransformer):
    """Constants of the module in the place of their names."""

    def __init__(self, constants: dict[str, ast.expr]) -> None:
        self.constants = constants

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Put a constant in."""
        return self.constants.get(node.id, node)
