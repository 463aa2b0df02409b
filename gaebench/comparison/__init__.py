"""Two tables of results beside each other: which numbers moved, by more than noise."""

from gaebench.comparison.frames import empty, read

__all__ = ["empty", "read"]
