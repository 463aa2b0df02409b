"""Images that no model made, to be scored as if one had: what a metric gives for a known answer.

The file name is the registry: the control ``train-images`` is ``train_images.py``. Its function
``images(data, n, generator, *, settings...)`` makes at most n images of a data set.
"""

import ast
import importlib
from pathlib import Path
from types import ModuleType

from gaebench import plugins
from gaebench.errors import SettingsError

ROOT = Path(__file__).parent


def names() -> list[str]:
    """Names of the controls, sorted."""
    return sorted(path.stem.replace("_", "-") for path in ROOT.glob("*.py") if path.stem[0] != "_")


def source_path(name: str) -> Path:
    """The file that holds a control.

    Raises
    ------
    SettingsError
        If there is none of that name; the message lists those there are.
    """
    if name not in names():
        raise SettingsError(f"no {name!r} in gaebench/controls; there are: {', '.join(names())}")
    return ROOT / f"{name.replace('-', '_')}.py"


def settings(name: str) -> dict[str, plugins.Setting]:
    """What ``params.yaml`` may set: the keyword-only arguments of a control's ``images``."""
    body = ast.parse(source_path(name).read_text(encoding="utf-8")).body
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    return plugins.keyword_only(functions["images"])


def load(name: str) -> ModuleType:
    """The module of a control."""
    return importlib.import_module(f"gaebench.controls.{source_path(name).stem}")
