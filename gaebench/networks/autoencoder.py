"""The Gaussian encoder and pixel decoder that VAE and GAE have in common."""

from functools import cached_property

import torch
from torch import Tensor

from gaebench.mathematics import gaussians
from gaebench.model import ImageSpec, Model, Stage
from gaebench.networks import blocks
from gaebench.networks.gates import gate


class GaussianAutoEncoder(Model):
    """P(z|x) = N(mu(x), diag sigma(x)^2) and P(x|z), both MLPs, trained by Adam.

    Subclasses choose the prior of z: they give ``objective``, ``draw_prior`` and ``log_prior``.

    Parameters
    ----------
    spec, generator
        Image format; source of the initial weights.
    layers, hidden
        Hidden layers in encoder and decoder, units in each.
    latent
        Dimensions of z.
    grey_likelihood, pixel_std
        See :class:`gaebench.networks.blocks.PixelDecoder`.
    dropout
        Share of hidden units dropped in training, encoder and decoder.
    gated
        Whether hidden layers are gated (:class:`gaebench.networks.gates.Gated`), not rectified.
    learning_rate
        Adam's.
    spreads
        See :class:`gaebench.networks.blocks.GaussianEncoder`.
    """

    def __init__(
        self,
        spec: ImageSpec,
        generator: torch.Generator,
        *,
        layers: int,
        hidden: int,
        latent: int,
        grey_likelihood: blocks.GreyLikelihood,
        pixel_std: float,
        dropout: float,
        gated: bool,
        learning_rate: float,
        spreads: int = 1,
    ) -> None:
        super().__init__()
        widths = blocks.hidden_sizes(layers, hidden)
        self.latent = latent
        sizes = [spec.pixels, *widths, latent]
        self.encoder = blocks.GaussianEncoder(sizes, generator, dropout, spreads)
        self.decoder = blocks.PixelDecoder(
            [latent, *widths, spec.pixels],
            generator,
            binary=spec.binary,
            grey_likelihood=grey_likelihood,
            pixel_std=pixel_std,
            dropout=dropout,
        )
        if gated:
            for part in (self.encoder, self.decoder):
                part.net = gate(part.net, generator)
        self.adam = blocks.Adam(learning_rate)

    def start(self, train: Tensor) -> None:
        """Start the decoder at the mean training image."""
        self.decoder.start_from(train)

    @cached_property
    def optimiser(self) -> torch.optim.Optimizer:
        """Adam over all weights."""
        return self.adam.over(self)

    def stages(self) -> list[Stage]:
        """A single stage."""
        return [Stage(type(self).__name__.lower(), self.step, [self.optimiser])]

    def objective(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """What training maximises, in nats per image, shape (batch,)."""
        raise NotImplementedError

    def step(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """One Adam step on the negative objective of a minibatch."""
        return blocks.descend(self.optimiser, -self.objective(x, generator).mean())

    def draw_posterior(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """z ~ P(z|x), shape (batch, latent)."""
        mean, log_variance, *_ = self.encoder(x)
        return gaussians.draw(mean, log_variance, generator)

    def proposal(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of the Gaussian that proposes z given x, each (batch, latent)."""
        mean, *_, log_variance = self.encoder(x)
        return mean, log_variance

    def log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        """log P(x|z) in nats; ``x`` broadcasts against the rows of ``z``."""
        return self.decoder.log_likelihood(x, z)

    def logits(self, z: Tensor) -> Tensor:
        """Logits of the pixel means of P(x|z)."""
        return self.decoder(z)
