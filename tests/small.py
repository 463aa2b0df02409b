"""Small data sets, and a project of them, for the tests of the command and of the package."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from gaebench.project import Loaded, Project

ROOT = Path(__file__).parents[1]
SHAPE = (6, 6)


def grey(n: int, seed: int) -> np.ndarray:
    """Images of two classes: a bright upper or lower half, uint8, shape (n, 36)."""
    draws = np.random.default_rng(seed)
    lower = (np.arange(n) % 2)[:, None] * (np.arange(36) >= 18)
    upper = (1 - np.arange(n) % 2)[:, None] * (np.arange(36) < 18)
    return (draws.integers(0, 80, (n, 36)) + 120 * (lower | upper)).astype(np.uint8)


def small(levels: int = 255) -> Loaded:
    parts = {"train": 400, "valid": 100, "test": 120}
    images = {split: grey(n, seed) for seed, (split, n) in enumerate(parts.items())}
    if levels == 1:
        images = {split: (part > 100).astype(np.uint8) for split, part in images.items()}
    labels = {f"{split}_labels": np.arange(n) % 2 for split, n in parts.items()}
    name = "mnist" if levels == 255 else "bimnist"
    return Loaded(**images, **labels, shape=SHAPE, levels=levels, name=name)


def project_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a new folder, with small data and a cache of its own."""
    (folder / "workflow").mkdir(parents=True)
    (folder / "workflow/Snakefile").write_text("")
    (folder / "gaebench").mkdir()
    config = yaml.safe_load((ROOT / "params.yaml").read_text())
    config |= {"samples": 60, "device": "cpu", "classifier": {"epochs": 1, "batch": 50}}
    config["classifier"]["learning_rate"] = 0.002
    config["metrics"] |= {"parzen": {"validation": 50}, "loglik_prior": {"draws": 100}}
    config["metrics"] |= {"loglik_is": {"draws": 20, "images": 20, "subset": 5}}
    config["metrics"] |= {"data_copying": {"cells": 2, "least": 5}}
    (folder / "params.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    monkeypatch.chdir(folder)
    monkeypatch.setattr(Project, "load", lambda self, name: of_name(name))
    monkeypatch.setattr(Project, "cache", folder / "cache")
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0})
    return folder


def of_name(name: str) -> Loaded:
    return small(1 if name == "bimnist" else 255)
