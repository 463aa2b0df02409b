"""What is measured on: prepared images, and networks that were trained for a moment.

The time of an exponential depends on its argument, so the values must be like those of real runs.
"""

from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.measurement import count
from gaebench import data, plugins, training
from gaebench.errors import DataError
from gaebench.model import ImageSpec, Model
from gaebench.seeding import stream

ROOT = Path(__file__).parents[1]
BATCH = 250
SETTINGS = {"vae": {}, "gae": {"l1": 0.01, "l2": 0.01}}


@cache
def dataset(name: str) -> data.Dataset:
    """A prepared data set.

    Raises
    ------
    DataError
        If it was not prepared.
    """
    path = ROOT / "data" / "processed" / f"{name}.npz"
    if not path.is_file():
        raise DataError(
            f"{path.relative_to(ROOT)} is not there: make it first (`snakemake data`), "
            "so that downloads are not part of what is measured"
        )
    return data.load(path)


@cache
def images(name: str, split: str, share: float = 1.0) -> Tensor:
    """The first images of a split in [0, 1], float32, shape (n, pixels)."""
    every = dataset(name).images(split)
    return torch.from_numpy(every[: count(len(every), share)])


def untrained(family: str, name: str, rows: Tensor, *, layers: int = 2, latent: int = 10) -> Model:
    """A VAE or GAE with 500 units a layer that has seen its training images once."""
    whole = dataset(name)
    spec, generator = ImageSpec(whole.pixels, whole.binary), stream(0, "init")
    sizes = {"layers": layers, "hidden": 500, "latent": latent}
    model = plugins.model(family)(spec, generator, **sizes, **SETTINGS[family])
    model.start(rows)
    return model


def train(model: Model, rows: Tensor, epochs: int = 1) -> None:
    """gaebench's training loop with a score that costs nothing."""
    schedule = training.Schedule(epochs=epochs, batch=BATCH, patience=epochs, decay="none")
    training.fit(model, rows, rows[:1], stream(0, "train"), lambda model: 0.0, schedule)


@cache
def trained(family: str, name: str, share: float, latent: int = 10) -> Model:
    """A network with two hidden layers after two epochs."""
    rows = images(name, "train", share)
    model = untrained(family, name, rows, latent=latent)
    train(model, rows, epochs=2)
    return model
