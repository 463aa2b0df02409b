"""How models and data sets are called in tables and figures."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Label:
    """How a model, a control or a data set is called.

    Attributes
    ----------
    text : str
        For example "GAE (2 layers)".
    family : str, optional
        What models of several depths share: "GAE".
    layers : int, optional
        The number of layers of a model that nothing else tells from its family.
    note : str, optional
        What must be said of it wherever a table shows it.
    """

    text: str
    family: str = ""
    layers: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Names:
    """The labels of a benchmark's models, controls and data sets; other names stay as they are."""

    models: Mapping[str, Label] = field(default_factory=dict)
    datasets: Mapping[str, Label] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Mapping[str, Mapping[str, Mapping]]) -> "Names":
        """Names out of JSON: ``models`` and ``datasets`` -> name -> attributes of `Label`."""
        return cls(
            *(
                {name: Label(**label) for name, label in content[kind].items()}
                for kind in ("models", "datasets")
            )
        )

    def model(self, name: str) -> Label:
        """The label of a model or a control."""
        return self.models.get(name, Label(name, family=name))

    def dataset(self, name: str) -> Label:
        """The label of a data set."""
        return self.datasets.get(name, Label(name))
