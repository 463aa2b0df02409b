"""Images in the feature space of a classifier: those of a data set, and generated ones beside."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaebench import formats
from gaebench.data import SPLITS, Dataset
from gaebench.errors import DataError
from gaebench.files import whole
from gaebench.identity import record


@dataclass(frozen=True)
class Embedding:
    """Some images in the feature space.

    Attributes
    ----------
    features : ndarray of float32, shape (n, dimensions)
    classes : ndarray of int64, shape (n,)
        As classified.
    """

    features: np.ndarray
    classes: np.ndarray

    def __post_init__(self) -> None:
        shape = self.features.shape
        if len(shape) != 2 or 0 in shape:
            raise DataError(f"features must have the shape (n, dimensions), not {shape}")
        if not np.isfinite(self.features).all():
            raise DataError(
                "features that are not finite: the classifier's weights are damaged, or its "
                "training diverged. Delete classifier.pt and features.npz and run again: they are "
                "made anew."
            )


@dataclass(frozen=True)
class Embedded:
    """What a metric of generated images in feature space looks at.

    Attributes
    ----------
    samples : Embedding
        The generated images.
    real : {split: Embedding}
        The data set's, by the names of its splits.
    """

    samples: Embedding
    real: dict[str, Embedding]

    def __post_init__(self) -> None:
        widths = {part.features.shape[1] for part in (self.samples, *self.real.values())}
        if len(widths) > 1:
            raise DataError(
                f"features of {' and '.join(map(str, sorted(widths)))} dimensions do not compare"
            )


def accuracy(real: dict[str, Embedding], data: Dataset, split: str) -> float:
    """Share of a split's images that are classified as labelled."""
    return float((real[split].classes == getattr(data, f"{split}_labels")).mean())


def save(real: dict[str, Embedding], path: str | Path) -> None:
    """Write the embedding of a data set as ``.npz``: the same data give the same bytes."""
    arrays = {
        f"{split}_{name}": getattr(embedding, name)
        for split, embedding in real.items()
        for name in ("features", "classes")
    }
    with whole(path) as part, open(part, "wb") as file:
        np.savez(file, **arrays)


def load(path: str | Path) -> dict[str, Embedding]:
    """Read what :func:`save` wrote.

    Raises
    ------
    DataError
        If the file is missing or damaged, or another than its identity says.
    """
    record.refuse(path)
    try:
        names = [f"{split}_{part}" for split in SPLITS for part in ("features", "classes")]
        found = formats.read_npz(path, names)
        return {
            split: Embedding(found[f"{split}_features"], found[f"{split}_classes"])
            for split in SPLITS
        }
    except (DataError, TypeError) as error:
        raise DataError(
            f"{path} holds no features ({formats.reason(error)}). Delete it and run again: they "
            "are made anew."
        ) from error
