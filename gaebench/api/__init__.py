"""From Python: load a data set, score images or a model, fit a model.

Their names are also those of the package itself: ``gaebench.load``, ``gaebench.score``,
``gaebench.fit``.
"""

from gaebench.api.fitting import fit
from gaebench.api.loading import load
from gaebench.api.scoring import Scored, score, scored

__all__ = ["Scored", "fit", "load", "score", "scored"]
