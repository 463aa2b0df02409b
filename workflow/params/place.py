"""Where a checkout and its Python may lie: Snakemake gives a shell Python's path unquoted."""

from pathlib import Path

ANYWHERE = {"{": "a brace", "}": "a brace", ":": "a colon", "\n": "a line break"}
"""What no path may have: Snakemake fills braces in, and colons part search paths."""
PYTHON = ANYWHERE | {" ": "a space", "\t": "a tab"} | {char: char for char in "\"'`$&;|<>()*?[]\\"}
"""What Python's may not have either: a shell reads it as something else."""


def problem(checkout: Path, python: Path) -> str | None:
    """One line on why jobs cannot run from these places, or None.

    Parameters
    ----------
    checkout
        The folder of the checkout.
    python
        The interpreter that is to run the jobs.
    """
    inside = python.is_relative_to(checkout)
    if odd := _first(checkout, PYTHON if inside else ANYWHERE):
        return (
            f"the path of this checkout has {odd}, with which Snakemake cannot start jobs. "
            f"Move the checkout to a path without: {str(checkout)!r}"
        )
    if odd := _first(python, PYTHON):
        return (
            f"the path of Python has {odd}, with which Snakemake cannot start jobs. "
            f"Make an environment at a path without: {str(python)!r}"
        )
    return None


def _first(path: Path, odd: dict[str, str]) -> str | None:
    return next((odd[char] for char in str(path) if char in odd), None)
