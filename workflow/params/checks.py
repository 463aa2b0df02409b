"""Are params.yaml and the plugins that it names in order? Asked before anything runs."""

from params import contracts, references, schema

HEAD = "params.yaml (or what is laid over it) is not in order:"


def problems(config: dict) -> list[str]:
    """A heading and one line per problem; empty if there is none."""
    if faults := contracts.problems():
        return faults
    found = [*schema.problems(config), *references.problems(config)]
    return [HEAD, *(f"  {line}" for line in dict.fromkeys(found))] if found else []
