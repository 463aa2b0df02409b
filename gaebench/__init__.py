"""gaebench: a reproducible benchmark of the Generative Auto Encoder.

>>> import gaebench
>>> mnist = gaebench.load("mnist")
>>> model = gaebench.fit("gae", mnist, epochs=2)
>>> gaebench.score(model, mnist, metrics=["parzen"])  # or images of any origin

See :func:`gaebench.api.load`, :func:`gaebench.api.fit` and :func:`gaebench.api.score`.
"""

import importlib

__version__ = "0.1.0"
__all__ = ["fit", "load", "score"]


def __getattr__(name: str) -> object:
    """What is public, imported when it is first asked for: every job imports this file."""
    if name in __all__:
        return getattr(importlib.import_module("gaebench.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
