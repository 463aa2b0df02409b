"""Randomness by label: each use draws from a stream of its own, so that none moves another."""

import hashlib
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
"""What is said of a plugin that does not."""


def stream(seed: int, *labels: str, device: str | torch.device = "cpu") -> torch.Generator:
    """A generator for one labelled use of randomness.

    Parameters
    ----------
    seed
        The run's seed, as in ``params.yaml``.
    labels
        What the randomness is for, e.g. ``"train", "mnist", "gae-2"``.
    device
        Where the numbers will be drawn.
    """
    text = "/".join([str(seed), *labels])
    digest = hashlib.sha256(text.encode()).digest()
    return torch.Generator(device).manual_seed(int.from_bytes(digest[:8], "big") >> 1)


def drawn() -> dict[str, object]:
    """Where the global streams of numbers stand, by library: they move as numbers are drawn."""
    _, keys, place, *rest = np.random.get_state()
    return {
        "numpy": (keys.tobytes(), place, *rest),
        "random": random.getstate(),
        "torch": torch.get_rng_state().numpy().tobytes(),
    }


@contextmanager
def from_generators(plugin: Callable) -> Iterator[None]:
    """What a plugin draws, it draws from the generators that it is given.

    Parameters
    ----------
    plugin
        A function or class, for the message.

    Raises
    ------
    PluginFault
        If it drew from a global stream, which no seed of a run fixes.
    """
    before = drawn()
    yield
    for name, state in drawn().items():
        if state != before[name]:
            raise plugins.fault(plugin, DRAWS.format(name))
