"""Values of settings against the annotations of what takes them."""

import ast
import math
from collections.abc import Iterator

from gaebench import plugins

from .schema import described, hint, key_path, short, suggestion

ACCEPTED = {
    "int": (int, "a whole number"),
    "float": ((int, float), "a number"),
    "bool": (bool, "true or false"),
    "str": (str, "text"),
}
LEAST = {"int": 1, "float": 0}
"""Settings count or measure something; closer limits are the plugins' own."""


MOST = 10**9
"""No count is larger."""


def problems(
    values: dict | None, taken: dict[str, plugins.Setting], path: tuple, whole: bool
) -> Iterator[str]:
    """Check settings against a signature; ``whole`` asks for all that have no default."""
    values = values if isinstance(values, dict) else {}
    for name, value in values.items():
        if name not in taken:
            yield f"{key_path(*path, name)}: unknown key; {suggestion(name, taken)}"
        else:
            yield from misfit(value, taken[name].type, (*path, name))
    yield from missing(values, taken, path) if whole else ()


def missing(values: dict, taken: dict[str, plugins.Setting], path: tuple) -> Iterator[str]:
    """Settings without a default that are not given."""
    for name, setting in taken.items():
        if setting.required and name not in values:
            yield f"{key_path(*path, name)}: missing"


def misfit(value: object, annotation: str, path: tuple) -> Iterator[str]:
    """Check a value against an annotation: unions, ``None`` and ``Literal`` are understood."""
    if wrong := of_another_kind(value, annotation, path):
        yield wrong
        return
    least = next((LEAST[kind] for kind in _kinds(annotation, value) if kind in LEAST), None)
    if least is not None and (not least <= value < math.inf or _too_many(value)):
        wanted = f"at least {least} and {_most(value)}"
        yield f"{key_path(*path)}: is {short(value)}, must be {wanted}"


def of_another_kind(value: object, annotation: str, path: tuple) -> str | None:
    """What is wrong with a value that is none of what an annotation allows; None if it is one."""
    words = _words(annotation)
    kinds = [ACCEPTED[option][1] for option in _options(annotation) if option in ACCEPTED]
    if _kinds(annotation, value) or value in words or _is_none(value, annotation):
        return None
    if not kinds:
        return f"{key_path(*path)}: is {value!r}; {suggestion(str(value), words)}"
    wanted = " or ".join([*kinds, *map(repr, words)])
    return f"{key_path(*path)}: is {described(value)}, must be {wanted}{hint(value, wanted)}"


def is_understood(annotation: str) -> bool:
    """Whether values can be checked against an annotation."""
    options = _options(annotation)
    try:
        return all(option in (*ACCEPTED, "None") or _words(option) for option in options)
    except (ValueError, SyntaxError):
        return False


def _options(annotation: str) -> list[str]:
    """The parts of a union."""
    node, options = ast.parse(annotation, mode="eval").body, []
    while isinstance(node, ast.BinOp):
        options.insert(0, ast.unparse(node.right))
        node = node.left
    return [ast.unparse(node), *options]


def _words(annotation: str) -> list:
    """The values that the ``Literal`` of an annotation names."""
    named = [part for part in _options(annotation) if part.startswith("Literal[")]
    return [word for part in named for word in ast.literal_eval(part.removeprefix("Literal"))]


def _kinds(annotation: str, value: object) -> list[str]:
    """The parts of an annotation that are the value's own type."""
    options = [option for option in _options(annotation) if option in ACCEPTED]
    return [option for option in options if _fits(value, ACCEPTED[option][0])]


def _is_none(value: object, annotation: str) -> bool:
    return value is None and "None" in _options(annotation)


def _too_many(value: float) -> bool:
    return isinstance(value, int) and value > MOST


def defaults(taken: dict[str, plugins.Setting]) -> dict:
    """The settings that have a default, with it."""
    return {
        name: ast.literal_eval(setting.default)
        for name, setting in taken.items()
        if not setting.required
    }


def _fits(value: object, kind: type | tuple) -> bool:
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _most(value: float) -> str:
    return f"at most {MOST}" if isinstance(value, int) else "finite"
