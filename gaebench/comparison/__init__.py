"""Two tables of results beside each other: which numbers moved, by more than noise."""

from gaebench.comparison.changes import Change, changes
from gaebench.comparison.context import Context, context
from gaebench.comparison.sources import Pair, Source, pairs, source

__all__ = [
    "Change",
    "Context",
    "Pair",
    "Source",
    "changes",
    "context",
    "pairs",
    "source",
]
