"""The feature space of a data set: its classifier, trained once and kept in the user's cache."""

import hashlib
import json
import logging
from pathlib import Path

import numpy as np
import torch

from gaebench import data, features, provenance, runs
from gaebench.data import Dataset
from gaebench.errors import DataError
from gaebench.features import Embedded, Embedding
from gaebench.networks import classifier

log = logging.getLogger(__name__)


def embedded(
    images: np.ndarray, truth: Dataset, name: str, settings: dict, cache: Path, device: str
) -> Embedded:
    """Images beside those of a data set in the feature space of its classifier.

    Parameters
    ----------
    images : ndarray of float32, shape (n, pixels)
    name
        Of the data set: the classifier's random stream is named by it.
    settings
        Of the classifier's training.
    cache
        The folder to keep it in.
    device
        ``cpu`` or ``cuda``.

    Raises
    ------
    DataError
        If the data set has no labels.
    """
    folder = place(truth, name, settings, cache, device)
    trained, real = _kept(folder, truth, device) or _made(folder, truth, name, settings, device)
    return Embedded(classifier.embed(trained, images), real)


def place(truth: Dataset, name: str, settings: dict, cache: Path, device: str) -> Path:
    """The folder of a classifier: another for other settings, data, code or versions of torch."""
    code = provenance.hashes([Path(__file__), Path(classifier.__file__)])
    content = hashlib.sha256(json.dumps([name, settings, code, device], sort_keys=True).encode())
    content.update(str(torch.__version__).encode())
    for split in data.SPLITS:
        for part in (getattr(truth, split), getattr(truth, f"{split}_labels")):
            content.update(np.ascontiguousarray(part))
    return cache / "classifiers" / f"{name or 'data'}-{content.hexdigest()[:16]}"


def _kept(
    folder: Path, truth: Dataset, device: str
) -> tuple[classifier.Classifier, dict[str, Embedding]] | None:
    """What an earlier call has left, if it is whole."""
    weights, real = folder / "classifier.pt", folder / "features.npz"
    if not real.is_file():
        return None
    try:
        return classifier.restore(weights, truth, device), features.load(real)
    except DataError as error:
        log.warning("made anew: %s", error)
        return None


def _made(
    folder: Path, truth: Dataset, name: str, settings: dict, device: str
) -> tuple[classifier.Classifier, dict[str, Embedding]]:
    labels = ("classifier", name)
    trained = classifier.train(truth, seed=0, labels=labels, device=device, **settings)
    real = {split: classifier.embed(trained, truth.images(split)) for split in data.SPLITS}
    runs.save(trained, folder / "classifier.pt")
    features.save(real, folder / "features.npz")  # last: it says that the folder is whole
    return trained, real
