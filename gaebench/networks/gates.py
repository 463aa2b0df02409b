"""Gated layers, in the place of rectified ones."""

import math

import torch
from torch import Tensor, nn

from gaebench.networks.blocks import linear

PASSED = 0.2934
"""The mean of sigmoid(u)^2, u ~ N(0, 1): what a gate passes of the mean square of its value."""


class Gated(nn.Module):
    """(W x + b) sigmoid(V x + c), a gated linear unit (Dauphin et al. 2017, eq. 1).

    The layer of VampPrior's and Exemplar VAE's models (Tomczak and Welling 2018; Norouzi et al.
    2020). Its linear part keeps a deep network from collapsing where rectified layers do.

    Parameters
    ----------
    n_in, n_out
        Widths.
    generator
        Source of the weights: Xavier, zero bias. W is scaled up by what the gate takes away, so
        that a deep network's signal keeps its size, as He's scale does for rectified layers.
    """

    def __init__(self, n_in: int, n_out: int, generator: torch.Generator) -> None:
        super().__init__()
        self.value = linear(n_in, n_out, generator, relu=False)
        self.gate = linear(n_in, n_out, generator, relu=False)
        with torch.no_grad():
            self.value.weight /= math.sqrt(PASSED)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (..., n_in) -> (..., n_out)."""
        return self.value(x) * self.gate(x).sigmoid()


def gate(net: nn.Sequential, generator: torch.Generator) -> nn.Sequential:
    """A multilayer perceptron with each rectified layer replaced by a gated one of its widths.

    Dropout stays where it is, and so does the last layer, which is linear.
    """
    layers: list[nn.Module] = []
    for layer in net:
        if isinstance(layer, nn.ReLU):
            rectified = layers.pop()
            layer = Gated(rectified.in_features, rectified.out_features, generator)
        layers.append(layer)
    return nn.Sequential(*layers)
