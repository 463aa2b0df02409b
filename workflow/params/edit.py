"""Setting one value in the text of params.yaml: comments and layout stay as they are."""

import yaml
from yaml import MappingNode, Node, ScalarNode

from gaebench.errors import SettingsError

from .schema import key_path

ORDER = ("family", "settings", "train", "per_dataset")
"""Where a new part of a model's entry goes among the others."""


def put(text: str, path: tuple[str, ...], value: bool | float | str) -> str:
    """The text with a value set at a path of keys; missing mappings are made.

    Raises
    ------
    SettingsError
        If something on the way is no mapping in block style, or the text has anchors.
    """
    if any(isinstance(token, yaml.AnchorToken) for token in yaml.scan(text)):
        raise SettingsError("params.yaml has anchors (&name): write out what *name stands for")
    text += "\n" * (not text.endswith("\n"))
    node = yaml.compose(text)
    for depth, name in enumerate(path):
        _check_block(node, path[:depth])
        child = dict(_children(node)).get(name)
        if child is None:
            return _insert(text, node, path[depth:], value)
        node = child
    if not isinstance(node, ScalarNode):
        raise SettingsError(f"params.yaml: {key_path(*path)} holds no single value")
    return _replace(text, node, value)


def scalar(value: bool | float | str) -> str:
    """A value as YAML writes it."""
    return yaml.safe_dump(value).splitlines()[0]


def _replace(text: str, node: ScalarNode, value: object) -> str:
    """Put a value in another's place; a comment behind it keeps its column if there is room."""
    start, end = node.start_mark.index, node.end_mark.index
    new, rest = scalar(value), text[end:]
    gap = len(rest) - len(rest.lstrip(" "))
    if rest.lstrip(" ").startswith("#"):
        width = max(end - start + gap, len(new) + 2)
        return text[:start] + new.ljust(width) + rest[gap:]
    return text[:start] + new + rest


def _insert(text: str, node: MappingNode, path: tuple[str, ...], value: object) -> str:
    """Add a key, with the mappings that lead on from it, to a mapping in block style."""
    first = node.value[0][0].start_mark
    before = [child for name, child in _children(node) if _rank(name) <= _rank(path[0])]
    index = _line_end(text, _last(before[-1])) if before else first.index - first.column
    *parents, last = path
    keys = [f"{name}:" for name in parents] + [f"{last}: {scalar(value)}"]
    lines = [" " * (first.column + 2 * depth) + key + "\n" for depth, key in enumerate(keys)]
    return text[:index] + "".join(lines) + text[index:]


def _children(node: MappingNode) -> list[tuple[str, Node]]:
    return [(key.value, child) for key, child in node.value]


def _rank(name: str) -> int:
    return ORDER.index(name) if name in ORDER else 0


def _last(node: Node) -> Node:
    """What a value ends with: a mapping in block style has its own end behind the comments."""
    while not isinstance(node, ScalarNode) and node.value and not node.flow_style:
        node = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
    return node


def _line_end(text: str, node: Node) -> int:
    return text.index("\n", node.end_mark.index) + 1


def _check_block(node: Node, path: tuple) -> None:
    if not isinstance(node, MappingNode) or node.flow_style or not node.value:
        raise SettingsError(
            f"params.yaml: {key_path(*path)} must be a mapping with one key a line, and not empty"
        )
