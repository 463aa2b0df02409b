"""The recipes of CONTRIBUTING.md: for each kind of plugin, a file and an entry of params.yaml."""

import re
from pathlib import Path
from typing import NamedTuple

import yaml

PAGE = Path(__file__).parents[1] / "CONTRIBUTING.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


class Recipe(NamedTuple):
    """What one section says to write.

    Attributes
    ----------
    kind, name : str
        Of the plugin, as params.yaml has it.
    path : str
        Of the file.
    source : str
        Its content.
    entry : dict
        What is laid over params.yaml.
    """

    kind: str
    name: str
    path: str
    source: str
    entry: dict

    @property
    def entered(self) -> str:
        """The name of the entry."""
        (section,) = self.entry.values()
        (name,) = section
        return name


def read() -> dict[str, Recipe]:
    """The recipes by kind."""
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)
    blocks = [dict(BLOCK.findall(section)) for section in sections if "```python" in section]
    return {recipe.kind: recipe for recipe in map(_recipe, blocks)}


def _recipe(blocks: dict[str, str]) -> Recipe:
    first, _, source = blocks["python"].partition("\n")
    path = first.removeprefix("# ")
    _, kind, file = path.split("/")
    name = Path(file).stem
    dashed = name.replace("_", "-") if kind in ("controls", "tables") else name
    return Recipe(kind, dashed, path, source, yaml.safe_load(blocks["yaml"]))
