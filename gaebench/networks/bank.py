"""A bank of encodings that stand for a mixture's components outside the minibatch."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gaebench.errors import require
from gaebench.mathematics.mixture_draw import mixture_draw


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

    def prior(
        self, z: Tensor, rows: Tensor, generator: torch.Generator, *, leave_one_out: bool
    ) -> tuple[Tensor, Tensor]:
        """log of an estimate of sum_j N(z_i; mu_j, sigma_j^2), and for each code one j drawn by it.

        The images with the numbers ``rows`` count once each. Of the numbers drawn those in ``rows``
        are left out; the others are even draws from the rest, whose n - batch components they
        stand for.

        Parameters
        ----------
        z
            Codes of the minibatch, shape (batch, latent); gradients reach them through the first
            result.
        rows
            Numbers of the minibatch's images, shape (batch,).
        leave_one_out
            Whether each code's own image is left out.

        Returns
        -------
        log_mass
            Shape (batch,), in nats. Its exponential is without bias where one of the numbers drawn
            lies outside of the minibatch, which counts alone where none does.
        numbers
            For each code an image's number, drawn by responsibility, shape (batch,).
        """
        others, log_weights = self._others(rows, generator)
        numbers = torch.cat([rows, others])
        own = torch.arange(len(z), device=z.device)
        found = mixture_draw(
            z.detach(),
            self.mean.index_select(0, numbers),
            self.log_variance.index_select(0, numbers),
            torch.cat([torch.zeros_like(rows, dtype=z.dtype), log_weights]),
            generator,
            left_out=own if leave_one_out else None,
        )
        moved = ((z - z.detach()) * found.gradient).sum(-1)  # 0, with the log density's gradient
        return found.log_density + moved, numbers.index_select(0, found.component)

    def _others(self, rows: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Numbers from outside of the minibatch, and how many each stands for, as a logarithm."""
        n, device = len(self.mean), rows.device
        outside = torch.ones(n, dtype=torch.bool, device=device).index_fill_(0, rows, False)
        if self.drawn >= n:
            numbers, counts = torch.arange(n, device=device), outside
        else:
            numbers = torch.randint(n, (self.drawn,), generator=generator, device=device)
            counts = outside.index_select(0, numbers)
        each = ((n - len(rows)) / counts.sum()).log()
        return numbers, torch.where(counts, each, -math.inf)
