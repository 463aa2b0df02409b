"""What callers give beside data, checked: names of random streams, and a model's mode."""

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral

from gaebench.errors import SettingsError, described
from gaebench.model import Model


def require_seed(seed: object) -> None:
    """Seeds are whole numbers, at least 0.

    Raises
    ------
    SettingsError
        If it is anything else.
    """
    if not isinstance(seed, Integral) or isinstance(seed, bool) or seed < 0:
        raise SettingsError(f"seed: is {seed!r}, must be a whole number, at least 0")


def require_name(name: object) -> None:
    """A name is a text.

    Raises
    ------
    SettingsError
        If it is anything else.
    """
    if not isinstance(name, str):
        raise SettingsError(f"name: is {described(name)}, must be text")


@contextmanager
def evaluated(model: Model | None) -> Iterator[None]:
    """A model without dropout and the like, as a restored one is, and then as it was."""
    if model is None:
        yield
        return
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        model.train(modes[model])
        for module, mode in modes.items():
            module.training = mode
