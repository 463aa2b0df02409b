"""Importance-sampled log-likelihood with the encoder as proposal (Burda et al. 2016, section 5).

log P(x) ~ log (1/S) sum_s P(x|z_s) P(z_s) / q(z_s|x), z_s ~ q(z|x): a lower bound in expectation.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from gaebench.data import Dataset
from gaebench.errors import require
from gaebench.estimate import Estimate, check_possible, enough, warn_of_few
from gaebench.mathematics.importance import effective_draws, log_weights
from gaebench.mathematics.logspace import log_mean_exp
from gaebench.mathematics.subset import evenly_spaced
from gaebench.mathematics.two_phase import difference_error
from gaebench.model import Model, check_densities

NEEDS = "model"
ASKS = ("proposal", "log_prior", "log_likelihood")
VERSION = 1
LABEL = "importance-sampled log-likelihood"
UNIT = "nats"
BETTER = "higher"
DECIMALS = 2
DETAILS = {
    "effective_draws": {"label": "effective draws", "unit": "", "better": "", "decimals": 0},
    "train": {"label": "training images", "better": ""},
    "train_left_out": {"label": "training images, own component left out", "better": ""},
}

NAMES = {
    "test": "test images",
    "train": "training images",
    "train_left_out": "training images, own component left out",
}
BATCH = 100
"""Images whose few draws are made at a time: part of the algorithm, since the chunk is not."""


@dataclass(frozen=True)
class Plan:
    """How many images and draws.

    The images lie far apart in log-likelihood (a standard deviation of some 30 nats), their gains
    from more draws do not. So all of them get ``few`` draws, and an evenly spaced part of them all
    ``draws``; the mean gain of the part is added to the mean of all
    (:func:`~gaebench.mathematics.two_phase.difference_error`).
    """

    draws: int
    images: int
    few: int
    subset: int

    def __post_init__(self) -> None:
        require(self.images >= 2, "images", self.images, "at least 2")
        require(self.subset >= 2, "subset", self.subset, "at least 2")
        require(self.few >= 1, "few", self.few, "at least 1")
        require(self.draws >= self.few, "draws", self.draws, f"at least few = {self.few}")

    @property
    def sizes(self) -> list[int]:
        """The S of the curve: powers of ten from 10 up to ``draws``, and ``draws`` itself."""
        decades = [10**power for power in range(1, len(str(self.draws)))]
        return [size for size in decades if size < self.draws] + [self.draws]


@dataclass(frozen=True)
class Scores:
    """Log-likelihoods in nats under one prior.

    Attributes
    ----------
    few : ndarray, shape (images,)
        From a few draws.
    curves : ndarray, shape (subset, sizes)
        From more and more of all draws.
    gains : ndarray, shape (subset,)
        All draws' beyond the few draws'.
    effective : ndarray, shape (subset,)
        Effective sample size of all draws.
    """

    few: np.ndarray
    curves: np.ndarray
    gains: np.ndarray
    effective: np.ndarray

    def estimate(self, sizes: list[int]) -> Estimate:
        """The mean over images, its error, and what else there is to say."""
        n, m = len(self.few), len(self.gains)
        enough(n, 2, "images,", "loglik_is")
        deep = self.curves[:, -1] - self.gains
        means = self.few.mean() - deep.mean() + self.curves.mean(0)
        error = difference_error(self.few, deep, self.gains)
        details = {
            "curve": dict(zip(map(str, sizes), means.tolist(), strict=True)),
            "effective_draws": {
                "value": float(self.effective.mean()),
                "sem": float(self.effective.std() / math.sqrt(m)),
                "share": float(self.effective.mean() / sizes[-1]),
                "quantile_0.05": float(np.quantile(self.effective, 0.05)),
            },
        }
        return Estimate(float(means[-1]), error, details)


def scores(
    model: Model,
    images: np.ndarray,
    generator: torch.Generator,
    plan: Plan,
    *,
    own: bool = False,
    chunk: int = 1000,
) -> list[Scores]:
    """Log-likelihoods of an evenly spaced part of some images.

    Parameters
    ----------
    images : ndarray, shape (n, pixels)
    own
        Whether they are the training images: then a mixture prior comes also without each image's
        own component.
    chunk
        Codes that are decoded at a time; bounds the memory, not the result.

    Returns
    -------
    list of Scores
        One per prior, see :func:`gaebench.mathematics.importance.log_weights`.
    """
    places = torch.from_numpy(evenly_spaced(len(images), plan.images)).to(model.device)
    x = torch.from_numpy(images).to(model.device)[places]

    def weights(rows: torch.Tensor, draws: int) -> torch.Tensor:
        mine = places[rows] if own else None
        return log_weights(model, x[rows], draws, generator, mine, chunk)

    everyone = torch.arange(len(x), device=model.device)
    few = torch.cat([weights(rows, plan.few) for rows in everyone.split(BATCH)], dim=1)
    deep = evenly_spaced(len(x), plan.subset)
    curves, effective = [], []
    for place in deep:
        log_w = few[:, place]
        if more := plan.draws - plan.few:
            log_w = torch.cat([log_w, weights(everyone[place : place + 1], more)[:, 0]], dim=1)
        curves.append(torch.stack([log_mean_exp(log_w[:, :s], 1) for s in plan.sizes], dim=1))
        effective.append(effective_draws(log_w))
    first = log_mean_exp(few, 2).cpu().numpy()
    curve, ess = (torch.stack(parts, dim=1).cpu().numpy() for parts in (curves, effective))
    gains = curve[:, :, -1] - first[:, deep]
    return [Scores(*parts) for parts in zip(first, curve, gains, ess, strict=True)]


def evaluate(
    source: Model,
    data: Dataset,
    generator: torch.Generator,
    *,
    draws: int = 5000,
    images: int = 2000,
    few: int = 10,
    subset: int = 100,
) -> Estimate:
    """Mean importance-sampled log-likelihood of the test images, in nats.

    For GAE, P(z) is the exact mixture over all training images.

    Parameters
    ----------
    source
        A model with ``proposal``, ``log_prior`` and ``log_likelihood``.
    draws
        S.
    images
        The number of test images that the mean is over, evenly spaced, as in ``loglik_prior``.
    few, subset
        See :class:`Plan`: ``subset`` of the images have all S draws, the others ``few``.

    Returns
    -------
    Estimate
        The standard error is over images, of both phases. Details:

        - ``curve``: the mean against S, from 10 draws on, by S as text; the draws are nested.
        - ``effective_draws``: mean over images and its error, its share of S, and the 5 % quantile.
        - ``train``: value, error and the two details above for as many training images. A GAE's
          prior holds a component of each of them, which a test image does not have; so for GAE
          also ``train_left_out``, under the prior without the image's own component. The difference
          to the test images is the train-test gap.

    Raises
    ------
    SettingsError
        If the numbers do not fit, or the model has no encoder.
    PluginFault
        If the model's densities have other shapes than the contract says.
    Failed
        If an estimate is more than bits can have.

    Notes
    -----
    A warning is logged where all draws amount to hardly more than one: the estimate is then far
    below the log-likelihood, or a matter of chance.
    """
    plan = Plan(draws, images, few, subset)
    held_out = data.images("test")
    check_densities(source, torch.from_numpy(held_out[:2]).to(source.device))
    (test,) = scores(source, held_out, generator, plan)
    train = scores(source, data.images("train"), generator, plan, own=True)
    parts = zip(NAMES, (test, *train), strict=False)
    found = {name: part.estimate(plan.sizes) for name, part in parts}
    for name, estimate in found.items():
        what = f"loglik_is of {NAMES[name]}"
        check_possible(what, estimate, data.binary)
        warn_of_few(what, estimate.details["effective_draws"]["value"], draws)
    whole = found.pop("test")
    counts = {"draws": draws, "few": few, "images": len(test.few), "subset": len(test.gains)}
    seen = {
        name: {"value": estimate.value, "sem": estimate.sem} | estimate.details
        for name, estimate in found.items()
    }
    return Estimate(whole.value, whole.sem, whole.details | counts | seen)
