"""What became of some attempts to do damage."""

import re
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


HEAD = ["| Damage | tried | survived | detected | silent |", "|:--|--:|--:|--:|--:|"]


def table(outcomes: Iterable[Outcome], earlier: str = "") -> str:
    """Counts by part, as Markdown, and a line for all that was silent or skipped.

    Parts of an earlier table that were not tried again stay as they are.
    """
    outcomes = list(outcomes)
    tried = {outcome.part for outcome in outcomes}
    kept = [line for line in earlier.splitlines() if _part(line) not in {None, *tried}]
    rows = [line for line in kept if line.startswith("|")]
    rows += [_row(part, outcomes) for part in tried]
    odd = [outcome for outcome in outcomes if outcome.result in (SILENT, SKIPPED)]
    told = [line for line in kept if line.startswith("-")]
    told += [" ".join(f"- {o.part}: {o.result}, {o.what}: {o.words}".split()) for o in odd]
    return "\n".join([*HEAD, *sorted(rows), *([""] if told else []), *told])


def _row(part: str, outcomes: Iterable[Outcome]) -> str:
    results = [outcome.result for outcome in outcomes if outcome.part == part]
    counts = [results.count(word) for word in (SURVIVED, DETECTED, SILENT)]
    return f"| {part} | {' | '.join(map(str, [sum(counts), *counts]))} |"


def _part(line: str) -> str | None:
    """The part that a line of a table is about."""
    if line in HEAD:
        return None
    found = re.match(r"\| (.*?) \| \d|- (.*?): (?:silent|skipped), ", line)
    return found and (found[1] or found[2])
