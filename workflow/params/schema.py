"""The shape of params.yaml, and words for where it is broken."""

import math
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

SCHEMAS = Path(__file__).parent.parent / "schemas"
SHOWN = 60
"""Characters of a value in a message."""
TYPES = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "null": "null",
}


def _is_whole(checker: object, value: object) -> bool:
    """Not 7.0, which no count is and which would be part of a file's name."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(checker: object, value: object) -> bool:
    """Neither NaN nor infinite."""
    return _is_whole(checker, value) or (isinstance(value, float) and math.isfinite(value))


VALIDATOR = validators.extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_whole, "number": _is_number}
    ),
)


def problems(config: dict, name: str = "params") -> list[str]:
    """Where a configuration departs from the schema of that name, one line each."""
    schema = yaml.safe_load((SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8"))
    found = VALIDATOR(schema).iter_errors(config)
    errors = sorted(found, key=lambda error: _position(config, error.absolute_path))
    return [*(line for error in errors for line in _explain(error)), *_keys(config)]


def _position(config: dict | list, path: Iterable[str | int]) -> list[int]:
    """Where a place stands in the file, among others."""
    places = []
    for part in path:
        places.append(list(config).index(part) if isinstance(config, dict) else part)
        config = config[part]
    return places


def _keys(value: object, path: tuple = ()) -> Iterator[str]:
    """Keys that are no text, such as null, in any mapping."""
    for key, part in value.items() if isinstance(value, dict) else ():
        if isinstance(key, str):
            yield from _keys(part, (*path, key))
        else:
            place = key_path(*path) or "top level"
            yield f"{place}: a key is {described(key)}, must be {TYPES['string']}"


def key_path(*parts: str | int) -> str:
    """``models.vae.train`` or ``tables.table1.models[2]``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".")


def suggestion(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, and all known ones."""
    known = [str(entry) for entry in known]
    close = get_close_matches(str(name), known, n=1)
    meant = f"did you mean {close[0]!r}? " if close else ""
    return f"{meant}Known: {', '.join(known) or 'none'}"


def described(value: object) -> str:
    """A value as a reader of YAML knows it."""
    if value is None:
        return "empty"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} (no finite number)"
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    kind = TYPES[kinds.get(type(value), "object")]
    return kind if isinstance(value, dict | list | bool) else f"{short(value)} ({kind})"


def hint(value: object, wanted: str) -> str:
    """What to write for a number that YAML takes for text, or for a whole one with a point."""
    if "number" not in wanted or not isinstance(value, str | float):
        return ""
    try:
        number = float(value)
    except ValueError:
        return ""
    whole = TYPES["number"] not in wanted
    if not math.isfinite(number) or (whole and not number.is_integer()):
        return ""
    taken = ". YAML takes it for text" if isinstance(value, str) else ""
    return f"{taken}: write {int(number) if whole else number!r}"


def short(value: object) -> str:
    """A value in a message, cut where it is very long."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _made_of(pattern: str) -> str:
    """What a pattern of the schemas allows, in words."""
    name = "small letters, digits and -"
    return name if pattern.startswith("^[a-z") else "one line of visible text without | { } < > $"


def _explain(error: ValidationError) -> Iterator[str]:
    path, value, wanted = error.absolute_path, error.instance, error.validator_value
    match error.validator:
        case "additionalProperties":
            known = error.schema.get("properties", {})
            for name in [name for name in value if name not in known]:
                yield f"{key_path(*path, name)}: unknown key; {suggestion(name, known)}"
        case "required":
            missing = next(name for name in wanted if f"{name!r} is a required" in error.message)
            yield f"{key_path(*path, missing)}: missing"
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            words = " or ".join(TYPES[kind] for kind in kinds)
            yield f"{key_path(*path)}: is {described(value)}, must be {words}{hint(value, words)}"
        case "enum":
            yield f"{key_path(*path)}: is {value!r}, must be one of {', '.join(wanted)}"
        case "pattern":
            yield f"{key_path(*path)}: is {value!r}, must be made of {_made_of(wanted)}"
        case "exclusiveMinimum":
            yield f"{key_path(*path)}: is {short(value)}, must be above {wanted}"
        case "minimum" | "maximum":
            bound = "least" if error.validator == "minimum" else "most"
            yield f"{key_path(*path)}: is {short(value)}, must be at {bound} {wanted}"
        case _:
            yield f"{key_path(*path) or 'top level'}: {error.message}"
