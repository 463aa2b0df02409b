"""The order of the house: short functions, few modules at the root, imports that point one way."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "gaebench"
LONGEST = 45
"""Lines of a function's code: from ``def`` to its end, without decorators and docstring."""
MODULES = 12
"""At the root of the package, beside ``__init__.py`` and ``__main__.py``."""
ENTRANCES = ("__init__", "__main__")

ESTIMATES = ("datasets", "models", "metrics", "controls")
SHOWN = {"figures", "tables", "report", "claims"}


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def code_lines(function: ast.FunctionDef) -> int:
    """Its lines less those of its docstring."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    text = function.body[0]
    return lines - (text.end_lineno - text.lineno + 1)


def imported(file: Path) -> Iterator[str]:
    """Dotted names that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}, line {node.lineno}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_used(room: str) -> set[str]:
    """The other folders, and modules at the root, that a folder or such a module imports."""
    files = sources(PACKAGE / room) or [PACKAGE / f"{room}.py"]
    names = [name.split(".") for file in files for name in imported(file)]
    return {parts[1] for parts in names if parts[0] == PACKAGE.name} - {room, "__version__"}


def rooms() -> list[str]:
    modules = [path.stem for path in PACKAGE.glob("*.py") if path.stem not in ENTRANCES]
    return sorted(modules + [path.parent.name for path in PACKAGE.glob("*/__init__.py")])


@pytest.mark.parametrize("folder", ["gaebench", "workflow", "snakemake_logger_plugin_gaebench"])
def test_functions_are_short(folder: str):
    found = {
        f"{file.relative_to(ROOT)}: {node.name}": code_lines(node)
        for file in sources(ROOT / folder)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert found
    assert {name: lines for name, lines in found.items() if lines > LONGEST} == {}


def test_the_root_holds_what_every_reader_must_know():
    modules = [path.stem for path in PACKAGE.glob("*.py") if path.stem not in ENTRANCES]
    assert len(modules) <= MODULES, modules


def test_no_room_is_imported_by_what_it_imports():
    graph = {room: rooms_used(room) for room in rooms()}
    assert {"errors", "mathematics", "metrics", "report"} <= set(graph)
    TopologicalSorter(graph).prepare()  # raises CycleError, which shows the circle


def test_the_mathematics_stands_alone():
    assert rooms_used("mathematics") <= {"errors"}


@pytest.mark.parametrize("kind", ESTIMATES)
def test_what_is_estimated_does_not_depend_on_how_it_is_shown(kind: str):
    assert not rooms_used(kind) & SHOWN


def test_the_package_does_not_know_the_workflow():
    workflow = {"snakemake", "dvc", "yaml", "params"}
    for file in sources(PACKAGE):
        assert not {name.split(".")[0] for name in imported(file)} & workflow, file


def test_only_the_commands_rooms_ask_what_params_yaml_means():
    calls = {
        file.parent.name
        for file in sources(PACKAGE)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "workflow"
    }
    assert calls == {"project", "planning", "comparison", "api"}
