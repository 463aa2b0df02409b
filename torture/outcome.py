"""What became of some attempts to do damage."""

from collections.abc import Iterable
from dataclasses import dataclass

SURVIVED, DETECTED, SILENT, SKIPPED = "survived", "detected", "silent", "skipped"
"""The same bytes in the end; an error that says what is wrong; neither; not possible here."""


@dataclass(frozen=True)
class Outcome:
    """One attempt.

    Attributes
    ----------
    part, what : str
        Under which heading it stands; what was done.
    result : str
        One of the words above.
    words : str
        What was seen, where that is not plain.
    """

    part: str
    what: str
    result: str
    words: str = ""


def table(outcomes: Iterable[Outcome]) -> str:
    """Counts by part, as Markdown, and a line for all that was silent or skipped."""
    outcomes = list(outcomes)
    parts = dict.fromkeys(outcome.part for outcome in outcomes)
    lines = ["| Damage | tried | survived | detected | silent |", "|:--|--:|--:|--:|--:|"]
    for part in parts:
        results = [outcome.result for outcome in outcomes if outcome.part == part]
        counts = [results.count(word) for word in (SURVIVED, DETECTED, SILENT)]
        lines.append(f"| {part} | {' | '.join(map(str, [sum(counts), *counts]))} |")
    odd = [outcome for outcome in outcomes if outcome.result in (SILENT, SKIPPED)]
    told = [f"- {o.result}: {o.part}, {o.what}{o.words and ': '}{o.words}" for o in odd]
    return "\n".join([*lines, *([""] if told else []), *told])
