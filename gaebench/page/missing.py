"""What a page lacks, and what keeps its numbers from being compared with others."""

from collections.abc import Collection, Iterable, Mapping

from gaebench.report.filled import Facts
from gaebench.report.names import Names

COMPARED_AT = 10_000
"""Generated images behind the published Parzen estimates."""


def budget(share: float, samples: int) -> list[str]:
    """Of trainings cut short, and of fewer images than others generate."""
    found = []
    if share < 1:
        found.append(
            f"A small budget, {share:.0%} of the epochs: this shows that everything works, and is "
            "no result."
        )
    if samples < COMPARED_AT:
        found.append(
            f"Parzen estimates are of {samples:,} generated images per run; published ones are of "
            f"{COMPARED_AT:,}, and others do not compare with them."
        )
    return found


def datasets(facts: Facts) -> list[str]:
    """Of data sets that could not be had."""
    return [
        f"{facts.names.dataset(name).text} is not here: {' '.join(reason.split())}"
        for name, reason in facts.unavailable.items()
    ]


def runs(failed: Iterable[tuple[tuple[str, str, int], str | None]], names: Names) -> list[str]:
    """Of runs that failed, each once.

    Parameters
    ----------
    failed
        Run and why it failed, None if it did not; a run may come several times.
    names
    """
    reasons = {run: why for run, why in failed if why}
    return [
        f"{names.model(model).text} on {names.dataset(dataset).text}, seed {seed}, failed: {why}"
        for (dataset, model, seed), why in reasons.items()
    ]


def figures(asked: Mapping[str, object], drawn: Collection[str]) -> list[str]:
    """Of figures whose data sets could not be had."""
    return [
        f"The figure {name} is left out: none of its data sets could be had."
        for name in asked
        if name not in drawn
    ]
