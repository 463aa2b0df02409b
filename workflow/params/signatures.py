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
    """Check a value against an annotation; ``X | None`` and ``Literal`` are understood."""
    options = [option.strip() for option in annotation.split("|")]
    if value is None and "None" in options:
        return
    kinds = [ACCEPTED[option] for option in options if option in ACCEPTED]
    if annotation.startswith("Literal["):
        allowed = ast.literal_eval(annotation.removeprefix("Literal"))
        if value not in allowed:
            yield f"{key_path(*path)}: is {value!r}; {suggestion(str(value), allowed)}"
    elif annotation in LEAST and _fits(value, ACCEPTED[annotation][0]):
        least = LEAST[annotation]
        if not least <= value < math.inf or (isinstance(value, int) and value > MOST):
            wanted = f"at least {least} and {_most(value)}"
            yield f"{key_path(*path)}: is {short(value)}, must be {wanted}"
    elif kinds and not any(_fits(value, kind) for kind, _ in kinds):
        wanted = " or ".join(words for _, words in kinds)
        yield f"{key_path(*path)}: is {described(value)}, must be {wanted}{hint(value, wanted)}"


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
