"""A small convolutional classifier, in whose feature space samples are compared with real images.

A Frechet distance or a nearest neighbour between raw pixels says little about what an image shows;
the field takes the features of a classifier instead (Heusel et al. 2017, arXiv 1706.08500: those of
Inception). ImageNet's do not fit digits, so this one is trained on the data set itself.
"""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import skip_init

from gaebench import runs
from gaebench.data import Dataset
from gaebench.errors import DataError, Diverged, require
from gaebench.features import Embedding
from gaebench.networks import blocks
from gaebench.seeding import stream

CHANNELS = 16
"""Of the first convolution; the second has twice as many."""
FEATURES = 64
"""Units of the layer below the logits: the dimensions of the feature space."""
DROPOUT = 0.25
"""Share of the inputs of that layer dropped in training."""
CHUNK = 1000


class Classifier(nn.Module):
    """Two convolutions, a layer of features and a linear layer for the logits.

    Parameters
    ----------
    shape : (height, width)
    classes
        Their number.
    generator
        Draws the initial weights.
    """

    def __init__(self, shape: tuple[int, int], classes: int, generator: torch.Generator) -> None:
        super().__init__()
        self.shape = tuple(shape)
        height, width = (math.ceil(side / 2) // 2 for side in self.shape)
        require(min(height, width) >= 1, "shape", self.shape, "at least (3, 3)")
        self.body = nn.Sequential(
            _convolution(1, CHANNELS, 5, 2, generator),
            nn.ReLU(inplace=True),
            _convolution(CHANNELS, 2 * CHANNELS, 3, 1, generator),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(DROPOUT),
            blocks.linear(2 * CHANNELS * height * width, FEATURES, generator, relu=True),
            nn.ReLU(inplace=True),
        )
        self.head = blocks.linear(FEATURES, classes, generator, relu=False)

    def features(self, images: Tensor) -> Tensor:
        """The activations below the logits, shape (n, FEATURES), of images (n, pixels)."""
        return self.body(images.view(-1, 1, *self.shape))

    def forward(self, images: Tensor) -> Tensor:
        """Logits of the classes, shape (n, classes)."""
        return self.head(self.features(images))


def _convolution(
    n_in: int, n_out: int, size: int, stride: int, generator: torch.Generator
) -> nn.Conv2d:
    layer = skip_init(nn.Conv2d, n_in, n_out, size, stride=stride, padding=size // 2)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
    nn.init.zeros_(layer.bias)
    return layer


def build(data: Dataset, generator: torch.Generator) -> Classifier:
    """An untrained classifier for a data set.

    Raises
    ------
    DataError
        If the data set has no labels.
    """
    if not len(data.train_labels):
        raise DataError("a classifier needs labels, and this data set has none")
    return Classifier(data.shape, int(data.train_labels.max()) + 1, generator)


def train(
    data: Dataset,
    *,
    seed: int,
    labels: tuple[str, ...],
    epochs: int = 6,
    batch: int = 100,
    learning_rate: float = 0.002,
    device: str = "cpu",
) -> Classifier:
    """Fit a classifier to the training images and their labels.

    Adam on the cross entropy; the learning rate falls to zero as a cosine. No image of another
    split is looked at.

    Parameters
    ----------
    seed, labels
        Name the random streams.
    epochs, batch
        Passes over the training images; images a step, a last incomplete batch being dropped.
    learning_rate
        The first one.

    Raises
    ------
    Diverged
        If the loss is not finite.
    """
    require(epochs >= 1, "epochs", epochs, "at least 1")
    require(1 <= batch <= len(data.train), "batch", batch, "between 1 and the training images")
    torch.manual_seed(stream(seed, "dropout", *labels).initial_seed())
    model = build(data, stream(seed, "init", *labels)).to(device)
    images = torch.from_numpy(data.images("train")).to(device)
    targets = torch.from_numpy(data.train_labels).to(device)
    optimiser = blocks.Adam(learning_rate).over(model)
    steps = epochs * (len(images) // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    generator = stream(seed, "train", *labels, device=device)
    for _ in range(epochs):
        batches = _batches(images, targets, batch, generator)
        losses = [_step(model, optimiser, schedule, *pair) for pair in batches]
        if not torch.stack(losses).isfinite().all():
            raise Diverged("the classifier's loss is not finite: lower its learning rate")
    return model.eval()


def _batches(
    images: Tensor, targets: Tensor, size: int, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Images and their targets in random order; a last incomplete batch is dropped."""
    order = torch.randperm(len(images), generator=generator, device=images.device)
    whole = len(images) - len(images) % size
    return ((images[rows], targets[rows]) for rows in order[:whole].split(size))


def _step(model: Classifier, optimiser, schedule, images: Tensor, targets: Tensor) -> Tensor:
    loss = blocks.descend(optimiser, F.cross_entropy(model(images), targets))
    schedule.step()
    return loss


def restore(path: str | Path, data: Dataset, device: str = "cpu") -> Classifier:
    """A trained classifier, its weights written by :func:`gaebench.runs.save`.

    Raises
    ------
    DataError
        If the file is missing, damaged, or belongs to another data set.
    """
    model = build(data, stream(0, "unused")).to(device)
    runs.load_weights(model, path, "classifier")
    return model.eval()


@torch.no_grad()
def embed(model: Classifier, images: np.ndarray) -> Embedding:
    """Features and most probable classes of images, float32 in [0, 1] of shape (n, pixels)."""
    device = next(model.parameters()).device
    parts = [model.features(rows.to(device)) for rows in torch.from_numpy(images).split(CHUNK)]
    features = torch.cat(parts)
    classes = model.head(features).argmax(1)
    return Embedding(features.cpu().numpy(), classes.cpu().numpy())
