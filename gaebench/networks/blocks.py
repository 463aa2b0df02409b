"""Multilayer perceptrons, their initialisation, and the two ways to score pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import skip_init

from gaebench.errors import require
from gaebench.mathematics import gaussians

GreyLikelihood = Literal["gaussian", "bernoulli"]


def linear(n_in: int, n_out: int, generator: torch.Generator, *, relu: bool) -> nn.Linear:
    """A linear layer: He initialisation before a ReLU, Xavier elsewhere, zero bias.

    PyTorch's default shrinks the signal of a deep ReLU network from layer to layer.
    """
    layer = skip_init(nn.Linear, n_in, n_out)
    if relu:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
    else:
        nn.init.xavier_normal_(layer.weight, generator=generator)
    nn.init.zeros_(layer.bias)
    return layer


def hidden_sizes(layers: int, hidden: int) -> list[int]:
    """The widths of ``layers`` hidden layers.

    Raises
    ------
    SettingsError
        If either is below 1.
    """
    require(layers >= 1, "layers", layers, "at least 1")
    require(hidden >= 1, "hidden", hidden, "at least 1")
    return [hidden] * layers


def mlp(sizes: Sequence[int], generator: torch.Generator, *, dropout: float = 0.0) -> nn.Sequential:
    """ReLU layers with the given sizes; the last layer is linear.

    Parameters
    ----------
    sizes
        Input, hidden and output widths.
    dropout
        Share of hidden units dropped in training.
    """
    require(min(sizes) >= 1, "every layer's size", list(sizes), "at least 1")
    require(0 <= dropout < 1, "dropout", dropout, "in [0, 1)")
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes[:-1]):
        layers += [linear(n_in, n_out, generator, relu=True), nn.ReLU(inplace=True)]
        layers += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*layers, linear(*sizes[-2:], generator, relu=False))


@dataclass(frozen=True)
class Adam:
    """Settings of fused Adam (Kingma & Ba 2015).

    Checked where a model is built; the optimiser itself is made where training starts, since a
    model that only draws samples would wait a second for it.
    """

    learning_rate: float
    beta1: float = 0.9

    def __post_init__(self) -> None:
        rate = self.learning_rate
        require(0 < self.learning_rate < math.inf, "learning_rate", rate, "positive")
        require(0 <= self.beta1 < 1, "beta1", self.beta1, "in [0, 1)")

    def over(self, *modules: nn.Module) -> torch.optim.Adam:
        """The optimiser of the modules' parameters."""
        parameters = [p for module in modules for p in module.parameters()]
        rate, on_cuda = _rate(self.learning_rate, parameters)
        betas = (self.beta1, 0.999)
        return torch.optim.Adam(parameters, lr=rate, betas=betas, fused=True, capturable=on_cuda)


@dataclass(frozen=True)
class Momentum:
    """Settings of stochastic gradient descent whose momentum grows evenly over the first epochs.

    Sutskever et al. 2013; v <- m v + gradient, weights <- weights - rate v.
    """

    learning_rate: float
    momentum: float
    final_momentum: float
    momentum_epochs: int

    def __post_init__(self) -> None:
        rate, first, last = self.learning_rate, self.momentum, self.final_momentum
        require(0 < self.learning_rate < math.inf, "learning_rate", rate, "positive")
        require(0 <= self.momentum < 1, "momentum", first, "in [0, 1)")
        require(0 <= self.final_momentum < 1, "final_momentum", last, "in [0, 1)")
        require(self.momentum_epochs >= 1, "momentum_epochs", self.momentum_epochs, "at least 1")

    def over(self, *modules: nn.Module) -> torch.optim.SGD:
        """The optimiser of the modules' parameters."""
        parameters = [p for module in modules for p in module.parameters()]
        rate, _ = _rate(self.learning_rate, parameters)
        return torch.optim.SGD(parameters, lr=rate, momentum=self.momentum, fused=True)

    def at(self, epoch: int) -> float:
        """The momentum in an epoch, counted from 0."""
        done = min(1.0, epoch / self.momentum_epochs)
        return self.momentum + (self.final_momentum - self.momentum) * done


def _rate(rate: float, parameters: list[nn.Parameter]) -> tuple[float | Tensor, bool]:
    """A rate that can change under a captured step: on CUDA, a number on the device."""
    device = parameters[0].device
    on_cuda = device.type == "cuda"
    return (torch.tensor(rate, device=device) if on_cuda else rate), on_cuda


class GaussianEncoder(nn.Module):
    """N(mu(x), diag sigma(x)^2), an MLP with one output for mu and one or more for log sigma^2.

    Parameters
    ----------
    sizes
        Pixel, hidden and latent counts.
    spreads
        The number of log sigma^2, of Gaussians that share their mean.
    """

    def __init__(
        self, sizes: Sequence[int], generator: torch.Generator, dropout: float, spreads: int = 1
    ) -> None:
        super().__init__()
        self.parts = 1 + spreads
        self.net = mlp([*sizes[:-1], self.parts * sizes[-1]], generator, dropout=dropout)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Mean and log variances, each of shape (batch, latent)."""
        mean, *log_variances = self.net(x).chunk(self.parts, dim=-1)
        return mean, *(log_variance.clamp(-12, 6) for log_variance in log_variances)


class PixelDecoder(nn.Module):
    """p(x|z) over pixels in [0, 1], an MLP whose logits give the pixel means by the sigmoid.

    Parameters
    ----------
    sizes
        Latent, hidden and pixel counts.
    binary
        Whether pixels are bits; those are Bernoulli.
    grey_likelihood
        Of grey pixels: ``gaussian`` with the fixed standard deviation ``pixel_std``, or
        ``bernoulli``, the cross entropy with grey values as probabilities (Kingma & Welling 2014).
    pixel_std
        In pixels of [0, 1].
    """

    def __init__(
        self,
        sizes: Sequence[int],
        generator: torch.Generator,
        *,
        binary: bool,
        grey_likelihood: GreyLikelihood,
        pixel_std: float,
        dropout: float,
    ) -> None:
        super().__init__()
        choices = get_args(GreyLikelihood)
        require(grey_likelihood in choices, "grey_likelihood", grey_likelihood, f"in {choices}")
        require(0 < pixel_std < math.inf, "pixel_std", pixel_std, "positive")
        self.net = mlp(sizes, generator, dropout=dropout)
        self.gaussian = not binary and grey_likelihood == "gaussian"
        self.pixel_std = pixel_std

    def start_from(self, train: Tensor) -> None:
        """Set the output bias to the logits of the mean training image."""
        set_output_bias(self.net, train)

    def forward(self, z: Tensor) -> Tensor:
        """Logits of the pixel means."""
        return self.net(z)

    def log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        """log p(x|z) in nats, summed over pixels; ``x`` broadcasts against the rows of ``z``."""
        logits = self.net(z)
        if self.gaussian:
            scaled = (x - logits.sigmoid()).square().sum(-1) / self.pixel_std**2
            norm = 2 * math.log(self.pixel_std) + gaussians.LOG_2PI
            return -0.5 * (scaled + x.shape[-1] * norm)
        x = x.expand_as(logits)
        return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)


def set_output_bias(net: nn.Sequential, train: Tensor) -> None:
    """Let an untrained network with sigmoid output start at the mean training image."""
    mean = train.mean(0).clamp(1e-3, 1 - 1e-3)
    with torch.no_grad():
        net[-1].bias.copy_(torch.logit(mean))


def spread_evenly(net: nn.Module, limit: float, generator: torch.Generator) -> None:
    """Draw the weights of a network's linear layers anew, uniform on [-limit, limit]."""
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            nn.init.uniform_(layer.weight, -limit, limit, generator=generator)


def descend(optimiser: torch.optim.Optimizer, loss: Tensor) -> Tensor:
    """One step down ``loss``; gives the loss back, detached and still on its device."""
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    return loss.detach()
