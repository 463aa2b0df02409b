"""Adversarial auto-encoder (Makhzani et al. 2015, arXiv 1511.05644)."""

import math
from functools import cached_property
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from gaebench.errors import require
from gaebench.mathematics import gaussians
from gaebench.model import ImageSpec, Model, Stage
from gaebench.networks import blocks

LABEL = "AAE"
NOTE = ""


class AAE(Model):
    """An auto-encoder whose codes are driven to a Gaussian by a discriminator.

    Its codes are a function of the image, or draws from a Gaussian that the encoder gives (the
    paper's section 2.1, "Gaussian posterior").

    Parameters
    ----------
    spec, generator
        Image format; source of the initial weights.
    layers, hidden
        Hidden layers of encoder, decoder and discriminator, units in each.
    latent
        Dimensions of the code.
    prior_std
        Standard deviation of the Gaussian prior.
    stochastic
        Whether codes are drawn, z ~ N(mu(x), diag sigma(x)^2).
    reconstruction
        Its error: ``squared``, half the sum over pixels, or ``bernoulli``, the mean cross entropy
        of a pixel.
    dropout, adversarial_dropout
        Share of hidden units dropped in encoder and decoder, and in the discriminator.
    learning_rate
        Adam's, for the reconstruction.
    adversarial_rate, adversarial_beta1
        Adam's, for the discriminator and for the encoder against it.
    """

    def __init__(
        self,
        spec: ImageSpec,
        generator: torch.Generator,
        *,
        layers: int = 2,
        hidden: int = 1000,
        latent: int = 8,
        prior_std: float = 5.0,
        stochastic: bool = False,
        reconstruction: Literal["squared", "bernoulli"] = "squared",
        dropout: float = 0.0,
        adversarial_dropout: float = 0.0,
        learning_rate: float = 1e-3,
        adversarial_rate: float = 2e-4,
        adversarial_beta1: float = 0.5,
    ) -> None:
        super().__init__()
        require(0 < prior_std < math.inf, "prior_std", prior_std, "positive")
        require(adversarial_rate > 0, "adversarial_rate", adversarial_rate, "positive")
        choices = ("squared", "bernoulli")
        require(reconstruction in choices, "reconstruction", reconstruction, "squared or bernoulli")
        require(
            0 <= adversarial_dropout < 1, "adversarial_dropout", adversarial_dropout, "in [0, 1)"
        )
        require(0 <= adversarial_beta1 < 1, "adversarial_beta1", adversarial_beta1, "in [0, 1)")
        widths = blocks.hidden_sizes(layers, hidden)
        self.latent = latent
        self.prior_std = prior_std
        self.stochastic = stochastic
        self.squared = reconstruction == "squared"
        outputs = 2 * latent if stochastic else latent
        self.encoder = blocks.mlp([spec.pixels, *widths, outputs], generator, dropout=dropout)
        self.decoder = blocks.mlp([latent, *widths, spec.pixels], generator, dropout=dropout)
        self.discriminator = blocks.mlp(
            [latent, *widths, 1], generator, dropout=adversarial_dropout
        )
        self.adam = blocks.Adam(learning_rate)
        self.adversarial = blocks.Adam(adversarial_rate, adversarial_beta1)

    def start(self, train: Tensor) -> None:
        """Start the decoder at the mean training image."""
        blocks.set_output_bias(self.decoder, train)

    @cached_property
    def reconstruction_optimiser(self) -> torch.optim.Optimizer:
        """Adam over encoder and decoder."""
        return self.adam.over(self.encoder, self.decoder)

    @cached_property
    def discriminator_optimiser(self) -> torch.optim.Optimizer:
        """Adam over the discriminator."""
        return self.adversarial.over(self.discriminator)

    @cached_property
    def encoder_optimiser(self) -> torch.optim.Optimizer:
        """Adam over the encoder, against the discriminator."""
        return self.adversarial.over(self.encoder)

    def stages(self) -> list[Stage]:
        """A single stage, the paper's two phases in turn on every batch."""
        optimisers = [
            self.reconstruction_optimiser,
            self.discriminator_optimiser,
            self.encoder_optimiser,
        ]
        return [Stage("aae", self.step, optimisers)]

    def step(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Reconstruction phase, then regularisation phase; the reconstruction loss."""
        error = self._error(self.decoder(self._codes(x, generator)), x)
        reconstruction = blocks.descend(self.reconstruction_optimiser, error)
        codes = self._codes(x, generator)
        judged = torch.cat(
            [self._judge(self.draw_prior(len(x), generator)), self._judge(codes.detach())]
        )
        from_prior = torch.arange(2 * len(x), device=x.device) < len(x)
        loss = F.binary_cross_entropy_with_logits(judged, from_prior.to(judged))
        blocks.descend(self.discriminator_optimiser, loss)
        self.discriminator.requires_grad_(False)
        blocks.descend(self.encoder_optimiser, F.softplus(-self._judge(codes)).mean())
        self.discriminator.requires_grad_(True)
        return reconstruction

    def _codes(self, x: Tensor, generator: torch.Generator) -> Tensor:
        if not self.stochastic:
            return self.encoder(x)
        mean, log_variance = self.encoder(x).chunk(2, dim=-1)
        return gaussians.draw(mean, log_variance.clamp(-12, 6), generator)

    def _error(self, logits: Tensor, x: Tensor) -> Tensor:
        if self.squared:
            return 0.5 * (logits.sigmoid() - x).square().sum(1).mean()
        return F.binary_cross_entropy_with_logits(logits, x)

    def _judge(self, codes: Tensor) -> Tensor:
        return self.discriminator(codes / self.prior_std).squeeze(-1)

    def draw_prior(self, n: int, generator: torch.Generator) -> Tensor:
        """z ~ N(0, prior_std^2 I)."""
        z = torch.empty(n, self.latent, device=self.device)
        return z.normal_(std=self.prior_std, generator=generator)

    def logits(self, z: Tensor) -> Tensor:
        """Logits of the pixel means."""
        return self.decoder(z)
