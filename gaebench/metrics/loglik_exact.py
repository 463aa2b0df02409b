"""The exact log-likelihood of a model that has one."""

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from gaebench.data import Dataset
from gaebench.errors import SettingsError, require
from gaebench.estimate import Estimate, mean_and_sem
from gaebench.mathematics.subset import evenly_spaced
from gaebench.model import Model

NEEDS = "model"
BINARY = True
ASKS = ("log_marginal",)
VERSION = 1
LABEL = "exact log-likelihood"
UNIT = "nats"
BETTER = "higher"
DECIMALS = 2
DETAILS = {"train": {"label": "exact log-likelihood, training images", "better": ""}}


@runtime_checkable
class Normalised(Protocol):
    """A model whose likelihood can be computed."""

    def log_marginal(self, x: Tensor) -> Tensor:
        """log P(x) in nats, shape (batch,)."""


@torch.no_grad()
def log_likelihoods(model: Normalised, images: Tensor, chunk: int = 1000) -> Tensor:
    """log P(x) in nats, shape (n,)."""
    return torch.cat([model.log_marginal(rows) for rows in images.split(chunk)]).double()


def evaluate(
    source: Model, data: Dataset, generator: torch.Generator, *, images: int = 2000
) -> Estimate:
    """Mean exact log-likelihood of the test images, in nats.

    Parameters
    ----------
    source
        A model with ``log_marginal``.
    data
        Binary images.
    images
        The number of test images, evenly spaced, as in ``loglik_prior``; the detail ``train`` is
        over as many training images.

    Raises
    ------
    SettingsError
        If the model has no exact likelihood, or the images are not binary.
    """
    require(images >= 2, "images", images, "at least 2")
    if not isinstance(source, Normalised):
        name = type(source).__name__
        raise SettingsError(f"{name} has no exact likelihood: loglik_exact needs a normalised one")
    if not data.binary:
        raise SettingsError("loglik_exact needs a binary data set, such as bimnist")
    test, train = (_mean(source, data, split, images) for split in ("test", "train"))
    seen = {"value": train.value, "sem": train.sem}
    return Estimate(test.value, test.sem, test.details | {"train": seen})


def _mean(model: Normalised, data: Dataset, split: str, count: int) -> Estimate:
    images = data.images(split)
    images = torch.from_numpy(images[evenly_spaced(len(images), count)]).to(model.device)
    return mean_and_sem(log_likelihoods(model, images).cpu().numpy(), images=len(images))
