"""Variational auto-encoder (Kingma & Welling 2014, arXiv 1312.6114)."""

from typing import Literal

import torch
from torch import Tensor

from gaebench.mathematics import gaussians
from gaebench.model import ImageSpec
from gaebench.networks.autoencoder import GaussianAutoEncoder

LABEL = "VAE"
NOTE = ""


class VAE(GaussianAutoEncoder):
    """Gaussian encoder, standard normal prior, MLP decoder.

    The parameters are those of :class:`gaebench.networks.autoencoder.GaussianAutoEncoder`.
    """

    def __init__(
        self,
        spec: ImageSpec,
        generator: torch.Generator,
        *,
        layers: int = 2,
        hidden: int = 500,
        latent: int = 20,
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
        )

    def objective(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """The evidence lower bound."""
        return self.bound(x, generator)

    def bound(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Evidence lower bound on log P(x) in nats, one draw of z, shape (batch,) (eq. 10)."""
        mean, log_variance = self.encoder(x)
        z = gaussians.draw(mean, log_variance, generator)
        return self.log_likelihood(x, z) - gaussians.kl_to_standard(mean, log_variance)

    def log_prior(self, z: Tensor) -> Tensor:
        """log N(z; 0, I)."""
        return gaussians.log_density(z, torch.zeros_like(z), torch.zeros_like(z))

    def draw_prior(self, n: int, generator: torch.Generator) -> Tensor:
        """z ~ N(0, I)."""
        return torch.empty(n, self.latent, device=self.device).normal_(generator=generator)
