"""How long jobs take, about: what they took the last time, or else a guess from their settings."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from params import runs

START = 2.5
"""Seconds before a job computes: the interpreter, torch, the images (docs/speed.md)."""
EPOCH = 5.5
"""Seconds of an epoch of 50,000 images in 2 x 500 units on one core (results/benchmarks.md)."""
IMAGES = 50_000
"""Training images of a data set that is not there yet."""
WORK = {
    "fetch": 20.0,
    "prepare": 5.0,
    "classifier": 60.0,
    "figure": 5.0,
    "evaluate_model": 20.0,
    "evaluate_features": 5.0,
    "evaluate_samples": 5.0,
}
"""Seconds of the other rules' work at the full budget, on average."""
SAMPLES = 10_000
"""Images that are scored at the full budget."""


def seconds(config: dict, rule: str, wildcards: Mapping[str, str], benchmark: str | None) -> float:
    """Expected seconds of a job on one core.

    Parameters
    ----------
    config
        Resolved parameters.
    rule, wildcards
        What runs.
    benchmark
        Where Snakemake writes the job's time; read where it is there.
    """
    if before := measured(benchmark):
        return before
    if rule == "train":
        return START + _training(config, wildcards["model"], wildcards["dataset"])
    scale = config["samples"] / SAMPLES if rule.startswith("evaluate") else 1.0
    return START + WORK.get(rule, 0.0) * scale


def measured(benchmark: str | None) -> float | None:
    """Seconds that a job took the last time; None if that is not known."""
    try:
        header, row, *_ = Path(benchmark or "").read_text(encoding="utf-8").splitlines()
        return float(dict(zip(header.split("\t"), row.split("\t"), strict=True))["s"])
    except (OSError, ValueError, KeyError):
        return None


def _training(config: dict, model: str, dataset: str) -> float:
    train = runs.training(config, model, dataset)["train"]
    return train["epochs"] * train["budget"] * EPOCH * _images(dataset) / IMAGES


def _images(dataset: str) -> int:
    """How many training images a prepared data set has, from the head of its file."""
    try:
        path = zipfile.Path(f"data/processed/{dataset}.npz", "train.npy")
        with path.open("rb") as file:
            np.lib.format.read_magic(file)
            return np.lib.format.read_array_header_1_0(file)[0][0]
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return IMAGES
