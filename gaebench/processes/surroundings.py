"""What belongs to a whole process, and no plugin may change: streams of numbers, the folder."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch

from gaebench import plugins

DRAWS = (
    "must draw from the generators it is given, and drew from {} itself, which no seed fixes; "
    "gaebench.seeding.stream gives one where there is none"
)
MOVES = "must not leave the folder that Python runs in, and went to {}"


class Surroundings:
    """How a process was when this was made."""

    def __init__(self) -> None:
        self._streams, self._folder = _streams(), os.getcwd()

    def require(self, plugin: Callable, besides: str = "") -> None:
        """Look whether a plugin left all as it was; the folder is put back.

        Parameters
        ----------
        plugin
            A function or class, for the message.
        besides
            A library from whose stream it may draw.

        Raises
        ------
        PluginFault
            If it drew from a global stream, or changed the working directory.
        """
        if (folder := os.getcwd()) != self._folder:
            os.chdir(self._folder)
            raise plugins.fault(plugin, MOVES.format(folder))
        for name, state in _streams().items():
            if name != besides and state != self._streams[name]:
                raise plugins.fault(plugin, DRAWS.format(name))


@contextmanager
def undisturbed(plugin: Callable) -> Iterator[None]:
    """What a plugin draws, it draws from the generators that it is given, and it stays where it is.

    Raises
    ------
    PluginFault
        As :meth:`Surroundings.require`.
    """
    before = Surroundings()
    yield
    before.require(plugin)


def _streams() -> dict[str, object]:
    """Where the global streams of numbers stand, by library: they move as numbers are drawn."""
    _, keys, place, *rest = np.random.get_state()
    return {
        "numpy": (keys.tobytes(), place, *rest),
        "random": random.getstate(),
        "torch": torch.get_rng_state().numpy().tobytes(),
    }
