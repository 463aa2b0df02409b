"""A mixture of products of Bernoulli pixels, fitted by EM: its likelihood is known exactly."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gaebench.errors import require
from gaebench.model import ImageSpec, Model, Stage

LABEL = "Bernoulli mixture"
NOTE = ""


class BernoulliMixture(Model):
    """P(x) = sum_k pi_k prod_d theta_kd^x_d (1 - theta_kd)^(1 - x_d), with z = k as the code.

    Fitted by EM on minibatches (Cappe & Moulines 2009, stepwise EM): the expected counts of the
    components and of their lit pixels move towards each batch's by a falling share
    ``(t + 2)^-decay``. Grey pixels count as probabilities of being lit.

    Parameters
    ----------
    spec, generator
        Image format; picks the images that the components start from.
    components
        The number of components, at most that of the training images.
    decay
        Between 0.5 and 1: how fast the share of a new batch falls.
    smoothing
        Pseudo-images per component, half of each pixel lit: no pixel has probability 0 or 1, and
        no component weight 0 (a Beta and a Dirichlet prior).
    """

    def __init__(
        self,
        spec: ImageSpec,
        generator: torch.Generator,
        *,
        components: int = 500,
        decay: float = 0.6,
        smoothing: float = 1.0,
    ) -> None:
        super().__init__()
        require(components >= 1, "components", components, "at least 1")
        require(0.5 < decay <= 1, "decay", decay, "above 0.5 and at most 1")
        require(smoothing > 0, "smoothing", smoothing, "positive")
        self.decay, self.smoothing = decay, smoothing
        self.picks = torch.rand(components, generator=generator)
        self.counts = nn.Parameter(torch.zeros(components), requires_grad=False)
        self.lit = nn.Parameter(torch.zeros(components, spec.pixels), requires_grad=False)
        self.steps = nn.Parameter(torch.zeros(()), requires_grad=False)
        self._table: Tensor | None = None

    def start(self, train: Tensor) -> None:
        """Start each component half way between a training image and their mean."""
        n, k = len(train), len(self.counts)
        require(k <= n, "components", k, f"at most the {n} training images")
        places = (self.picks * n).long().to(train.device)
        blends = 0.5 * (train[places] + train.mean(0))
        self.counts.fill_(n / k)
        self.lit.copy_(n / k * blends)
        self.images = n

    def train(self, mode: bool = True) -> "BernoulliMixture":
        """Switch between training and evaluation; the table of logits is made anew."""
        self._table = None
        return super().train(mode)

    def stages(self) -> list[Stage]:
        """A single stage, without an optimiser."""
        return [Stage("em", self.step, [])]

    def log_weights(self) -> Tensor:
        """log pi_k, shape (components,)."""
        return (self.counts + self.smoothing).log().log_softmax(0)

    def log_odds(self) -> Tensor:
        """Logits of theta_kd, shape (components, pixels)."""
        half = 0.5 * self.smoothing
        return (self.lit + half).log() - (self.counts.unsqueeze(1) - self.lit + half).log()

    def log_joint(self, x: Tensor) -> Tensor:
        """log P(x, k) in nats, shape (batch, components)."""
        log_odds = self.log_odds()
        offset = self.log_weights() - F.softplus(log_odds).sum(1)
        return torch.addmm(offset, x, log_odds.T)

    def log_marginal(self, x: Tensor) -> Tensor:
        """log P(x) in nats, exact for bits, shape (batch,)."""
        return self.log_joint(x).logsumexp(1)

    @torch.no_grad()
    def step(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """One step of EM on a batch; gives the mean of -log P(x) before it."""
        joint = self.log_joint(x)
        share = (self.steps + 2) ** -self.decay
        resp = joint.softmax(1) * (self.images / len(x))
        self.counts.lerp_(resp.sum(0), share)
        self.lit.lerp_(resp.T @ x, share)
        self.steps += 1
        self._table = None
        return -joint.logsumexp(1).mean()

    def bound(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """The log-likelihood itself."""
        return self.log_marginal(x)

    def draw_prior(self, n: int, generator: torch.Generator) -> Tensor:
        """n components k ~ pi, shape (n, 1), int64."""
        weights = self.log_weights().exp()
        return torch.multinomial(weights, n, True, generator=generator).unsqueeze(1)

    def logits(self, z: Tensor) -> Tensor:
        """Logits of theta_k, shape (n, pixels)."""
        if self._table is None or self._table.device != z.device:
            self._table = self.log_odds()
        return self._table.index_select(0, z.squeeze(1))
