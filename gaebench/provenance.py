"""Which code a job runs: a hash for each module of this package that a script reaches by import.

Handed to Snakemake as a parameter of the job, it makes an edited module redo what imports it.
Comments, docstrings, layout and words for readers (labels, notes) do not count.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
UNCOUNTED = (
    "__version__",
    "CAPTION",
    "LABEL",
    "UNIT",
    "BETTER",
    "DECIMALS",
    "DETAILS",
    "NOTE",
    "ASKS",
    "BINARY",
    "REQUIRES",
)
"""What a plugin says of itself for readers, and before anything runs: it changes no number."""


def hashes(starts: Iterable[Path], root: Path = PACKAGE.parent) -> dict[str, str]:
    """Hash every file reached from ``starts`` by imports of the package.

    Parameters
    ----------
    starts
        Scripts, and modules that are imported by name while the job runs.
    root
        The folder that the package lies in; file names are given relative to it.

    Returns
    -------
    dict
        File name -> first 16 hexadecimal digits of the SHA-256 of its code, sorted by name.
    """
    root = root.resolve()
    return {path.relative_to(root).as_posix(): code_hash(path) for path in reached(starts, root)}


def reached(starts: Iterable[Path], root: Path = PACKAGE.parent) -> list[Path]:
    """The files themselves and every file of the package that they import, sorted."""
    found: set[Path] = set()
    queue = [Path(start).resolve() for start in starts]
    while queue:
        path = queue.pop()
        if path not in found:
            found.add(path)
            queue += imports(path, root.resolve())
    return sorted(found)


@cache
def code_hash(path: Path) -> str:
    """Hash of a file's code, less comments, docstrings and what `UNCOUNTED` names."""
    tree = _Bare().visit(_parse(path))
    return hashlib.sha256(_canonical(tree).encode()).hexdigest()[:16]


@cache
def imports(path: Path, root: Path) -> list[Path]:
    """Files of the package that one file imports, anywhere in it, at whatever depth."""
    home = _home(path, root)
    modules = {name for node in ast.walk(_parse(path)) for name in _modules(node, home)}
    return sorted({file for name in modules for file in _files(name, root)})


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), filename=str(path))


def _canonical(part: object) -> str:
    """A syntax tree as text that is the same for every Python, which `ast.unparse`'s is not.

    What is absent or empty is left out, since later versions know more fields.
    """
    if isinstance(part, list):
        return f"[{','.join(map(_canonical, part))}]"
    if not isinstance(part, ast.AST):
        return repr(part)
    fields = [
        f"{name}={_canonical(value)}"
        for name, value in ast.iter_fields(part)
        if value is not None and value != []
    ]
    return f"{type(part).__name__}({','.join(fields)})"


def _home(path: Path, root: Path) -> list[str]:
    """The package that a file lies in, as ``["gaebench", "models"]``."""
    return list(path.relative_to(root).parent.parts)


def _modules(node: ast.AST, home: list[str]) -> Iterator[str]:
    """Dotted names that a statement may import; some of them may be attributes of a module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = home[: len(home) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)


def _files(module: str, root: Path) -> Iterator[Path]:
    """The files that importing a dotted name runs: the packages above it and the module."""
    parts = module.split(".")
    if parts[0] != PACKAGE.name:
        return
    for depth in range(1, len(parts) + 1):
        stem = root.joinpath(*parts[:depth])
        candidates = (stem / "__init__.py", stem.with_suffix(".py"))
        yield from (file for file in candidates if file.is_file())


class _Bare(ast.NodeTransformer):
    """Drops docstrings, what is said for readers, and what only some versions of Python see."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Drop empty text within an f-string, which Python 3.12 has behind nested formats."""
        self.generic_visit(node)
        node.values = [part for part in node.values if getattr(part, "value", None) != ""]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Drop text that stands alone, which docstrings do."""
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        """Drop ``__version__ = ...`` and the like."""
        return None if ast.unparse(node.targets[0]) in UNCOUNTED else node
