"""Training a model as the graph does."""

import numpy as np
import torch

from gaebench import jobs, plugins, training
from gaebench.api.arguments import require_seed
from gaebench.api.loading import given
from gaebench.data import Dataset
from gaebench.errors import SettingsError, described
from gaebench.model import Model
from gaebench.project import Loaded, Project, workflow
from gaebench.scoring.measure import as_in_a_job


def fit(
    model: str, data: Dataset | str, *, seed: int = 0, device: str = "auto", **settings
) -> Model:
    """Train a model.

    Parameters
    ----------
    model
        An entry of ``params.yaml``, such as ``gae-2``, with its settings there; or a family, such
        as ``gae``, with the defaults of its file.
    data
        Trains on its train split, stops by its valid split. One of :func:`gaebench.load`, or its
        name, has how models train on it in ``params.yaml``; any other is trained on by the general
        ``train``, and stops by Parzen windows if it is grey.
    seed
        Names the random streams: an entry gives the same model as the graph's run of that seed.
    device
        ``cpu``, ``cuda``, or ``auto`` for CUDA where there is one.
    settings
        Over those: of the model (``latent=8``) or of training (``epochs=2``, ``stop_on="bound"``).

    Returns
    -------
    Model
        In its best state: ``model.sample(n, generator)`` makes images.

    Raises
    ------
    SettingsError
        If there is no such model or setting, or a value or ``data`` is of a wrong type.
    Diverged
        If a loss or a score is not finite.
    """
    require_seed(seed)
    project = Project.here()
    data = given(project, data)
    entry = _entry(project, model, data)
    own, schedule = _parted(entry["family"], settings)
    trained_on = data.name if isinstance(data, Loaded) else ""
    with as_in_a_job(), torch.random.fork_rng():  # the caller's own stream goes on as it was
        found = training.train(
            data,
            entry["family"],
            entry["settings"] | own,
            seed=seed,
            labels=(trained_on, model),
            device=jobs.use_torch(device, tf32=project.config["tf32"]),
            **entry["train"] | schedule,
        )
    return found.model


def _entry(project: Project, model: str, data: Dataset) -> dict:
    """Family, settings and training, as params.yaml has them for a data set."""
    config = project.config
    if not isinstance(model, str):
        raise SettingsError(f"model: is {described(model)}, must be the name of one")
    if model in config["models"]:
        if isinstance(data, Loaded):
            return workflow("runs").training(config, model, data.name)
        entry = config["models"][model]
        train = config["train"] | entry.get("train", {})
        return _grey(data, entry | {"settings": entry.get("settings", {}), "train": train})
    if model not in plugins.names("models"):
        known = [*config["models"], *plugins.names("models")]
        raise SettingsError(f"no model {model!r}. {workflow('schema').suggestion(model, known)}")
    there = config["datasets"][data.name]["train"] if isinstance(data, Loaded) else {}
    entry = {"family": model, "settings": {}, "train": config["train"] | there}
    return entry if isinstance(data, Loaded) else _grey(data, entry)


def _grey(data: Dataset, entry: dict) -> dict:
    """Training that stops on what the images allow: a likelihood of bits, else Parzen."""
    if data.binary:
        return entry
    return entry | {"train": entry["train"] | {"stop_on": "parzen"}}


def _parted(family: str, settings: dict) -> tuple[dict, dict]:
    """Settings of the model, and those of training; numbers of numpy as Python's."""
    settings = {n: v.item() if isinstance(v, np.generic) else v for n, v in settings.items()}
    taken, schedule = plugins.settings("models", family), plugins.training_settings()
    for name in settings:
        if name not in taken and name not in schedule:
            hint = workflow("schema").suggestion(name, [*taken, *schedule])
            raise SettingsError(f"{family} has no setting {name!r}. {hint}")
    known, scoring = taken | schedule, plugins.scoring()
    check = workflow("signatures").misfit
    if wrong := [
        line for n, value in settings.items() for line in check(value, known[n].type, (n,))
    ]:
        raise SettingsError("\n".join(wrong))
    if "stop_on" in settings and settings["stop_on"] not in scoring:
        hint = workflow("schema").suggestion(settings["stop_on"], scoring)
        raise SettingsError(f"stop_on: {settings['stop_on']} has no validation score. {hint}")
    return (
        {name: value for name, value in settings.items() if name in taken},
        {name: value for name, value in settings.items() if name not in taken},
    )
