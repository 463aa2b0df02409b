"""A bank of encodings that stand for a mixture's components outside the minibatch."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gaebench.errors import require
from gaebench.mathematics import gaussians
from gaebench.mathematics.logspace import log_sum_exp


def check_exemplars(exemplars: int | str) -> None:
    """Refuse what is neither ``batch`` nor ``all`` nor a number of exemplars."""
    require(
        exemplars in ("batch", "all") or (f"{exemplars}".isdecimal() and int(exemplars) >= 1),
        "exemplars",
        exemplars,
        "batch, all or a number of at least 1",
    )


class Bank:
    """Encodings N(mu_j, diag sigma_j^2) of n training images, kept without gradients.

    Parameters
    ----------
    n, latent
        Encodings, and their dimensions.
    drawn
        The number of them that a step looks at, with replacement; n or more for each of them once.
    """

    def __init__(self, n: int, latent: int, drawn: int, device: torch.device) -> None:
        self.drawn = drawn
        self.mean = torch.zeros(n, latent, device=device)
        self.log_variance = torch.zeros(n, latent, device=device)

    def renew(self, encode: Callable[[], tuple[Tensor, Tensor]]) -> None:
        """Take the encodings of all n images."""
        mean, log_variance = encode()
        self.mean.copy_(mean)
        self.log_variance.copy_(log_variance)

    def put(self, rows: Tensor, mean: Tensor, log_variance: Tensor) -> None:
        """Take the encodings of the images with these numbers, shape (batch,)."""
        self.mean.index_copy_(0, rows, mean.detach())
        self.log_variance.index_copy_(0, rows, log_variance.detach())

    def log_mass(self, z: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
        """log of an unbiased estimate of sum_j N(z; mu_j, sigma_j^2) over all j not in ``rows``.

        Of the numbers drawn those in ``rows`` are left out; the others are even draws from the
        rest, whose n - batch components they stand for. Shape (m,), for z of shape (m, latent).
        """
        n = len(self.mean)
        outside = torch.ones(n, dtype=torch.bool, device=z.device).index_fill_(0, rows, False)
        if self.drawn >= n:
            mean, log_variance, counts = self.mean, self.log_variance, outside
        else:
            drawn = torch.randint(n, (self.drawn,), generator=generator, device=z.device)
            mean = self.mean.index_select(0, drawn)
            log_variance = self.log_variance.index_select(0, drawn)
            counts = outside.index_select(0, drawn)
        terms = gaussians.MixtureTerms(mean, log_variance)(z).masked_fill(~counts, -math.inf)
        found = counts.sum()
        total = log_sum_exp(terms, -1) + ((n - len(rows)) / found).log()
        return total.masked_fill(found == 0, -math.inf)
