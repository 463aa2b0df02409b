"""Images that somebody else's model made: read from files, checked, and fitted to a data set."""

from gaebench.foreign.images import Foreign, drawn, fitted, read

__all__ = ["Foreign", "drawn", "fitted", "read"]
