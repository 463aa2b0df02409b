"""The Parzen estimate with one thing changed at a time: what a score depends on besides the model.

The protocol of :mod:`gaebench.metrics.parzen` is that of Goodfellow et al. 2014. Its changes are
ways in which a higher number may come about; some of them let test images leak into the score.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from gaebench import runs
from gaebench.data import Dataset
from gaebench.errors import require
from gaebench.estimate import Estimate, mean_and_sem
from gaebench.mathematics.subset import evenly_spaced
from gaebench.metrics import parzen
from gaebench.model import Model, generated

NEEDS = "model"
ASKS = ("proposal", "draw_posterior")
VERSION = 1
LABEL = "Parzen log-likelihood"
UNIT = "nats"
BETTER = "higher"
DECIMALS = 2
DETAILS = {
    "honest": {"label": "unchanged"},
    "last_validation": {"label": "bandwidth chosen on the last validation images"},
    "train_bandwidth": {"label": "bandwidth chosen on training images"},
    "test_bandwidth": {"label": "bandwidth chosen on the test images"},
    "train_scored": {"label": "training images scored"},
    "train_exemplars": {"label": "z drawn from P(z|y), y training images, each at most once"},
    "train_means": {"label": "z the mean of P(z|y), y training images"},
    "test_exemplars": {"label": "z drawn from P(z|y), y the test images"},
    "test_exemplars_bandwidth": {"label": "test images as exemplars, bandwidth chosen on them"},
    "test_means": {"label": "z the mean of P(z|y), y the test images"},
    "blurred_centres": {"label": "generated images blurred"},
    "blurred_images": {"label": "all images blurred, test images too"},
    "dequantised": {"label": "validation and test images dequantised"},
}


@dataclass(frozen=True)
class Protocol:
    """One Parzen estimate: its images as float32 in [0, 1], each of shape (n, pixels).

    Attributes
    ----------
    centres
        Generated images.
    choosing
        Images that choose the bandwidth.
    scored
        Images whose mean log density is the score.
    """

    centres: Tensor
    choosing: Tensor
    scored: Tensor

    def score(self, grid: dict) -> Estimate:
        """The estimate in nats with its ``bandwidth``."""
        bandwidth, _ = parzen.best_bandwidth(self.choosing, self.centres, **grid)
        values = parzen.log_densities(self.scored, self.centres, [bandwidth])[0]
        return mean_and_sem(values.cpu().numpy(), bandwidth=bandwidth)


class Exemplars:
    """Images decoded from the codes of given ones, y, in the place of a model's own exemplars.

    Parameters
    ----------
    model
        With an encoder.
    n
        Images to make: of each y the same number, or one less.
    """

    def __init__(self, model: Model, n: int, generator: torch.Generator) -> None:
        self.model, self.n, self.generator = model, n, generator

    def draws(self, images: Tensor) -> Tensor:
        """Pixel means of P(x|z) with z ~ P(z|y), shape (n, pixels)."""
        return self._decoded(self.model.draw_posterior(self._exemplars(images), self.generator))

    def means(self, images: Tensor) -> Tensor:
        """Pixel means of P(x|z) with z the mean of P(z|y), shape (n, pixels)."""
        return self._decoded(self.model.proposal(self._exemplars(images))[0])

    def _exemplars(self, images: Tensor) -> Tensor:
        """Each image once, in random order, and again from the start until there are n."""
        order = torch.randperm(len(images), generator=self.generator, device=images.device)
        return images[order.repeat(-(-self.n // len(images)))[: self.n]]

    def _decoded(self, z: Tensor, chunk: int = 1000) -> Tensor:
        return torch.cat([self.model.logits(rows).sigmoid() for rows in z.split(chunk)])


def blurred(images: Tensor, shape: tuple[int, int], std: float) -> Tensor:
    """Images under a Gaussian blur, black beyond their edges, shape (n, pixels).

    Parameters
    ----------
    images : Tensor, shape (n, height * width)
    std
        The blur's standard deviation, in pixels of the grid; cut off at three of them.
    """
    reach = max(1, round(3 * std))
    places = torch.arange(-reach, reach + 1, device=images.device, dtype=images.dtype)
    kernel = (-0.5 * (places / std).square()).exp()
    kernel /= kernel.sum()
    planes = images.view(-1, 1, *shape)
    rows = F.conv2d(planes, kernel.view(1, 1, -1, 1), padding=(reach, 0))
    return F.conv2d(rows, kernel.view(1, 1, 1, -1), padding=(0, reach)).flatten(1)


def dequantised(images: Tensor, generator: torch.Generator) -> Tensor:
    """Grey levels with uniform noise, (255 x + u) / 256 with u in [0, 1)."""
    noise = torch.rand(images.shape, generator=generator, device=images.device)
    return (255 * images + noise) / 256


@torch.no_grad()
def evaluate(
    source: Model,
    data: Dataset,
    generator: torch.Generator,
    *,
    samples: int = 10_000,
    validation: int = 1000,
    images: int = 10_000,
    low: float = 0.1,
    high: float = 0.4,
    count: int = 20,
    blur: float = 0.5,
) -> Estimate:
    """The Parzen estimate as it should be, and with one thing changed at a time.

    Parameters
    ----------
    source
        A model with an encoder.
    data
        Grey images of a single fold.
    samples
        Generated images.
    validation, low, high, count
        As those of :func:`gaebench.metrics.parzen.evaluate`.
    images
        Test images that are scored, evenly spaced; all of them where there are no more.
    blur
        Standard deviation of the Gaussian blur, in pixels of the grid.

    Returns
    -------
    Estimate
        The unchanged protocol's, in nats. Its details are by the name of the change ``value``,
        ``sem`` and ``bandwidth``; ``honest`` is the unchanged one. ``pixels`` is the number of
        pixels: images and centres scaled by a move every score by -pixels ln a.

    Raises
    ------
    SettingsError
        If the settings do not fit.
    Failed
        If the model makes no images.
    """
    parzen.check_grid(validation, low, high, count)
    require(samples >= 1, "samples", samples, "at least 1")
    require(images >= 2, "images", images, "at least 2")
    require(blur > 0, "blur", blur, "positive")
    train, valid, test = _splits(data, source.device)
    scored = test[evenly_spaced(len(test), images)]
    honest = Protocol(generated(source, samples, generator), valid[:validation], scored)
    runs.check_images(honest.centres, "the samples", data.pixels)
    changed = changes(honest, (train, valid, test), Exemplars(source, samples, generator))
    looks = smoothed(honest, data.shape, blur, generator)
    grid = {"low": low, "high": high, "count": count}
    scores = {name: protocol.score(grid) for name, protocol in {**changed, **looks}.items()}
    details = {
        name: {"value": score.value, "sem": score.sem} | score.details
        for name, score in scores.items()
    }
    return replace(scores["honest"], details=details | {"pixels": data.pixels})


def _splits(data: Dataset, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    require(not len(data.test_fold), "data", "folds", "of a single fold for parzen_protocols")
    train, valid, test = (
        torch.from_numpy(np.ascontiguousarray(data.images(split))).to(device)
        for split in ("train", "valid", "test")
    )
    return train, valid, test


def changes(
    honest: Protocol, splits: tuple[Tensor, Tensor, Tensor], decoded: Exemplars
) -> dict[str, Protocol]:
    """The protocol with other images in one place: for bandwidth, exemplars or score."""
    train, valid, test = splits
    number = len(honest.choosing)
    from_test = decoded.draws(test)
    seen = train[evenly_spaced(len(train), len(honest.scored))]
    return {
        "honest": honest,
        "last_validation": replace(honest, choosing=valid[-number:]),
        "train_bandwidth": replace(honest, choosing=train[:number]),
        "test_bandwidth": replace(honest, choosing=honest.scored),
        "train_exemplars": replace(honest, centres=decoded.draws(train)),
        "train_means": replace(honest, centres=decoded.means(train)),
        "test_exemplars": replace(honest, centres=from_test),
        "test_exemplars_bandwidth": replace(honest, centres=from_test, choosing=honest.scored),
        "test_means": replace(honest, centres=decoded.means(test)),
        "train_scored": replace(honest, scored=seen),
    }


def smoothed(
    honest: Protocol, shape: tuple[int, int], blur: float, generator: torch.Generator
) -> dict[str, Protocol]:
    """The protocol with blurred centres, with every image blurred, with dequantised images."""
    soft = {name: blurred(images, shape, blur) for name, images in vars(honest).items()}
    noisy = {name: dequantised(getattr(honest, name), generator) for name in ("choosing", "scored")}
    return {
        "blurred_centres": replace(honest, centres=soft["centres"]),
        "blurred_images": Protocol(**soft),
        "dequantised": replace(honest, **noisy),
    }
