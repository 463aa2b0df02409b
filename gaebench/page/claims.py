"""The claims, their tests and what came of them, as the page shows them."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from gaebench.claims import verdicts
from gaebench.claims.comparisons import Numbers
from gaebench.claims.verdicts import NOT_SUPPORTED, NOT_TESTABLE, SUPPORTED, Claim
from gaebench.page.text import anchor
from gaebench.report.tables import Asked

STATES = {SUPPORTED: "yes", NOT_SUPPORTED: "no", NOT_TESTABLE: "open"}


class Judged(NamedTuple):
    """A claim, its verdict and its comparisons.

    Attributes
    ----------
    number : int
    text, source, statistic : str
    state, verdict, reason : str
        ``yes``, ``no`` or ``open``; the verdict in words, and why.
    tested : bool
        Whether it counts in the correction of the p-values.
    comparisons : list of lists
        Comparison, data set, seeds, effect, p.
    evidence : list of pairs
        Link and text.
    """

    number: int
    text: str
    source: str
    statistic: str
    state: str
    verdict: str
    reason: str
    tested: bool
    comparisons: list[list[str]]
    evidence: list[tuple[str, str]]


def judged(
    claims: Sequence[Claim], numbers: Numbers, shown: Sequence[Asked], figures: Sequence[str]
) -> list[Judged]:
    """Every claim that the tables have something to say about, with its test.

    Parameters
    ----------
    claims, numbers, shown
        As `gaebench.claims.verdicts.render` takes them.
    figures
        The names of those that are on the page.
    """
    findings = verdicts.find(verdicts.asked(claims, numbers), numbers)
    pairs = zip(findings, verdicts.corrections(findings), strict=True)
    return [
        Judged(
            number,
            finding.claim.text,
            finding.claim.source,
            finding.claim.statistic,
            STATES[finding.verdict(corrected)],
            finding.verdict(corrected),
            finding.reason(corrected),
            corrected is not None,
            verdicts.comparisons(finding, numbers.names),
            _evidence(finding.claim, shown, figures),
        )
        for number, (finding, corrected) in enumerate(pairs, 1)
    ]


def introduction(found: Sequence[Judged]) -> str:
    """How the claims are tested."""
    return verdicts.introduction(sum(test.tested for test in found))


def summary(found: Sequence[Judged]) -> list[tuple[str, str, int]]:
    """State, verdict and how many claims have it."""
    counts = Counter(test.verdict for test in found)
    return [(state, verdict, counts[verdict]) for verdict, state in STATES.items()]


def _evidence(
    claim: Claim, shown: Sequence[Asked], figures: Sequence[str]
) -> list[tuple[str, str]]:
    titles = verdicts.tables_of(claim, shown)
    links = [(f"#{anchor('table', title)}", title) for title in titles]
    if claim.figure in figures:
        links.append((f"#{anchor('figure', claim.figure)}", "figure"))
    return links
