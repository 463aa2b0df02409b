"""How models and data sets are called in tables and figures."""

import re

MODELS = {
    "vae": "VAE",
    "gan": "GAN",
    "gmmn-ae": "GMMN+AE",
    "aae": "AAE",
    "gae": "GAE",
    "bernoulli-mixture": "Bernoulli mixture",
}

OWN = "own exemplar"
"""Trained without leave-one-out."""

CONTROLS = {
    "train-images": "training images",
    "near-copies": "training images, noisy",
    "k-means": "k-means centroids",
    "held-out": "held-out images",
    "smooth-held-out": "held-out images, smoothed",
}

DATASETS = {
    "mnist": "MNIST",
    "tfd": "TFD",
    "faces": "ORL faces",
    "fashion": "Fashion-MNIST",
    "bimnist": "biMNIST (Bernoulli)",
    "bimnist-threshold": "biMNIST (threshold)",
    "bimnist-static": "biMNIST (static)",
}

_LAYERED = re.compile(r"(?P<family>.+?)-(?P<layers>\d+)(?:-(?P<latent>\d+)d)?(?P<own>-own)?")


def model_name(model: str) -> str:
    """The readable name of a model or control: ``gae-2`` is "GAE (2 layers)".

    A name that is not known stays as it is.
    """
    layered = _LAYERED.fullmatch(model)
    if model in MODELS or not layered:
        return (MODELS | CONTROLS).get(model, model)
    family, layers, latent = layered["family"], int(layered["layers"]), layered["latent"]
    depth = f"{layers} layer{'s' if layers != 1 else ''}"
    remarks = [depth, *([f"{latent}-d"] if latent else []), *([OWN] if layered["own"] else [])]
    return f"{MODELS.get(family, family)} ({', '.join(remarks)})"


def dataset_name(dataset: str) -> str:
    """The readable name of a data set; one that is not known stays as it is."""
    return DATASETS.get(dataset, dataset)


def depth(model: str) -> tuple[str, int] | None:
    """Family and number of layers of a model named ``family-layers``, else None."""
    layered = _LAYERED.fullmatch(model)
    if not layered or layered["latent"] or layered["own"]:
        return None
    return layered["family"], int(layered["layers"])
