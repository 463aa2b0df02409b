"""What every model is to the training loop and to the metrics."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gaebench.errors import SettingsError


@dataclass(frozen=True)
class ImageSpec:
    """What a model must know of its data: the number of pixels, and whether they are bits."""

    pixels: int
    binary: bool


@dataclass(frozen=True)
class Stage:
    """One run of the training loop. Most models have one; GMMN+AE trains two networks in turn.

    Attributes
    ----------
    name : str
        Shown in the log and in ``history.csv``.
    step : (batch, generator) -> Tensor
        One optimisation step on a batch of rows; gives the loss, detached.
    optimisers : list
        Their learning rates follow the loop's schedule.
    share : float
        Share of the epochs.
    rows : (train) -> Tensor
        What is trained on, made of the training images, shape (n, anything).
    score : (valid) -> float, optional
        The stage's own validation score in nats, higher is better; else the loop's.
    """

    name: str
    step: Callable[[Tensor, torch.Generator], Tensor]
    optimisers: list[torch.optim.Optimizer]
    share: float = 1.0
    rows: Callable[[Tensor], Tensor] = lambda train: train
    score: Callable[[Tensor], float] | None = None


class Model(nn.Module):
    """A generative model of images.

    Subclasses give :meth:`stages`, :meth:`draw_prior` and :meth:`logits`; those with a stochastic
    encoder and a likelihood also the methods below them.
    Their constructor takes ``(spec, generator, *, settings...)``; the settings' names and
    annotations are the schema of ``params.yaml``.
    What steps change lies in parameters, buffers and the stages' optimisers: a checkpoint holds
    nothing else. What is made of these, such as a cache, :meth:`train` drops.
    """

    def start(self, train: Tensor) -> None:
        """Look at the training images, shape (n, pixels), once before anything else."""

    def stages(self) -> list[Stage]:
        """The optimisation problems to solve, in order."""
        raise NotImplementedError

    def draw_prior(self, n: int, generator: torch.Generator) -> Tensor:
        """n draws z ~ P(z), shape (n, latent)."""
        raise NotImplementedError

    def logits(self, z: Tensor) -> Tensor:
        """Logits of the pixel means of P(x|z), shape (n, pixels)."""
        raise NotImplementedError

    def bound(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Lower bound on log P(x) in nats, shape (batch,)."""
        raise SettingsError(f"{type(self).__name__} has no lower bound on its likelihood")

    def proposal(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of a Gaussian that proposes z given x, each (batch, latent)."""
        raise SettingsError(f"{type(self).__name__} has no encoder to propose codes")

    def log_prior(self, z: Tensor) -> Tensor:
        """log P(z) in nats, shape (m,), for z of shape (m, latent)."""
        raise SettingsError(f"{type(self).__name__} has no density of its codes")

    def log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        """log P(x|z) in nats; ``x`` broadcasts against the rows of ``z``."""
        raise SettingsError(f"{type(self).__name__} has no likelihood")

    def draw_posterior(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """z ~ P(z|x), shape (batch, latent)."""
        raise SettingsError(f"{type(self).__name__} has no encoder to draw codes from")

    @property
    def device(self) -> torch.device:
        """Where the parameters are."""
        return next(self.parameters()).device

    @torch.no_grad()
    def sample(self, n: int, generator: torch.Generator, chunk: int = 1000) -> Tensor:
        """n generated images: pixel means in [0, 1], shape (n, pixels), without pixel noise."""
        z = self.draw_prior(n, generator)
        return torch.cat([self.logits(rows).sigmoid_() for rows in z.split(chunk)])
