"""What the best trials of a search would change in params.yaml."""

import copy
from typing import NamedTuple

from gaebench import plugins
from gaebench.errors import SettingsError

from . import edit, resolve, runs, signatures, space
from .schema import key_path


class Winner(NamedTuple):
    """The best trial of one model on one data set: its drawn values."""

    settings: dict
    train: dict


class Change(NamedTuple):
    """One value of params.yaml that is not the best trial's."""

    path: tuple[str, ...]
    before: object
    after: object

    def __str__(self) -> str:
        return f"{key_path(*self.path)}: {edit.scalar(self.before)} -> {edit.scalar(self.after)}"


def changes(config: dict, search: dict, winners: dict[tuple[str, str], Winner]) -> list[Change]:
    """What must be set so that every entry a search aims at has its winner's values.

    Nothing is set that an entry has already, by default or from a more general entry.

    Parameters
    ----------
    config
        params.yaml as it stands; it is left alone.
    search
        As read by :func:`params.search.load`.
    winners
        By data set and model. Entries of the search without a winner are passed over.

    Raises
    ------
    SettingsError
        If another entry of params.yaml overrides a place that a winner goes to.
    """
    config, found = copy.deepcopy(config), []
    for aim in space.aims(search):
        if aim.entry in winners:
            found += _apply(config, aim, winners[aim.entry])
    return found


def apply(text: str, found: list[Change]) -> str:
    """The text of params.yaml with the changes made."""
    for change in found:
        text = edit.put(text, change.path, change.after)
    return text


def _apply(config: dict, aim: space.Aim, winner: Winner) -> list[Change]:
    """Make an aim's changes in ``config``, and list them."""
    found = []
    dataset = aim.place.dataset or aim.entry[0]
    for part, wanted in winner._asdict().items():
        for name, value in wanted.items():
            before = resolved(config, aim.place.model, dataset)[part][name]
            if before != value:
                path = (*aim.place.path, part, name)
                found.append(Change(path, before, value))
                _put(config, path, value)
                _check(config, aim.place.model, dataset, found[-1])
    return found


def resolved(config: dict, model: str, dataset: str) -> dict:
    """A model's settings and training on a data set, defaults included."""
    entry = runs.training(resolve.resolved(config), model, dataset)
    return {
        "settings": runs.defaults("models", entry["family"]) | entry["settings"],
        "train": signatures.defaults(plugins.training_settings()) | entry["train"],
    }


def _put(config: dict, path: tuple[str, ...], value: object) -> None:
    *parents, last = path
    for name in parents:
        config = config.setdefault(name, {})
    config[last] = value


def _check(config: dict, model: str, dataset: str, change: Change) -> None:
    part, name = change.path[-2:]
    if resolved(config, model, dataset)[part][name] != change.after:
        raise SettingsError(
            f"{key_path(*change.path)} has no effect on {dataset}: a more special entry of "
            "params.yaml sets it. Adopt into that one"
        )
