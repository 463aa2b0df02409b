"""Generative adversarial network (Goodfellow et al. 2014, arXiv 1406.2661)."""

import math
from functools import cached_property
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gaebench.errors import require
from gaebench.model import ImageSpec, Model, Stage
from gaebench.networks import blocks

LABEL = "GAN"
NOTE = ""


class Maxout(nn.Module):
    """The largest of ``pieces`` linear maps, per unit (Goodfellow et al. 2013)."""

    def __init__(self, n_in: int, units: int, pieces: int, generator: torch.Generator) -> None:
        super().__init__()
        self.linear = blocks.linear(n_in, units * pieces, generator, relu=False)
        self.pieces = pieces

    def forward(self, x: Tensor) -> Tensor:
        """Shape (batch, units)."""
        return self.linear(x).unflatten(-1, (-1, self.pieces)).amax(-1)


class GAN(Model):
    """The paper's MNIST networks: a ReLU generator against a maxout discriminator with dropout.

    The generator ascends log D(G(z)), as the paper advises (section 3).

    Parameters
    ----------
    spec, generator
        Image format; source of the initial weights.
    latent
        Dimensions of z, uniform on [-sqrt 3, sqrt 3].
    layers, hidden
        Hidden layers of the generator, units in each.
    units, pieces
        Of the discriminator's two maxout layers.
    input_dropout, dropout
        Shares of the discriminator's inputs and hidden units dropped.
    initial
        Of the weights: ``scaled`` by their number (He, Xavier), or ``uniform`` within 0.05 in the
        generator and 0.005 in the discriminator, as in the paper's code.
    optimiser
        ``adam``, or ``sgd`` with momentum, as in the paper's code.
    learning_rate
        For both networks.
    beta1
        Adam's.
    momentum, final_momentum, momentum_epochs
        Of ``sgd``: at first, at last, and the epochs on the way.
    average
        Decay of the running mean of the generator's weights that samples are drawn with;
        0 draws them with the last weights.
    """

    def __init__(
        self,
        spec: ImageSpec,
        generator: torch.Generator,
        *,
        latent: int = 100,
        layers: int = 2,
        hidden: int = 1200,
        units: int = 240,
        pieces: int = 5,
        input_dropout: float = 0.2,
        dropout: float = 0.5,
        initial: Literal["scaled", "uniform"] = "scaled",
        optimiser: Literal["adam", "sgd"] = "adam",
        learning_rate: float = 2e-4,
        beta1: float = 0.5,
        momentum: float = 0.5,
        final_momentum: float = 0.7,
        momentum_epochs: int = 250,
        average: float = 0.0,
    ) -> None:
        super().__init__()
        self.latent, self.average = latent, average
        require(units >= 1 and pieces >= 1, "units and pieces", (units, pieces), "at least 1")
        require(0 <= input_dropout < 1, "input_dropout", input_dropout, "in [0, 1)")
        require(0 <= dropout < 1, "dropout", dropout, "in [0, 1)")
        require(0 <= average < 1, "average", average, "in [0, 1)")
        require(initial in ("scaled", "uniform"), "initial", initial, "scaled or uniform")
        require(optimiser in ("adam", "sgd"), "optimiser", optimiser, "adam or sgd")
        sizes = [latent, *blocks.hidden_sizes(layers, hidden), spec.pixels]
        self.generator = blocks.mlp(sizes, generator)
        self.averaged = blocks.mlp(sizes, generator)
        self.discriminator = nn.Sequential(
            nn.Dropout(input_dropout),
            Maxout(spec.pixels, units, pieces, generator),
            nn.Dropout(dropout),
            Maxout(units, units, pieces, generator),
            nn.Dropout(dropout),
            blocks.linear(units, 1, generator, relu=False),
        )
        if initial == "uniform":
            blocks.spread_evenly(self.generator, 0.05, generator)
            blocks.spread_evenly(self.discriminator, 0.005, generator)
        self.momentum = blocks.Momentum(learning_rate, momentum, final_momentum, momentum_epochs)
        self.descent = self.momentum if optimiser == "sgd" else blocks.Adam(learning_rate, beta1)

    def start(self, train: Tensor) -> None:
        """Start the generator at the mean training image."""
        blocks.set_output_bias(self.generator, train)
        self.averaged.load_state_dict(self.generator.state_dict())

    @cached_property
    def generator_optimiser(self) -> torch.optim.Optimizer:
        """Over the generator's weights."""
        return self.descent.over(self.generator)

    @cached_property
    def discriminator_optimiser(self) -> torch.optim.Optimizer:
        """Over the discriminator's weights."""
        return self.descent.over(self.discriminator)

    def stages(self) -> list[Stage]:
        """A single stage, both networks in turn on every batch."""
        optimisers = [self.generator_optimiser, self.discriminator_optimiser]
        if self.descent is not self.momentum:
            return [Stage("gan", self.step, optimisers)]
        return [Stage("gan", self.step, optimisers, before_epoch=self.gather_momentum)]

    def gather_momentum(self, epoch: int) -> None:
        """Set both optimisers' momentum to that of an epoch."""
        for optimiser in (self.generator_optimiser, self.discriminator_optimiser):
            for group in optimiser.param_groups:
                group["momentum"] = self.momentum.at(epoch)

    def step(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """One step of both networks; the sum of their losses.

        Both gradients are those before either step, of the same images and dropout, as in the
        paper's code: a discriminator that steps first has seen what it then judges, and wins.
        """
        judged = self._discriminate(torch.cat([x, self._generate(len(x), generator)]))
        real, fake = judged.split(len(x))
        d_loss = (F.softplus(-real).mean() + F.softplus(fake).mean()) / 2
        g_loss = F.softplus(-fake).mean()
        self._take_gradients(self.discriminator, d_loss, retain_graph=True)
        self._take_gradients(self.generator, g_loss)
        self.discriminator_optimiser.step()
        self.generator_optimiser.step()
        self._follow()
        return (d_loss + g_loss).detach()

    @staticmethod
    def _take_gradients(net: nn.Module, loss: Tensor, *, retain_graph: bool = False) -> None:
        """Set the gradients of one network's weights, and of no other's."""
        weights = list(net.parameters())
        gradients = torch.autograd.grad(loss, weights, retain_graph=retain_graph)
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.grad = gradient

    def _generate(self, n: int, generator: torch.Generator) -> Tensor:
        return self.generator(self.draw_prior(n, generator)).sigmoid()

    def _discriminate(self, x: Tensor) -> Tensor:
        return self.discriminator(x).squeeze(-1)

    @torch.no_grad()
    def _follow(self) -> None:
        pairs = zip(self.averaged.parameters(), self.generator.parameters(), strict=True)
        for mean, weight in pairs:
            mean.lerp_(weight, 1 - self.average)

    def draw_prior(self, n: int, generator: torch.Generator) -> Tensor:
        """z uniform on [-sqrt 3, sqrt 3]^latent, of unit variance."""
        unit = torch.rand(n, self.latent, generator=generator, device=self.device)
        return (2 * unit - 1) * math.sqrt(3)

    def logits(self, z: Tensor) -> Tensor:
        """Logits of the pixel means of the averaged generator."""
        return self.averaged(z)
