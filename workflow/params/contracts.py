"""Do the files of plugins keep the contract of their kind? Read from the source, without torch.

The contract of a kind stands at the top of ``gaebench/KIND/__init__.py``, that of models in
``gaebench/model.py`` and that of tables in ``gaebench/report/table.py``. What only shows when a
file is run is told by the job that runs it.
"""

import ast
from collections.abc import Callable, Iterator
from typing import NamedTuple

from gaebench import plugins
from gaebench.errors import GaebenchError
from gaebench.report.table import MERITS

from . import signatures, tabled
from .schema import suggestion
from .targets import FILES

HEAD = (
    "Plugins do not keep the contract of their kind, which CONTRIBUTING.md describes "
    "(a file that is not ready can be called _NAME.py, and is no plugin then):"
)
NEEDS = ("samples", "features", "model")
ENTRY = plugins.ENTRY | {"figures": "draw"}
TAKES = {
    "datasets": ("raw",),
    "models": ("spec", "generator"),
    "metrics": ("source", "data", "generator"),
    "controls": ("data", "n", "generator"),
    "figures": ("runs", "device"),
}
"""What the entry point of a plugin is given by place; settings are given by keyword."""
SCORE = ("model", "valid", "generator")
METHODS = {
    "stages": (),
    "draw_prior": ("n", "generator"),
    "logits": ("z",),
    "start": ("train",),
    "step": ("batch", "generator"),
    "sample": ("n", "generator"),
    "train": ("mode",),
    "bound": ("x", "generator"),
    "proposal": ("x",),
    "log_prior": ("z",),
    "log_likelihood": ("x", "z"),
    "draw_posterior": ("x", "generator"),
}
"""Of a model, with what they are given by place."""
MUST = ("stages", "draw_prior", "logits")


class Rule(NamedTuple):
    """What a constant must be, in code and in words; whether a file may do without it."""

    holds: Callable[[object], bool]
    words: str
    optional: bool = False


def _whole(least: int) -> Rule:
    return Rule(lambda value: type(value) is int and value >= least, f"a whole number >= {least}")


TEXT = Rule(lambda value: isinstance(value, str) and bool(value.strip()), "a text")
TITLE = Rule(lambda value: TEXT.holds(value) and len(value.splitlines()) == 1, "a text of one line")
REMARK = Rule(lambda value: isinstance(value, str), "a text, which may be empty")
MAPPING = Rule(lambda value: isinstance(value, dict), "a mapping", optional=True)
LOOK = {"label", "unit", "better", "decimals"}
LOOKS = Rule(
    lambda value: (
        isinstance(value, dict)
        and all(isinstance(look, dict) and look.keys() <= LOOK for look in value.values())
    ),
    f"a mapping from details to mappings of {', '.join(sorted(LOOK))}",
    optional=True,
)
NAMES = Rule(lambda value: isinstance(value, tuple) and len(value) > 0, "a tuple of names")
FLAG = Rule(lambda value: isinstance(value, bool), "True or False", optional=True)
FOLDER = Rule(lambda value: isinstance(value, str) and value.isidentifier(), "a folder's name")
CONSTANTS = {
    "datasets": {"LABEL": TITLE, "NOTE": REMARK, "SOURCE": FOLDER, "BINARY": FLAG},
    "models": {"LABEL": TITLE, "NOTE": REMARK},
    "metrics": {
        "NEEDS": TITLE,
        "ASKS": NAMES._replace(optional=True),
        "BINARY": FLAG,
        "REQUIRES": MAPPING,
        "VERSION": _whole(1),
        "LEAST_SAMPLES": _whole(1)._replace(optional=True),
        "LABEL": TITLE,
        "UNIT": REMARK,
        "BETTER": REMARK,
        "DECIMALS": _whole(0),
        "DETAILS": LOOKS,
    },
    "controls": {"LABEL": TITLE, "NOTE": REMARK},
    "figures": {
        "CAPTION": TEXT,
        "NEEDS": NAMES,
        "CONTROLS_NEED": NAMES._replace(optional=True),
        "ASKS": NAMES._replace(optional=True),
        "REQUIRES": MAPPING,
    },
    "tables": {},
}


def problems() -> list[str]:
    """A heading and one line per fault of any plugin's file; empty if there is none."""
    every = [(kind, name) for kind in plugins.KINDS for name in plugins.names(kind)]
    found = [line for kind, name in every for line in faults(kind, name)]
    return [HEAD, *(f"  {line}" for line in found)] if found else []


def faults(kind: str, name: str) -> list[str]:
    """What a plugin's file lacks of the contract of its kind, one line each."""
    try:
        path = plugins.source_path(kind, name)
        if not path.stem.isidentifier():
            return [f"{plugins.shown(path)}: must have a name of letters, digits and _"]
        checks = (_constants, _functions, _names, _table)
        return [line for check in checks for line in check(kind, name)]
    except GaebenchError as error:
        return [str(error)]


# ---- constants


def _constants(kind: str, name: str) -> Iterator[str]:
    for constant, rule in CONSTANTS[kind].items():
        value = _constant(kind, name, constant)
        if value is None:
            if not rule.optional:
                yield f"{_file(kind, name)}: must set {constant}, {rule.words}"
        elif not rule.holds(value):
            yield f"{_place(kind, name, constant)}: {constant} is {value!r}, must be {rule.words}"
    if kind == "datasets" and not _set(kind, name, "FILES"):
        yield f"{_file(kind, name)}: must set FILES, a mapping of file names to RawFile"


def _names(kind: str, name: str) -> Iterator[str]:
    """Constants that name something: what is needed, and which way is better."""
    metrics = plugins.names("metrics")
    known = {
        "metrics": {"NEEDS": NEEDS, "BETTER": ("", *MERITS)},
        "figures": dict.fromkeys(("NEEDS", "CONTROLS_NEED"), (*FILES, *metrics)),
    }
    for constant, allowed in known.get(kind, {}).items():
        value = _constant(kind, name, constant)
        for given in value if isinstance(value, tuple) else [value]:
            if given not in (*allowed, None):
                meant = suggestion(given, [word for word in allowed if word])
                yield f"{_place(kind, name, constant)}: {constant} is {given!r}; {meant}"


def _constant(kind: str, name: str, constant: str) -> object:
    return plugins.constant(kind, name, constant, None)


def _set(kind: str, name: str, constant: str) -> ast.expr | None:
    return plugins.assigned(plugins.tree(kind, name), constant)


# ---- functions


def _functions(kind: str, name: str) -> Iterator[str]:
    """The functions that a file must define, and what they are given."""
    if kind in ("models", "tables"):
        yield from _class(name) if kind == "models" else ()
        return
    module, file, wanted = plugins.tree(kind, name), _file(kind, name), ENTRY[kind]
    entry, score = _definition(module, wanted), _definition(module, "validation_score")
    if entry is not None:
        yield from _taking(entry, TAKES[kind], file)
        yield from _settings(entry, file)
    elif kind != "figures" or not _taken_over(module, wanted):
        yield f"{file}: must define {wanted}({', '.join(TAKES[kind])})"
    if kind == "metrics" and score is not None:
        yield from _taking(score, SCORE, file, more=True)


def _class(family: str) -> Iterator[str]:
    """A model's class: its constructor, and what every model has."""
    home, file = plugins.model_class(family), _file("models", family)
    where = f"{file}, line {home.lineno}: the class {home.name}"
    constructor = _definition(home, "__init__")
    if constructor is None:
        yield f"{where} must have a constructor: __init__(self, spec, generator, *, settings...)"
    else:
        yield from _taking(constructor, ("self", *TAKES["models"]), file)
        yield from _settings(constructor, file, optional=True)
    bases = [ast.unparse(base) for base in home.bases]
    if not bases:
        yield f"{where} must be a Model: class {home.name}(Model)"
    for method, takes in METHODS.items():
        if (found := _definition(home, method)) and not _is_static(found):
            yield from _taking(found, ("self", *takes), file, more=True)
    missing = [m for m in MUST if not (_definition(home, m) or plugins.assigned(home, m))]
    if missing and bases in ([], ["Model"]):
        yield f"{where} must have {' and '.join(missing)}"


def _is_static(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(node) == "staticmethod" for node in function.decorator_list)


def _taking(
    function: ast.FunctionDef, takes: tuple[str, ...], file: str, more: bool = False
) -> Iterator[str]:
    """What a function is given by place must be what it takes by place; with defaults, ``more``."""
    arguments = function.args
    given = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    least = len(given) - len(arguments.defaults) if more else len(given)
    if not least <= len(takes) <= len(given) and not arguments.vararg:
        yield (
            f"{file}, line {function.lineno}: {function.name}({', '.join(given)}) must take "
            f"({', '.join(takes)}) by place, and settings by keyword only, after a *"
        )


def _settings(function: ast.FunctionDef, file: str, optional: bool = False) -> Iterator[str]:
    """Each has a name and a type; the default, which a model's must have, is a literal of it."""
    line = f"{file}, line {function.lineno}"
    for more in filter(None, (function.args.vararg, function.args.kwarg)):
        yield f"{line}: {function.name} must name each of its settings, without a *{more.arg}"
    for name, setting in plugins.keyword_only(function).items():
        if wrong := _typed(setting) or _default(setting, optional):
            example = f", such as {name}: int = 1" * (not setting.type)
            yield f"{line}: the setting {name} of {function.name} {wrong}{example}"


def _typed(setting: plugins.Setting) -> str | None:
    """What is wrong with a setting's type."""
    if not setting.type:
        return "must have a type"
    if not signatures.is_understood(setting.type):
        return f"has the type {setting.type}, must have int, float, bool, str, Literal or a union"
    return None


def _default(setting: plugins.Setting, optional: bool) -> str | None:
    """What is wrong with a setting's default."""
    if setting.required:
        return "must have a default" if optional else None
    if not _literal(setting.default):
        return f"has the default {setting.default}, must have a literal: it is read"
    default = ast.literal_eval(setting.default)
    return signatures.of_another_kind(default, setting.type, ("has a default",))


def _definition(home: ast.Module | ast.ClassDef, name: str) -> ast.FunctionDef | None:
    found = (node for node in home.body if isinstance(node, ast.FunctionDef) and node.name == name)
    return next(found, None)


def _taken_over(module: ast.Module, name: str) -> bool:
    """Whether a function is another file's, by ``draw = samples.draw`` or an import."""
    imports = (node for node in module.body if isinstance(node, ast.ImportFrom))
    imported = {alias.asname or alias.name for node in imports for alias in node.names}
    return name in imported or plugins.assigned(module, name) is not None


def _literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, TypeError):
        return False
    return True


# ---- tables


def _table(kind: str, name: str) -> Iterator[str]:
    """What a table's file sets, which is run for it."""
    if kind != "tables":
        return
    if not _set(kind, name, "TABLE"):
        yield f"{_file(kind, name)}: must set TABLE, a Table of gaebench.report.table"
        return
    try:
        table = plugins.load(kind, name).TABLE
    except Exception as error:
        yield plugins.blamed(error) or f"{_file(kind, name)}: {error!r}"
        return
    yield from (f"{_place(kind, name, 'TABLE')}: TABLE {line}" for line in tabled.problems(table))


# ---- places


def _file(kind: str, name: str) -> str:
    return plugins.shown(plugins.source_path(kind, name))


def _place(kind: str, name: str, constant: str) -> str:
    """The file and the line where a constant is set."""
    return f"{_file(kind, name)}, line {_set(kind, name, constant).lineno}"
