"""What workflow/search.yaml means: the trials of each model, drawn from its lists of values."""

import json
from pathlib import Path
from typing import NamedTuple

from gaebench.errors import SettingsError

from . import reading, resolve, runs, space

PATH = Path(__file__).parents[1] / "search.yaml"
HEAD = "workflow/search.yaml is not in order:"


class Trial(NamedTuple):
    """One training with drawn values."""

    dataset: str
    model: str
    number: int
    settings: dict
    train: dict


def load(config: dict, path: Path = PATH) -> dict:
    """Read the search and check it against params.yaml, as that stands.

    Raises
    ------
    SettingsError
        Naming every mistake with its place.
    """
    search = reading.read(path)
    if found := space.problems(search, resolve.resolved(config)):
        raise SettingsError("\n".join([HEAD, *(f"  {line}" for line in dict.fromkeys(found))]))
    return search


def trials(search: dict) -> list[Trial]:
    """Every trial of every model, in the order of search.yaml."""
    return [
        trial
        for dataset, models in search["spaces"].items()
        for model in models
        for trial in trials_of(search, dataset, model)
    ]


def trials_of(search: dict, dataset: str, model: str) -> list[Trial]:
    """The trials of one model on one data set, no two alike.

    The first takes the first value of each list, and so do recipes for what they do not say. Each
    further one draws from a stream of its own until it differs from those before it, so that one
    trial or model more moves no other.
    """
    entry = search["spaces"][dataset][model]
    lists, found = space.candidates(entry), space.given(entry)
    for number in range(len(found), space.count(search, entry)):
        found.append(_draw(search["seed"], dataset, model, number, lists, found))
    return [
        Trial(dataset, model, number, _part(values, "settings"), _part(values, "train"))
        for number, values in enumerate(found)
    ]


def rungs(search: dict, dataset: str, model: str) -> int:
    """How often a model's trials are trained, each time longer and half as many."""
    return len(space.shares(search, dataset, model))


def training(config: dict, search: dict, trial: Trial, rung: int) -> dict:
    """What a trial trains on a rung: the model's entry in params.yaml with the values over it."""
    return resolve.merged(
        runs.training(resolve.resolved(config), trial.model, trial.dataset),
        {"settings": trial.settings, "train": trial.train},
        {"train": {"budget": space.shares(search, trial.dataset, trial.model)[rung]}},
        {"seed": search["seed"]},
    )


def records(search: dict, dataset: str, model: str) -> str:
    """What the log says of a model's trials before their outcome, as JSON; keys as they stand.

    A list of them for each rung, in the order of their numbers.
    """
    return json.dumps(
        [
            [
                {
                    "dataset": dataset,
                    "model": model,
                    "trial": trial.number,
                    "settings": trial.settings,
                    "train": trial.train,
                    "budget": share,
                }
                for trial in trials_of(search, dataset, model)
            ]
            for share in space.shares(search, dataset, model)
        ]
    )


def _draw(
    seed: int, dataset: str, model: str, number: int, lists: dict[tuple, list], taken: list[dict]
) -> dict:
    """One value per list, each as likely as another, until the whole is not among ``taken``."""
    import torch  # which takes a second, and only a search needs it

    from gaebench.seeding import stream

    generator = stream(seed, "search", dataset, model, str(number))
    while True:
        values = {
            key: options[torch.randint(len(options), (), generator=generator)]
            for key, options in lists.items()
        }
        if values not in taken:
            return values


def _part(values: dict[tuple, object], part: str) -> dict:
    return {name: value for (kind, name), value in values.items() if kind == part}
