"""Paths in parameters: they stay inside the checkout, and are names of nothing else in it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PART = re.compile(r"\w[\w.-]*(?<!\.)")
"""A part of the path of results: no shell, Snakemake or file system takes it for something else."""
TAKEN = {
    *("gaebench", "workflow", "data", "docs", "tests", "benchmarks", "torture"),
    *("build", "dist", "con", "nul", "prn", "aux"),
}
"""Names at the top of a checkout, and those that some systems keep for themselves."""
INSIDE = {"runs", "logs", "checkpoints", "figures", "vector", "search"}
"""Names that a folder of results has in itself."""
LONGEST = 100
"""Characters; files in the folder have names of up to some hundred more."""


def problems(config: dict) -> Iterator[str]:
    """What is wrong with the folder of results, in a line."""
    results = config.get("results")
    if isinstance(results, str) and (reason := _of_results(results)):
        yield f"results: is {results!r}, {reason}"


def _of_results(text: str) -> str | None:
    """Why a text cannot be the folder of results."""
    parts = text.split("/")
    if len(text) > LONGEST or not all(PART.fullmatch(part) for part in parts):
        return (
            "must be made of letters, digits, - _ and /: a folder in this checkout, "
            f"no part of which begins with - or a dot, {LONGEST} characters at most"
        )
    if _plain(parts[0]) in TAKEN or any((ROOT / parts[0]).glob("*.py")):
        return f"but {parts[0]} is something else in this checkout; results/{parts[-1]} would do"
    if used := [part for part in parts[1:] if _plain(part) in INSIDE]:
        return f"but {used[0]} is what results have in themselves: choose another name"
    return _elsewhere(ROOT.joinpath(*parts))


def _elsewhere(path: Path) -> str | None:
    """Why a folder is not in the checkout, or not one."""
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(os.path.realpath(ROOT)):
        return f"but a link there leads out of this checkout, to {real}"
    files = [part for part in (path, *path.parents) if part.exists() and not part.is_dir()]
    return f"but {files[0].relative_to(ROOT)} is a file" if files else None


def of_a_file(text: str) -> str | None:
    """Why a text cannot be a user's file, which may lie anywhere."""
    if not text.strip() or text != text.strip() or not text.isprintable():
        return "must be a path without spaces around it and without line breaks"
    return (
        "must be a path without braces, which Snakemake fills in" if set(text) & set("{}") else None
    )


def _plain(name: str) -> str:
    """A name as a file system may read it that knows no capitals."""
    return name.casefold().partition(".")[0]
