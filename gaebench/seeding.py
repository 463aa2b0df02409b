"""Randomness by label: each use draws from a stream of its own, so that none moves another."""

import hashlib

import torch


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
