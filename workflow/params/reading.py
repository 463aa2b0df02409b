"""Files of parameters: their texts, laid one over another, with numbers for text that is one."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import yaml

from gaebench.errors import SettingsError

from .mistakes import mistakes
from .resolve import merged

DECIMAL = re.compile(r"[-+]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][-+]\d+)?")
WORDS = ("null", "true", "false")
EXPONENT = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")
"""A number that YAML 1.1 takes for text: no point, or no sign of the exponent."""


def given(values: object) -> object:
    """Values of a command line, where `null`, `true` and numbers in mappings come as texts.

    A ``label`` is a text, whatever it looks like.
    """
    return numbers(_meant(values, lambda t: t in WORDS or DECIMAL.fullmatch(t), yaml.safe_load))


def loaded(paths: Iterable[str | Path]) -> tuple[dict, list[str]]:
    """Parameters out of files that are laid one over another, and what is wrong with the files.

    Each is read once: it may be a pipe. Where something is wrong, there are no parameters.
    """
    found, missing = contents(paths)
    return ({}, missing) if missing else parsed(found)


def parsed(contents: Mapping[str, bytes]) -> tuple[dict, list[str]]:
    """As :func:`loaded`, of files whose contents are given by name."""
    texts, found = _texts(contents)
    return ({}, found) if found else (layered(texts), [])


def read(path: str | Path) -> dict:
    """Parameters out of one file.

    Raises
    ------
    SettingsError
        Naming every mistake of YAML with its line.
    """
    found, wrong = loaded([path])
    if wrong:
        raise SettingsError("\n".join(wrong))
    return found


def layered(texts: Iterable[str]) -> dict:
    """Parameters out of texts of YAML, each laid over those before it."""
    return numbers(merged(*map(yaml.safe_load, texts)))


def numbers(value: object) -> object:
    """Parameters with numbers in the place of texts such as 1e-5, which YAML 1.1 takes for text.

    A ``label`` is a text, whatever it looks like.
    """
    return _meant(value, EXPONENT.fullmatch, float)


def _meant(value: object, is_one: Callable[[str], object], read: Callable[[str], object]) -> object:
    """A value with what is meant in the place of each text in it that means something else."""
    if isinstance(value, Mapping):
        return {k: v if k == "label" else _meant(v, is_one, read) for k, v in value.items()}
    if isinstance(value, list):
        return [_meant(entry, is_one, read) for entry in value]
    return read(value) if isinstance(value, str) and is_one(value) else value


def contents(paths: Iterable[str | Path]) -> tuple[dict[str, bytes], list[str]]:
    """Files by name, and which of them cannot be read."""
    found, missing = {}, []
    for path in map(os.path.relpath, paths):
        try:
            found[path] = Path(path).read_bytes()
        except OSError as error:
            missing.append(f"{path} cannot be read: {error.strerror}")
    return found, missing


def _texts(contents: Mapping[str, bytes]) -> tuple[list[str], list[str]]:
    """Texts, and what is wrong with them."""
    texts, found = [], []
    for name, content in contents.items():
        try:
            texts.append(content.decode())
            found += mistakes(name, texts[-1])
        except UnicodeDecodeError as error:
            found.append(f"{name} is not text in UTF-8: {error.reason} at byte {error.start}")
    return texts, found
