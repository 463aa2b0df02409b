"""Parameters of a source: where its files are not in order, that is said and nothing raised."""

from collections.abc import Iterator

from gaebench.comparison.sources import Source
from gaebench.errors import GaebenchError
from gaebench.project import workflow

PARAMS, OVER = "params.yaml", "workflow/quick.yaml"


class Unknown(Exception):
    """What cannot be said, and why."""


def differing(before: Source, after: Source, quick: bool) -> Iterator[tuple[str, object, object]]:
    """Parameters that differ, by their path; None where there is none.

    Parameters
    ----------
    quick
        Whether those of ``make quick`` are laid over them.

    Raises
    ------
    Unknown
        If a source has none, or they cannot be read.
    """
    old, new = (dict(_flat(_params(found, quick))) for found in (before, after))
    for path in {**old, **new}:
        pair = old.get(path), new.get(path)
        if pair[0] != pair[1] and repr(pair[0]) != repr(pair[1]):  # a NaN is not itself
            yield path, *pair


def _params(found: Source, quick: bool) -> dict:
    """Parameters, resolved if they can be; those of old forms as they stand."""
    try:
        texts = {name: found.content(name) for name in ((PARAMS, OVER) if quick else (PARAMS,))}
    except (GaebenchError, OSError) as error:
        raise Unknown(f"{found.name}: {error}") from error
    if missing := [name for name, text in texts.items() if text is None]:
        raise Unknown(f"{found.name} comes without {missing[0]}")
    config, mistakes = workflow("reading").parsed(texts)
    if mistakes:
        raise Unknown("\n".join(f"{found.name}: {line}" for line in mistakes))
    try:
        return workflow("resolve").resolved(config)
    except Exception:  # of another age: whatever it lacks, it is compared as it stands
        return config


def _flat(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(part, f"{path}.{key}".removeprefix("."))
    else:
        yield path, value
