"""The slides' S-sample log-likelihood: log P(x) ~ log (1/S) sum_s P(x|z_s), z_s ~ P(z).

A lower bound in expectation, loose by about max(0, KL(P(z|x) || P(z)) - ln S) nats.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from gaebench.data import Dataset
from gaebench.errors import SettingsError, require
from gaebench.estimate import Estimate, mean_and_sem
from gaebench.logspace import StreamingLogMeanExp
from gaebench.model import Model

NEEDS = "model"

BLOCK = 10_000
"""Draws of z taken from the generator at a time: part of the algorithm, since the chunk is not."""


@torch.no_grad()
def log_likelihoods(
    model: Model, images: Tensor, generator: torch.Generator, draws: int, chunk: int = 1000
) -> Tensor:
    """log (1/S) sum_s P(x_i|z_s) for Bernoulli pixels.

    log P(x|z) = x . l - sum softplus(l), with l the logits, is one matrix product per chunk. The
    pixels that are off in every image drop out of the product.

    Parameters
    ----------
    images : Tensor, shape (m, pixels)
        Bits.
    draws
        S.
    chunk
        Draws and images per matrix product; bounds the memory, not the result.

    Returns
    -------
    Tensor of float64, shape (m,)
        In nats.
    """
    (lit,) = torch.where(images.any(0))
    parts = images.index_select(1, lit).split(chunk)
    sums = [StreamingLogMeanExp(len(part), images.device) for part in parts]
    for start in range(0, draws, BLOCK):
        z = model.draw_prior(min(BLOCK, draws - start), generator)
        for rows in z.split(chunk):
            logits = model.logits(rows)
            offset = -F.softplus(logits).sum(1)
            columns = logits.index_select(1, lit).T
            for part, total in zip(parts, sums, strict=True):
                total.add(torch.addmm(offset, part, columns))
    return torch.cat([total.result() for total in sums])


def evaluate(
    source: Model, data: Dataset, generator: torch.Generator, *, draws: int = 100_000
) -> Estimate:
    """Mean S-sample log-likelihood of the test images, in nats.

    The standard error is over test images; they share their draws of z, whose Monte Carlo error it
    does not hold.

    Parameters
    ----------
    source
        A model with ``draw_prior`` and ``logits``.
    data
        Binary images.
    draws
        S.

    Raises
    ------
    SettingsError
        If the images are not binary.
    """
    require(draws >= 1, "draws", draws, "at least 1")
    test = torch.from_numpy(data.images("test")).to(source.device)
    _check_bits(test)
    values = log_likelihoods(source, test, generator, draws)
    return mean_and_sem(values.cpu().numpy(), draws=draws)


def _check_bits(images: Tensor) -> None:
    if not ((images == 0) | (images == 1)).all():
        raise SettingsError("loglik_prior needs a binary data set, such as bimnist")


def validation_score(
    model: Model, valid: Tensor, generator: torch.Generator, draws: int = 20_000
) -> float:
    """The estimate's mean on validation images with fewer draws, in nats, for early stopping."""
    _check_bits(valid)
    return log_likelihoods(model, valid, generator, draws).mean().item()
