"""Cells, remarks and tables as Markdown."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tabulate import tabulate

from gaebench.report.cells import Mean
from gaebench.report.table import Look

FAILED = "failed"
SINGLE = "†"
"""Marks a number of one seed."""


class Text(NamedTuple):
    """What stands in one place, and the remarks on it.

    Attributes
    ----------
    text : str
    notes : tuple of str
    origin : (kind, citation)
        Of a published number: ``slide`` or ``paper``, and which; else of nothing.
    """

    text: str
    notes: tuple[str, ...] = ()
    origin: tuple[str, str] = ("", "")


BLANK, MISSING = Text(""), Text("n/a")


class Footnotes:
    """Remarks numbered in the order in which they are first referred to."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def numbers(self, place: Text) -> list[int]:
        """The numbers of the remarks on a text."""
        self.texts = list(dict.fromkeys([*self.texts, *place.notes]))
        return sorted({self.texts.index(note) + 1 for note in place.notes})

    def marked(self, place: Text) -> str:
        """A text with the reference to the remarks on it, if there are any."""
        numbers = self.numbers(place)
        return place.text + (f"<sup>[{','.join(map(str, numbers))}]</sup>" if numbers else "")

    def listing(self) -> str:
        """The remarks as a numbered Markdown list."""
        return "\n".join(f"{number}. {text}" for number, text in enumerate(self.texts, 1))


def plain(mean: Mean, decimals: int, marked: bool = True) -> str:
    """A cell with fixed decimals; marked, if wanted, where it is of one seed."""
    error = "" if mean.error is None else f" ± {mean.error:.{decimals}f}"
    return f"{mean.value:.{decimals}f}{error}" + SINGLE * (marked and mean.seeds == 1)


def bold(text: str) -> str:
    """A cell in bold, but for its mark."""
    return f"**{text.removesuffix(SINGLE)}**" + SINGLE * text.endswith(SINGLE)


def ranked(means: Mapping[str, Mean], look: Look) -> dict[str, str]:
    """Cells of several models, the best in bold if a way is better and there are several."""
    texts = {name: plain(mean, look.decimals) for name, mean in means.items()}
    if not look.merit or len(means) < 2:
        return texts
    best = max((mean.value for mean in means.values()), key=look.merit)
    equal = {name for name in means if _same(means[name].value, best, look.decimals)}
    return {name: bold(text) if name in equal else text for name, text in texts.items()}


def _same(value: float, other: float, decimals: int) -> bool:
    return f"{value:.{decimals}f}" == f"{other:.{decimals}f}"


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table of GitHub's Markdown, its headers first, its first column to the left."""
    # "pipe" is the GitHub format with the colons that align the numbers.
    align = ["left"] + ["right"] * (len(rows[0]) - 1)
    rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return tabulate(rows[1:], rows[0], tablefmt="pipe", colalign=align, disable_numparse=True)
