"""Images that somebody else's model made: read from files, checked, and fitted to a data set."""

from gaebench.foreign.images import Foreign, fitted, read

__all__ = ["Foreign", "fitted", "read"]
