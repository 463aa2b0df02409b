"""What else differs between two results: parameters, and code."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gaebench.comparison import git
from gaebench.comparison.sources import Source
from gaebench.project import workflow

CODE = ("gaebench", "workflow")
PARAMS, OVER = "params.yaml", "workflow/quick.yaml"


@dataclass(frozen=True)
class Context:
    """What moved beside the numbers; None where it is not known.

    Attributes
    ----------
    params : list of (path, before, after), or None
        Parameters that differ, with all shorthands followed where both files allow it.
    code : list of str, or None
        Files that differ, as git says it.
    """

    params: list[tuple[str, object, object]] | None
    code: list[str] | None


def context(before: Source, after: Source, root: Path, quick: bool) -> Context:
    """What differs between two sources.

    Parameters
    ----------
    root
        The project's folder.
    quick
        Whether the numbers are those of ``make quick``.
    """
    old, new = (_params(found, quick) for found in (before, after))
    code = None
    if before.commit and (after.commit or after.here):
        code = git.stat(root, before.commit, after.commit, CODE)
    elif before.here and after.commit:
        code = git.stat(root, after.commit, None, CODE)
    return Context(None if old is None or new is None else list(_differing(old, new)), code)


def _params(found: Source, quick: bool) -> dict | None:
    """Parameters, resolved if they can be; those of old forms as they stand."""
    texts = [found.text(name) for name in ((PARAMS, OVER) if quick else (PARAMS,))]
    if None in texts:
        return None
    config = workflow("reading").layered(texts)
    try:
        return workflow("resolve").resolved(config)
    except Exception:  # of another age: whatever it lacks, it is compared as it stands
        return config


def _differing(before: dict, after: dict) -> Iterator[tuple[str, object, object]]:
    """Entries that differ, by their path; None where there is none."""
    old, new = dict(_flat(before)), dict(_flat(after))
    for path in {**old, **new}:
        if old.get(path) != new.get(path):
            yield path, old.get(path), new.get(path)


def _flat(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(part, f"{path}.{key}".removeprefix("."))
    else:
        yield path, value
