"""Generative Auto Encoder (Kim, Kim, Hwang, talk slides of 5 July 2018)."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from gaebench.errors import require
from gaebench.mathematics import gaussians
from gaebench.mathematics.logspace import log_sum_exp
from gaebench.model import ImageSpec, Stage
from gaebench.networks import blocks
from gaebench.networks.autoencoder import GaussianAutoEncoder
from gaebench.networks.bank import Bank, check_exemplars

LABEL = "GAE"
NOTE = (
    "The slides print the regulariser as `+l1 sum_j mu_j^2` in a maximised objective, which would "
    "drive the means to infinity; built here with `-l1 sum_j mu_j^2`, the sign of the VAE's -KL."
)


class GAE(GaussianAutoEncoder):
    """An auto-encoder whose prior is the mixture of its own training encodings.

    ``P(z) = (1/n) sum_j P(z|x_j)`` with ``P(z|y) = N(mu(y), diag sigma(y)^2)``. The objective is
    ``sum_i log P(x_i) + sum_i R(x_i)``; exemplar y and code z are both latent. The slides leave the
    E step open. Here the encoder proposes z ~ P(z|x_i), and the sum over y is taken exactly over
    the images of the minibatch, which stand for all n:

        log P(x_i|z) + log P(z) - log q(z|x_i),   z ~ q(z|x_i) = P(z|x_i).

    With more ``exemplars`` the minibatch stands for itself alone, and others drawn anew each step
    for the rest: P(z) is then estimated without bias from the encodings in a bank. The bank is
    exact as an epoch begins and takes the encodings of each minibatch as it passes; what is
    approximated is that its other entries lag behind the weights by up to an epoch. They have no
    gradients themselves. By Fisher's identity the gradient of log P(z) in the exemplars is the
    mean of those of log P(z|y) over y ~ P(y|z): one such y is drawn for each code, encoded
    anew, and has its gradient. The bank's exemplars are without dropout. Validation and every
    metric use the exact mixture over all n.

    The regulariser is ``R(x) = -l1 sum mu^2 + l2 sum (1 + log sigma^2 - sigma^2)``. The slides
    print ``+l1``, which would drive the means of a maximised objective to infinity; the VAE's
    -KL, from which they motivate R, has the minus.

    Parameters
    ----------
    l1, l2
        Weights of the regulariser, not negative.
    leave_one_out
        Whether x_i is kept from using its own encoding as exemplar in training (Norouzi et al.
        2020, Exemplar VAE, eq. 8). Else it has its rightful weight 1/n, and the model can store
        each training image at a price of ln n nats.
    exemplars
        Training encodings that stand for the mixture in a step: ``batch``, those of the minibatch;
        a number of others, drawn from a bank, beside these; or ``all``.
    narrow_proposal
        Whether the E step's proposal has a variance of its own, from a further output of the
        encoder; else it is P(z|x_i), the prior's component.
    others
        See :class:`gaebench.networks.autoencoder.GaussianAutoEncoder`.
    """

    def __init__(
        self,
        spec: ImageSpec,
        generator: torch.Generator,
        *,
        layers: int = 2,
        hidden: int = 500,
        latent: int = 20,
        l1: float = 0.0,
        l2: float = 0.0,
        leave_one_out: bool = True,
        exemplars: int | str = "batch",
        narrow_proposal: bool = False,
        grey_likelihood: Literal["gaussian", "bernoulli"] = "gaussian",
        pixel_std: float = 0.4,
        dropout: float = 0.0,
        gated: bool = False,
        learning_rate: float = 1e-3,
    ) -> None:
        super().__init__(
            spec,
            generator,
            layers=layers,
            hidden=hidden,
            latent=latent,
            grey_likelihood=grey_likelihood,
            pixel_std=pixel_std,
            dropout=dropout,
            gated=gated,
            learning_rate=learning_rate,
            spreads=2 if narrow_proposal else 1,
        )
        require(l1 >= 0, "l1", l1, "0 or more")
        require(l2 >= 0, "l2", l2, "0 or more")
        check_exemplars(exemplars)
        self.l1, self.l2 = l1, l2
        self.leave_one_out = leave_one_out
        self.stand_ins = exemplars
        self.dropout = dropout
        self.train_images: Tensor | None = None
        self._bank: Bank | None = None
        self._exemplars: tuple[Tensor, Tensor] | None = None

    def start(self, train: Tensor) -> None:
        """Keep the training images, from which the prior is made; start at their mean."""
        super().start(train)
        self.train_images = train

    def stages(self) -> list[Stage]:
        """A single stage; with a bank, on the numbers of the training images."""
        (stage,) = super().stages()
        if self.stand_ins == "batch":
            return [stage]
        return [replace(stage, step=self.bank_step, rows=self.numbers, before_epoch=self.renew)]

    def numbers(self, train: Tensor) -> Tensor:
        """The training images' numbers, shape (n,)."""
        return torch.arange(len(train), device=train.device)

    def renew(self, epoch: int) -> None:
        """Encode all training images for the bank, before an epoch."""
        if self._bank is None:
            n = len(self.train_images)
            drawn = n if self.stand_ins == "all" else int(self.stand_ins)
            self._bank = Bank(n, self.latent, drawn, self.device)
        self.eval()
        self._bank.renew(self.exemplars)
        self.train()

    def bank_step(self, rows: Tensor, generator: torch.Generator) -> Tensor:
        """One Adam step on the images with these numbers, with the bank as further exemplars."""
        x = self.train_images.index_select(0, rows)
        prior = partial(self._bank_prior, rows=rows, generator=generator)
        return blocks.descend(self.optimiser, -self._objective(x, prior, generator).mean())

    def train(self, mode: bool = True) -> "GAE":
        """Switch between training and evaluation; the exemplars' encodings are made anew."""
        self._exemplars = None
        return super().train(mode)

    def objective(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """The class's objective with the minibatch as exemplars."""
        return self._objective(x, self._minibatch_prior, generator)

    def _objective(
        self, x: Tensor, prior: Callable[..., Tensor], generator: torch.Generator
    ) -> Tensor:
        mean, log_variance, *own = self.encoder(x)
        spread = own[0] if own else log_variance
        z = gaussians.draw(mean, spread, generator)
        return (
            self.log_likelihood(x, z)
            + prior(z, mean, log_variance)
            - gaussians.log_density(z, mean, spread)
            + self.regulariser(mean, log_variance)
        )

    def _minibatch_prior(self, z: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
        """log P(z_i) from the batch's b exemplars, shape (b,): unbiased weights for all n."""
        n, b = len(self.train_images), len(mean)
        pairs = gaussians.MixtureTerms(mean, log_variance)(z)
        own = torch.eye(b, dtype=torch.bool, device=z.device)
        if self.leave_one_out:
            return log_sum_exp(pairs.masked_fill(own, -math.inf), -1) - math.log(b - 1)
        others = math.log((n - 1) / n / (b - 1))
        log_weights = torch.where(own, -math.log(n), others).to(pairs)
        return log_sum_exp(pairs + log_weights, -1)

    def _bank_prior(
        self,
        z: Tensor,
        mean: Tensor,
        log_variance: Tensor,
        rows: Tensor,
        generator: torch.Generator,
    ) -> Tensor:
        """log P(z_i), shape (b,), of the bank; with gradients in z and in one exemplar each."""
        images = self.train_images
        if self.dropout:
            mean, log_variance = self._exemplar(images.index_select(0, rows))
        self._bank.put(rows, mean, log_variance)
        left_out = self.leave_one_out
        log_mass, numbers = self._bank.prior(z, rows, generator, leave_one_out=left_out)
        exemplar = self._exemplar(images.index_select(0, numbers))
        log_component = gaussians.log_density(z.detach(), *exemplar)
        surrogate = log_component - log_component.detach()  # 0, with the gradient in y
        return log_mass - math.log(len(images) - left_out) + surrogate

    def _exemplar(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """P(z|x) without dropout, as the bank has it; in training dropout moves codes alone."""
        training = self.encoder.training
        encoded = self.encoder.eval()(x)[:2]
        self.encoder.train(training)
        return encoded

    def regulariser(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """R(x), shape (batch,), with the sign that keeps it bounded above."""
        spread = 1 + log_variance - log_variance.exp()
        return -self.l1 * mean.square().sum(-1) + self.l2 * spread.sum(-1)

    @torch.no_grad()
    def exemplars(self) -> tuple[Tensor, Tensor]:
        """Mean and log variance of P(z|x_j) for all training images, each (n, latent)."""
        if self._exemplars is None:
            parts = [self.encoder(rows)[:2] for rows in self.train_images.split(1000)]
            means, log_variances = zip(*parts, strict=True)
            self._exemplars = torch.cat(means), torch.cat(log_variances)
        return self._exemplars

    @torch.no_grad()
    def bound(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Lower bound on log P(x) in nats, one draw of z ~ P(z|x), shape (batch,).

        The prior is the exact mixture over all training images.
        """
        proposal = self.proposal(x)
        z = gaussians.draw(*proposal, generator)
        return self.log_likelihood(x, z) + self.log_prior(z) - gaussians.log_density(z, *proposal)

    @torch.no_grad()
    def log_prior(self, z: Tensor) -> Tensor:
        """log P(z), exact: the mixture over all training images; without gradients."""
        return gaussians.log_mixture(z, *self.exemplars())

    def draw_prior(self, n: int, generator: torch.Generator) -> Tensor:
        """y from the empirical distribution of the training images, z from P(z|y)."""
        means, log_variances = self.exemplars()
        y = torch.randint(len(means), (n,), generator=generator, device=means.device)
        return gaussians.draw(means.index_select(0, y), log_variances.index_select(0, y), generator)
