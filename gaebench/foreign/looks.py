"""What makes images doubtful though they can be scored: posture, repeats, copies of real ones."""

from collections.abc import Callable
from itertools import product

import numpy as np

from gaebench.data import Dataset
from gaebench.mathematics.equality import distinct, shared
from gaebench.metrics.parzen import ALIKE

MARGIN = 0.5
"""Another posture is said where its mean image is nearer to the data's by this factor."""
SHARE = 0.001
"""Of the images: so many repeats are chance, in a data set of bits or of simple shapes."""
FEW = 100
"""Images whose mean says nothing of how they lie."""

COPIED = {
    "train": "training images: a model that copies scores as they do",
    "valid": "validation images, which choose the bandwidth of a Parzen score",
    "test": "test images, which scores are made on: they are no score of a model",
}

Turn = Callable[[np.ndarray], np.ndarray]
TURNS: dict[str, Turn] = {
    "": lambda image: image,
    "transposed, rows for columns": lambda image: image.T,
    "mirrored, left for right": np.fliplr,
    "upside down": np.flipud,
    "turned by half a turn": lambda image: np.rot90(image, 2),
    "turned by a quarter to the left": lambda image: np.rot90(image, 1),
    "turned by a quarter to the right": lambda image: np.rot90(image, 3),
    "transposed about the other diagonal": lambda image: np.rot90(image, 2).T,
}
"""What the images look like, and what was done to make them so."""


def remarks(images: np.ndarray, data: Dataset) -> list[str]:
    """What is odd about images beside a data set, one line each.

    Parameters
    ----------
    images : ndarray of float32, shape (n, pixels)
        Pixels in [0, 1].
    """
    alike = _alike(images, data)
    posture = [] if alike else _posture(images, data)  # flat images lie in no way
    return [*posture, *_repeats(images), *alike, *_copies(images, data)]


def _posture(images: np.ndarray, data: Dataset) -> list[str]:
    """Whether the mean image fits that of the training images better when turned or inverted."""
    if len(images) < FEW:
        return []
    own, real = (part.mean(0).reshape(data.shape) for part in (images, data.images("train")))
    turns = [turn for turn in TURNS if TURNS[turn](real).shape == real.shape]
    distances = {
        (turn, inverted): float(np.abs(_inverted(TURNS[turn](real), inverted) - own).mean())
        for turn, inverted in product(turns, (False, True))
    }
    best = min(distances, key=distances.get)
    if best == ("", False) or distances[best] > MARGIN * distances["", False]:
        return []
    turn, inverted = best
    words = [*(["inverted, black for white"] if inverted else []), *([turn] if turn else [])]
    return [f"the images look {' and '.join(words)}: beside the training images they score badly"]


def _inverted(image: np.ndarray, inverted: bool) -> np.ndarray:
    return 1 - image if inverted else image


def _bytes(images: np.ndarray) -> np.ndarray:
    return np.round(images * 255).astype(np.uint8)


def _repeats(images: np.ndarray) -> list[str]:
    n, different = len(images), distinct(_bytes(images))
    if n - different <= SHARE * n:
        return []
    return [f"repeats: the {n:,} images are {different:,} different ones"]


def _alike(images: np.ndarray, data: Dataset) -> list[str]:
    share = images.var(0).sum() / max(data.images("valid").var(0).sum(), 1e-30)
    if share >= ALIKE:
        return []
    return [f"nearly all alike: they have {share:.2%} of the validation images' variance"]


def _copies(images: np.ndarray, data: Dataset) -> list[str]:
    own, found = _bytes(images), []
    for split, name in COPIED.items():
        count = shared(own, _bytes(data.images(split)))
        if count > SHARE * len(images):
            found.append(f"{count:,} of the {len(images):,} images equal {name}")
    return found
