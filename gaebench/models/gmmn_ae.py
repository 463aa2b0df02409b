"""Generative moment matching network on auto-encoder codes (Li et al. 2015, arXiv 1502.02761)."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gaebench.errors import require
from gaebench.model import ImageSpec, Model, Stage
from gaebench.networks import blocks

LABEL = "GMMN+AE"
NOTE = ""
JOINED = "whole numbers above 0 joined by dashes"


class GmmnAe(Model):
    """GMMN+AE: an auto-encoder with dropout, then a network that generates its codes.

    Both networks are the paper's: the auto-encoder with sigmoid units everywhere, trained by cross
    entropy; the generator from a uniform prior on [-1, 1]^latent through four ReLU layers to a
    code by a sigmoid, trained by the square root of the biased MMD^2 between minibatches.

    Parameters
    ----------
    spec, generator
        Image format; source of the initial weights.
    layers, hidden, code
        Hidden layers of the encoder, and of the decoder; units of each, and of the code.
    latent
        Dimensions of the generator's prior.
    widths
        Hidden units of the generator, joined by dashes.
    bandwidth, scales
        The kernel between codes is the sum of exp(-d^2 / (2 s)) over s = bandwidth * scale; the
        scales are whole numbers joined by dashes.
    input_dropout, dropout
        Shares of the auto-encoder's inputs and hidden units dropped.
    autoencoder_share
        Share of the epochs that trains the auto-encoder.
    learning_rate
        Adam's, for both.
    """

    def __init__(
        self,
        spec: ImageSpec,
        generator: torch.Generator,
        *,
        layers: int = 1,
        hidden: int = 1024,
        code: int = 32,
        latent: int = 10,
        widths: str = "64-256-256-1024",
        bandwidth: float = 1.0,
        scales: str = "1",
        input_dropout: float = 0.2,
        dropout: float = 0.5,
        autoencoder_share: float = 0.3,
        learning_rate: float = 1e-3,
    ) -> None:
        super().__init__()
        require(layers >= 1, "layers", layers, "at least 1")
        require(hidden >= 1, "hidden", hidden, "at least 1")
        require(code >= 1, "code", code, "at least 1")
        require(latent >= 1, "latent", latent, "at least 1")
        require(bandwidth > 0, "bandwidth", bandwidth, "positive")
        require(0 <= input_dropout < 1, "input_dropout", input_dropout, "in [0, 1)")
        require(0 <= dropout < 1, "dropout", dropout, "in [0, 1)")
        require(0 < autoencoder_share < 1, "autoencoder_share", autoencoder_share, "in (0, 1)")
        require(all(p.isdecimal() and int(p) for p in widths.split("-")), "widths", widths, JOINED)
        require(all(p.isdecimal() and int(p) for p in scales.split("-")), "scales", scales, JOINED)
        self.latent = latent
        self.bandwidths = [bandwidth * int(scale) for scale in scales.split("-")]
        self.share = autoencoder_share
        sizes = [spec.pixels, *[hidden] * layers, code]
        dropouts = [input_dropout, *[dropout] * layers]
        self.encoder = _sigmoids(sizes, generator, dropouts)
        self.decoder = _sigmoids(sizes[::-1], generator)[:-1]
        hidden_widths = [int(width) for width in widths.split("-")]
        self.generator = blocks.mlp([latent, *hidden_widths, code], generator)
        self.adam = blocks.Adam(learning_rate)

    def start(self, train: Tensor) -> None:
        """Start the decoder at the mean training image."""
        blocks.set_output_bias(self.decoder, train)

    @cached_property
    def autoencoder_optimiser(self) -> torch.optim.Optimizer:
        """Adam over encoder and decoder."""
        return self.adam.over(self.encoder, self.decoder)

    @cached_property
    def generator_optimiser(self) -> torch.optim.Optimizer:
        """Adam over the generator."""
        return self.adam.over(self.generator)

    def stages(self) -> list[Stage]:
        """First the auto-encoder on images, then the generator on their codes."""
        return [
            Stage(
                "autoencoder",
                self.reconstruct_step,
                [self.autoencoder_optimiser],
                share=self.share,
                score=self.reconstruction_score,
            ),
            Stage(
                "gmmn",
                self.match_step,
                [self.generator_optimiser],
                share=1 - self.share,
                rows=self.codes,
            ),
        ]

    def _cross_entropy(self, x: Tensor) -> Tensor:
        logits = self.decoder(self.encoder(x))
        return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)

    def reconstruct_step(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """One step on the reconstruction's cross entropy."""
        return blocks.descend(self.autoencoder_optimiser, self._cross_entropy(x))

    @torch.no_grad()
    def reconstruction_score(self, valid: Tensor) -> float:
        """Minus the validation images' cross entropy in nats."""
        return -self._cross_entropy(valid).item()

    @torch.no_grad()
    def codes(self, images: Tensor) -> Tensor:
        """Codes of images without dropout, shape (n, code)."""
        training = self.training
        self.eval()
        codes = torch.cat([self.encoder(rows) for rows in images.split(1000)])
        self.train(training)
        return codes

    def match_step(self, codes: Tensor, generator: torch.Generator) -> Tensor:
        """One step on the root MMD between a batch of codes and as many generated ones."""
        generated = self.generator(self.draw_prior(len(codes), generator)).sigmoid()
        loss = squared_mmd(generated, codes, self.bandwidths).clamp_min(1e-12).sqrt()
        return blocks.descend(self.generator_optimiser, loss)

    def draw_prior(self, n: int, generator: torch.Generator) -> Tensor:
        """z uniform on [-1, 1]^latent."""
        return 2 * torch.rand(n, self.latent, generator=generator, device=self.device) - 1

    def logits(self, z: Tensor) -> Tensor:
        """Logits of the pixel means: the decoder after the generated code."""
        return self.decoder(self.generator(z).sigmoid())


def _sigmoids(
    sizes: Sequence[int], generator: torch.Generator, dropouts: Sequence[float] = ()
) -> nn.Sequential:
    """Layers of sigmoid units, each behind its dropout if there are any."""
    layers: list[nn.Module] = []
    for place, (n_in, n_out) in enumerate(pairwise(sizes)):
        layers += [nn.Dropout(dropouts[place])] if dropouts else []
        layers += [blocks.linear(n_in, n_out, generator, relu=False), nn.Sigmoid()]
    return nn.Sequential(*layers)


def squared_mmd(x: Tensor, y: Tensor, bandwidths: Sequence[float]) -> Tensor:
    """Biased squared maximum mean discrepancy (Li et al. 2015, eq. 3).

    Parameters
    ----------
    x, y : Tensor, shapes (n, d) and (m, d)
    bandwidths
        The kernel is the sum of exp(-d^2 / (2 s)) over these s.
    """

    def mean_kernel(a: Tensor, b: Tensor) -> Tensor:
        inner = torch.addmm(-0.5 * b.square().sum(1), a, b.T)
        exponent = inner - 0.5 * a.square().sum(1, keepdim=True)
        return sum(torch.exp(exponent / bandwidth).mean() for bandwidth in bandwidths)

    return mean_kernel(x, x) - 2 * mean_kernel(x, y) + mean_kernel(y, y)
