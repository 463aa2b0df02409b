"""What is wrong with a text of parameters as YAML, before anyone asks what it says."""

import re
from collections.abc import Iterator

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from .schema import key_path

LARGEST = 20_000
"""Values that a text may hold with its aliases written out: params.yaml has some 1000."""
DECIMAL = re.compile(r"[-+]?(0|[1-9][\d_]*)|[^:]*[.eE][^:]*|[-+]?\.(inf|nan)", re.I)
"""A number that YAML 1.1 reads as everyone does: not 010 (8), 1:30 (90) or 0x10 (16)."""
SHORT = 20


def mistakes(path: str, text: str) -> list[str]:
    """One line for each, with the file's name and the line's number."""
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if _size(root, {}) > LARGEST:
            return [
                f"{path}: holds more than {LARGEST} values with its aliases (*name) written out"
            ]
        found = list(_of_tree(root))  # before values are made, which changes merged nodes
        if root is not None:
            loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        return [_explained(path, text, error)]
    except (yaml.YAMLError, ValueError) as error:  # a character, or a date or number that is none
        return [f"{path}: no YAML: {str(error).splitlines()[0]}"]
    except (KeyError, AttributeError, IndexError, TypeError):  # of what makes values of tags
        return [f"{path}: a value does not fit its tag, such as !!int: write it without the tag"]
    except RecursionError:
        return [f"{path}: a part of it stands in itself, or is nested too deeply"]
    if root is None:
        return [f"{path}: must be a mapping (key: value), and says nothing"]
    if not isinstance(root, MappingNode):
        return [f"{path}: must be a mapping (key: value), with a space behind each colon"]
    return [f"{path}, line {line}: {text}" for line, text in found]


def _of_tree(root: Node | None) -> Iterator[tuple[int, str]]:
    for place, node in _nodes(root, (), set()):
        yield from _of_node(place, node)


def _size(node: Node | None, known: dict[int, int]) -> int:
    """The number of values in a node with its aliases written out."""
    if id(node) not in known:
        known[id(node)] = 1 + sum(_size(child, known) for _, child in _children(node))
    return known[id(node)]


def _children(node: Node | None) -> list[tuple[str | int, Node]]:
    """Names or numbers of the parts of a node, and the parts."""
    if isinstance(node, MappingNode):
        return [(str(key.value), child) for key, child in node.value]
    return list(enumerate(node.value)) if isinstance(node, SequenceNode) else []


def _nodes(node: Node, place: tuple, seen: set[int]) -> Iterator[tuple[tuple, Node]]:
    """A node and all in it with their places, what several aliases stand for once."""
    if id(node) not in seen:
        seen.add(id(node))
        yield place, node
        for name, child in _children(node):
            yield from _nodes(child, (*place, name), seen)


def _of_node(place: tuple, node: Node) -> Iterator[tuple[int, str]]:
    if isinstance(node, MappingNode):
        yield from _repeated(place, node)
    elif isinstance(node, ScalarNode) and node.style is None and (reason := _misread(node)):
        yield node.start_mark.line + 1, f"{key_path(*place)}: is {node.value[:SHORT]}, {reason}"


def _repeated(place: tuple, node: MappingNode) -> Iterator[tuple[int, str]]:
    """Keys that a mapping has twice: the last would win without a word."""
    first: dict[str, int] = {}
    for key, _ in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in first:
            where = key_path(*place, name)
            yield line, f"{where} stands here a second time (first in line {first[name]})"
        first.setdefault(name, line)


def _misread(node: ScalarNode) -> str | None:
    """How YAML 1.1 reads a plain word otherwise than a reader does."""
    kind = node.tag.rpartition(":")[2]
    if kind == "timestamp":
        return "which YAML reads as a date: in quotes it is text"
    if kind not in ("int", "float") or DECIMAL.fullmatch(node.value):
        return None
    meant = f" as {yaml.safe_load(node.value)}" if len(node.value) < SHORT else " otherwise"
    return f"which YAML reads{meant}: write it as a decimal number, or in quotes as text"


def _explained(path: str, text: str, error: yaml.MarkedYAMLError) -> str:
    unended = error.context == "while scanning a simple key"
    mark = error.context_mark if unended else error.problem_mark
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    problem = f"{error.problem}"
    if "\t" in line:
        problem += "; there is a tab: indent with spaces"
    elif unended:
        problem += "; a key needs a colon and a space behind it"
    return f"{path}, line {mark.line + 1}: no YAML: {problem}. It reads: {line.strip()!r}"
