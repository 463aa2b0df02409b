"""Files of parameters as text: mistakes of YAML with file and line, and text that is a number."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml
from yaml import MappingNode, Node, SequenceNode

from gaebench.errors import SettingsError
from params.resolve import merged
from params.schema import key_path

EXPONENT = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")
"""A number that YAML 1.1 takes for text: no point, or no sign of the exponent."""


def problems(paths: Iterable[str | Path]) -> list[str]:
    """What is wrong with files of parameters before their content is looked at, one line each."""
    return [line for path in paths for line in _of_file(os.path.relpath(path))]


def settled(config: dict, path: str | Path) -> dict:
    """Parameters in the order of the file that others are laid over, with numbers for their texts.

    Snakemake puts first what is laid over the file; rows and columns are in the file's order.
    """
    return merged(yaml.safe_load(Path(path).read_text(encoding="utf-8")), numbers(config))


def loaded(paths: Iterable[str | Path]) -> tuple[dict, list[str]]:
    """Parameters out of files that are laid one over another, and what is wrong with the files.

    Where something is, there are no parameters.
    """
    paths = list(paths)
    if found := problems(paths):
        return {}, found
    return layered(Path(path).read_text(encoding="utf-8") for path in paths), []


def read(path: str | Path) -> dict:
    """Parameters out of one file.

    Raises
    ------
    SettingsError
        Naming every mistake of YAML with its line.
    """
    found, mistakes = loaded([path])
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return found


def layered(texts: Iterable[str]) -> dict:
    """Parameters out of texts of YAML, each laid over those before it."""
    return numbers(merged(*map(yaml.safe_load, texts)))


def _of_file(path: str) -> list[str]:
    try:
        text = Path(path).read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        numbers(yaml.safe_load(text))
    except OSError as error:
        return [f"{path} cannot be read: {error.strerror}"]
    except UnicodeDecodeError as error:
        return [f"{path} is not text in UTF-8: {error.reason} at byte {error.start}"]
    except yaml.MarkedYAMLError as error:
        return [_explained(path, error)]
    except (yaml.YAMLError, ValueError) as error:  # a character, or a date or number that is none
        return [f"{path}: no YAML: {str(error).splitlines()[0]}"]
    except RecursionError:
        return [f"{path}: a part of it stands in itself, or is nested too deeply"]
    if not isinstance(root, MappingNode):
        return [f"{path}: must be a mapping (key: value), with a space behind each colon"]
    return [f"{path}, line {line}: {text}" for line, text in _repeated(root)]


def numbers(value: object) -> object:
    """Parameters with numbers in the place of texts such as 1e-5, which YAML 1.1 takes for text."""
    if isinstance(value, dict):
        return {key: numbers(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [numbers(entry) for entry in value]
    is_number = isinstance(value, str) and EXPONENT.fullmatch(value)
    return float(value) if is_number else value


def _explained(path: str, error: yaml.MarkedYAMLError) -> str:
    unended = error.context == "while scanning a simple key"
    mark = error.context_mark if unended else error.problem_mark
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    problem = f"{error.problem}"
    if "\t" in line:
        problem += "; there is a tab: indent with spaces"
    elif unended:
        problem += "; a key needs a colon and a space behind it"
    return f"{path}, line {mark.line + 1}: no YAML: {problem}. It reads: {line.strip()!r}"


def _repeated(node: Node, path: tuple = ()) -> Iterator[tuple[int, str]]:
    """Keys that a mapping has twice: the last would win without a word."""
    if isinstance(node, MappingNode):
        first: dict[str, int] = {}
        for key, child in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in first:
                place = key_path(*path, name)
                yield line, f"{place} stands here a second time (first in line {first[name]})"
            first.setdefault(name, line)
            yield from _repeated(child, (*path, name))
    elif isinstance(node, SequenceNode):
        for number, child in enumerate(node.value):
            yield from _repeated(child, (*path, number))
