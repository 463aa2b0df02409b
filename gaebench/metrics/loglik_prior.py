"""The slides' S-sample log-likelihood: log P(x) ~ log (1/S) sum_s P(x|z_s), z_s ~ P(z).

A lower bound in expectation, loose by about max(0, KL(P(z|x) || P(z)) - ln S) nats.
"""

from collections.abc import Iterator
from itertools import pairwise, takewhile

import torch
import torch.nn.functional as F
from torch import Tensor

from gaebench import plugins
from gaebench.data import Dataset
from gaebench.errors import SettingsError, require
from gaebench.estimate import Estimate, mean_and_sem
from gaebench.mathematics.logspace import StreamingLogMeanExp
from gaebench.mathematics.subset import evenly_spaced
from gaebench.model import Model, given
from gaebench.seeding import stream

NEEDS = "model"
BINARY = True
VERSION = 1
LABEL = "S-sample log-likelihood"
UNIT = "nats"
BETTER = "higher"
DECIMALS = 2
DETAILS = {"curve": {"label": "S-sample log-likelihood by S"}}

BLOCK = 10_000
"""Draws of z taken from the generator at a time: part of the algorithm, since the chunk is not."""
PROBES = 8
"""Codes that a model's own likelihood is compared at."""
CLOSE = (1e-3, 0.1)
"""Relative and absolute difference (nats) that rounding may make."""


@torch.no_grad()
def estimates(
    model: Model, images: Tensor, generator: torch.Generator, sizes: list[int], chunk: int = 1000
) -> Iterator[Tensor]:
    """log (1/S) sum_s P(x_i|z_s) for Bernoulli pixels, for each S of several.

    The draws are nested: a larger S adds to those of a smaller one. log P(x|z) =
    x . l - sum softplus(l), with l the logits, is one matrix product per chunk. The pixels that are
    off in every image drop out of the product.

    Parameters
    ----------
    images : Tensor, shape (m, pixels)
        Bits.
    sizes
        The S, ascending.
    chunk
        Draws and images per matrix product; bounds the memory, not the result.

    Yields
    ------
    Tensor of float64, shape (m,)
        In nats.
    """
    (lit,) = torch.where(images.any(0))
    parts = images.index_select(1, lit).split(chunk)
    sums = [StreamingLogMeanExp(len(part), images.device) for part in parts]
    for z, size in _draws(model, generator, sizes, chunk):
        logits = given(model.logits, model.logits(z), (len(z), images.shape[1])).to(images.dtype)
        offset = -F.softplus(logits).sum(1)
        columns = logits.index_select(1, lit).T
        for part, total in zip(parts, sums, strict=True):
            total.add(torch.addmm(offset, part, columns))
        if size in sizes:
            yield torch.cat([total.result() for total in sums])


def _draws(
    model: Model, generator: torch.Generator, sizes: list[int], chunk: int
) -> Iterator[tuple[Tensor, int]]:
    """z ~ P(z) in pieces that end at every size, each with the number of draws up to its end."""
    draws = sizes[-1]
    for start in range(0, draws, BLOCK):
        count = min(BLOCK, draws - start)
        z = given(
            model.draw_prior, model.draw_prior(count, generator), (count, None), floating=False
        )
        stop = start + len(z)
        ends = {*range(start + chunk, stop, chunk), stop, *(s for s in sizes if start < s < stop)}
        for low, high in pairwise([start, *sorted(ends)]):
            yield z[low - start : high - start], high


@torch.no_grad()
def check_likelihood(model: Model, image: Tensor) -> None:
    """Raise a :class:`PluginFault` if P(x|z) is not that of Bernoulli pixels with the logits.

    Parameters
    ----------
    image : Tensor, shape (1, pixels)
        Bits.
    """
    if type(model).log_likelihood is Model.log_likelihood:
        return
    z = model.draw_prior(PROBES, stream(0, "codes to check", device=model.device))
    logits = model.logits(z)
    expected = (image * logits - F.softplus(logits)).sum(1)
    found = given(model.log_likelihood, model.log_likelihood(image, z), (PROBES,))
    if expected.isfinite().all() and not torch.allclose(found, expected.to(found), *CLOSE):
        apart = (found - expected).abs().max().item()
        raise plugins.fault(
            model.log_likelihood,
            f"must be that of bits with the pixel means of logits, and is {apart:.3g} nats off. "
            "loglik_prior takes no other",
        )


def log_likelihoods(
    model: Model, images: Tensor, generator: torch.Generator, draws: int, chunk: int = 1000
) -> Tensor:
    """:func:`estimates` for a single S, shape (m,)."""
    (values,) = estimates(model, images, generator, [draws], chunk)
    return values


def powers_of_ten(draws: int) -> list[int]:
    """100, 1000 and so on below ``draws``, then ``draws`` itself."""
    decades = (10**power for power in range(2, 20))
    return [*takewhile(lambda size: size < draws, decades), draws]


def evaluate(
    source: Model,
    data: Dataset,
    generator: torch.Generator,
    *,
    draws: int = 100_000,
    images: int = 10_000,
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
    images
        The number of test images, evenly spaced; all of them where there are no more.

    Returns
    -------
    Estimate
        Its detail ``curve`` has the mean at every power of ten from 100 and at S, by S as text.

    Raises
    ------
    SettingsError
        If the images are not binary, or there are fewer than two.
    PluginFault
        If the model has another ``log_likelihood`` than its logits say.
    """
    require(images >= 2, "images", images, "at least 2")
    require(draws >= 1, "draws", draws, "at least 1")
    test = torch.from_numpy(data.images("test"))
    test = test[evenly_spaced(len(test), images)].to(source.device)
    _check_bits(test)
    check_likelihood(source, test[:1])
    sizes = powers_of_ten(draws)
    found = list(estimates(source, test, generator, sizes))
    curve = {str(size): values.mean().item() for size, values in zip(sizes, found, strict=True)}
    return mean_and_sem(found[-1].cpu().numpy(), draws=draws, images=len(test), curve=curve)


def _check_bits(images: Tensor) -> None:
    if not ((images == 0) | (images == 1)).all():
        raise SettingsError("loglik_prior needs a binary data set, such as bimnist")


def validation_score(
    model: Model, valid: Tensor, generator: torch.Generator, draws: int = 200_000
) -> float:
    """The estimate's mean on validation images with fewer draws, in nats, for early stopping."""
    _check_bits(valid)
    return log_likelihoods(model, valid, generator, draws).mean().item()
