"""The claims of the slides and what the numbers say of them, as Markdown.

A claim holds if each of its comparisons does, so its p-value is the largest of theirs (Berger 1982,
intersection-union test). Over the claims that could be tested, p-values are corrected after Holm
(1979).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tabulate import tabulate

from gaebench.claims.comparisons import Comparison, Measured, Missing, Numbers, Unasked
from gaebench.report.names import Names
from gaebench.report.tables import Asked
from gaebench.report.typeset import SINGLE

ALPHA = 0.05
"""Level of the tests, of all claims together."""
SUPPORTED, NOT_SUPPORTED, NOT_TESTABLE = "supported", "not supported", "not testable here"
ONE_SEED = "one seed: no test"
SUMMARISED = ["", "claim", "verdict", "why", "weakest comparison", "evidence"]
COMPARED = ["comparison", "data set", "seeds", "effect", "p"]

INTRODUCTION = """\
Generated from `metrics.csv` by the rule `claims`: the claims of the talk slides, and below them \
some that are not in the slides. Each comparison is a one-sided t-test over seeds in the claim's \
direction, paired by seed. Seeds are few, so only effects much larger than their spread over seeds \
pass: with three seeds a test has two degrees of freedom. A claim holds if each of its comparisons \
does, so its p-value is the largest of theirs; Holm's correction is over the claims that could be \
tested ({tested}); the level is {alpha}. Spread over seeds is all that the tests see: an \
estimator's bias they do not. "Not supported" says that the numbers do not show it, not that it is \
false. With one seed there is no test, and the error, marked {mark}, is the metric's own. Claims \
about what no table here has are left out.
"""


@dataclass(frozen=True)
class Claim:
    """What is claimed.

    Attributes
    ----------
    text, source : str
        The claim, and where it is made.
    statistic : str
        What is compared.
    comparisons : tuple of Comparison
        Each must hold.
    figure : str, optional
        That shows it, by name.
    """

    text: str
    source: str
    statistic: str
    comparisons: tuple[Comparison, ...]
    figure: str | None = None


@dataclass(frozen=True)
class Finding:
    """A claim with its outcomes, one per comparison: measured, or why not."""

    claim: Claim
    outcomes: tuple[Measured | str, ...]

    @property
    def measured(self) -> list[Measured]:
        """The comparisons that there are numbers for."""
        return [outcome for outcome in self.outcomes if isinstance(outcome, Measured)]

    @property
    def obstacles(self) -> list[str]:
        """Why comparisons could not be tested, each reason once."""
        reasons = [
            outcome if isinstance(outcome, str) else ONE_SEED
            for outcome in self.outcomes
            if isinstance(outcome, str) or outcome.p is None
        ]
        return list(dict.fromkeys(reasons))

    @property
    def against(self) -> int:
        """The number of tested comparisons that point the other way."""
        return sum(found.p is not None and found.effect <= 0 for found in self.measured)

    @property
    def p(self) -> float | None:
        """The claim's p-value; None unless all of its comparisons were tested."""
        return None if self.obstacles else max(found.p for found in self.measured)

    def verdict(self, corrected: float | None) -> str:
        """One of the three, given the corrected p-value."""
        if self.against:
            return NOT_SUPPORTED
        if corrected is None:
            return NOT_TESTABLE
        return SUPPORTED if corrected < ALPHA else NOT_SUPPORTED

    def reason(self, corrected: float | None) -> str:
        """Why that is the verdict, in a few words."""
        if self.against:
            part = f"{self.against} of " if len(self.outcomes) > 1 else ""
            return f"{part}{_count(self.outcomes)} the other way"
        if corrected is None:
            first, *others = self.obstacles
            return first + (f" (and {len(others)} more like that)" if others else "")
        return f"{_count(self.outcomes)} its way, corrected p: {p_text(corrected)}"


def asked(claims: Sequence[Claim], numbers: Numbers) -> list[Claim]:
    """The claims that the tables have something to say about: one comparison at least."""
    return [
        claim for claim in claims if any(_is_asked(part, numbers) for part in claim.comparisons)
    ]


def _is_asked(comparison: Comparison, numbers: Numbers) -> bool:
    try:
        comparison.measure(numbers)
    except Missing as missing:
        return not isinstance(missing, Unasked)
    return True


def find(claims: Sequence[Claim], numbers: Numbers) -> list[Finding]:
    """Measure every comparison of every claim."""
    return [
        Finding(claim, tuple(_outcome(comparison, numbers) for comparison in claim.comparisons))
        for claim in claims
    ]


def _outcome(comparison: Comparison, numbers: Numbers) -> Measured | str:
    try:
        return comparison.measure(numbers)
    except Missing as missing:
        return str(missing)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected after Holm (1979), in their order."""
    corrected, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, (len(p_values) - rank) * p_values[place])
        corrected[place] = min(highest, 1.0)
    return corrected


def corrections(findings: Sequence[Finding]) -> list[float | None]:
    """The corrected p-value of each claim; None for those that could not be tested."""
    tested = iter(holm([finding.p for finding in findings if finding.p is not None]))
    return [None if finding.p is None else next(tested) for finding in findings]


def render(
    claims: Sequence[Claim],
    numbers: Numbers,
    shown: Sequence[Asked],
    figures: Collection[str],
) -> str:
    """All claims as Markdown: a summary, then every comparison.

    Parameters
    ----------
    claims
    numbers
        Ours.
    shown
        The tables, to link to.
    figures
        The names of the figures that there are, to link to as well.
    """
    findings = find(claims, numbers)
    corrected = corrections(findings)
    tested = sum(value is not None for value in corrected)
    rows = [
        _row(number, finding, value, evidence(finding.claim, shown, figures), numbers.names)
        for number, (finding, value) in enumerate(zip(findings, corrected, strict=True), 1)
    ]
    summary = _markdown(SUMMARISED, rows) if rows else "No claim is about what the tables have."
    sections = [
        _section(number, finding, numbers.names) for number, finding in enumerate(findings, 1)
    ]
    parts = ["# Claims", introduction(tested), summary, *sections]
    return "\n\n".join(parts) + "\n"


def introduction(tested: int) -> str:
    """How claims are tested, given the number of those that could be."""
    return INTRODUCTION.format(tested=tested, alpha=ALPHA, mark=SINGLE).strip()


def _row(
    number: int, finding: Finding, corrected: float | None, links: str, names: Names
) -> list[str]:
    return [
        str(number),
        finding.claim.text,
        f"**{finding.verdict(corrected)}**",
        finding.reason(corrected),
        _weakest(finding, names),
        links,
    ]


def _weakest(finding: Finding, names: Names) -> str:
    """The comparison with the largest p-value or, untested, the least effect."""
    found = [
        (outcome, comparison)
        for outcome, comparison in zip(finding.outcomes, finding.claim.comparisons, strict=True)
        if isinstance(outcome, Measured)
    ]
    if not found:
        return ""
    outcome, comparison = max(found, key=lambda pair: (pair[0].p or 0, -pair[0].effect))
    return f"{comparison.text(names)}: {effect_text(outcome)}, n = {outcome.seeds}"


def evidence(claim: Claim, shown: Sequence[Asked], figures: Collection[str]) -> str:
    """Links to the table that shows what the claim compares, and to its figure."""
    links = [f"[{title}](tables.md#{anchor(title)})" for title in tables_of(claim, shown)]
    if claim.figure in figures:
        links.append(f"[figure](figures/{claim.figure}.png)")
    return ", ".join(links)


def tables_of(claim: Claim, shown: Sequence[Asked]) -> list[str]:
    """The title of the first table with the claim's model, metric and data set, if there is one."""
    first = claim.comparisons[0]
    titles = [
        table.title
        for table, wanted in shown
        if first.metric in [entry.name for entry in table.entries]
        and first.model in wanted["models"]
        and wanted["seeds"].get(first.dataset)
    ]
    return titles[:1]


def anchor(title: str) -> str:
    """What GitHub makes of a heading for links to it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _section(number: int, finding: Finding, names: Names) -> str:
    claim = finding.claim
    body = _markdown(COMPARED, comparisons(finding, names))
    return f"## {number}. {claim.text}\n\n{claim.source}. {claim.statistic}\n\n{body}"


def comparisons(finding: Finding, names: Names) -> list[list[str]]:
    """The comparisons of a claim as rows of text, with the columns of `COMPARED`."""
    return [
        [comparison.text(names), names.dataset(comparison.dataset).text, *_cells(outcome)]
        for comparison, outcome in zip(finding.claim.comparisons, finding.outcomes, strict=True)
    ]


def _cells(outcome: Measured | str) -> list[str]:
    if isinstance(outcome, str):
        return ["0", outcome, ""]
    p = ONE_SEED if outcome.p is None else p_text(outcome.p)
    return [str(outcome.seeds), effect_text(outcome), p]


def effect_text(found: Measured) -> str:
    """Effect and error, positive in the claim's direction; marked if of one seed."""
    mark = SINGLE if found.p is None else ""
    return f"{found.effect:+.3f} ± {found.error:.3f}{mark}"


def p_text(p: float) -> str:
    """A p-value with four decimals."""
    return f"{p:.4f}" if p >= 0.0001 else "< 0.0001"


def _count(outcomes: Sequence) -> str:
    return "the only comparison" if len(outcomes) == 1 else f"{len(outcomes)} comparisons"


def _markdown(headers: list[str], rows: list[list[str]]) -> str:
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True)
