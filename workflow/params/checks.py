"""Are params.yaml and the plugins that it names in order? Asked before anything runs."""

from contextlib import nullcontext, suppress

from . import abilities, contracts, labels, paths, references, resolve, schema

HEAD = "params.yaml (or what is laid over it) is not in order:"

TRIPPED = (TypeError, ValueError, AttributeError, LookupError)
"""What looking up names may end with where the shape is broken, of which there is a line then."""


def problems(config: dict) -> list[str]:
    """A heading and one line per problem; empty if there is none."""
    if faults := contracts.problems():
        return faults
    found = [*schema.problems(config), *paths.problems(config)]
    broken = bool(found)
    for lines in references.problems(config):
        with suppress(*TRIPPED) if broken else nullcontext():
            found += lines
    if not found:
        resolved = resolve.resolved(config)
        found = [*labels.alike(resolved), *abilities.problems(resolved)]
    return [HEAD, *(f"  {line}" for line in dict.fromkeys(found))] if found else []
