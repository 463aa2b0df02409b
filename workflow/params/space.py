"""Is workflow/search.yaml in order? Its names, its values, and where its winners go."""

from collections.abc import Iterator
from itertools import combinations, pairwise, permutations
from math import prod
from typing import NamedTuple

from gaebench import plugins

from . import names, schema, signatures
from .schema import key_path, suggestion

SEARCHED = ("batch", "decay", "fall")
"""Training keys that may differ between trials; the others make trials comparable."""


class Place(NamedTuple):
    """An entry of params.yaml: a model's own, or (``dataset``) that of the model on a data set."""

    model: str
    dataset: str | None

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead to it."""
        inner = ("per_dataset", self.dataset) if self.dataset else ()
        return ("models", self.model, *inner)


class Aim(NamedTuple):
    """A place that the best trial of an entry of search.yaml goes to."""

    entry: tuple[str, str]
    place: Place


def place(text: str) -> Place | None:
    """The place that ``models.vae`` or ``models.vae.per_dataset.faces`` names, else None."""
    match text.split("."):
        case ["models", model]:
            return Place(model, None)
        case ["models", model, "per_dataset", dataset]:
            return Place(model, dataset)
    return None


def aims(search: dict) -> list[Aim]:
    """Where every entry's best trial goes, models' own entries first: the others inherit."""
    found = [
        Aim((dataset, model), place(text))
        for dataset, models in search["spaces"].items()
        for model, entry in models.items()
        for text in entry["adopt"]
    ]
    return sorted(found, key=lambda aim: aim.place.dataset is not None)


def shares(search: dict, dataset: str, model: str) -> list[float]:
    """The shares of a model's epochs that trials have, one rung after another."""
    found = search["spaces"][dataset][model].get("budget", search["budget"][dataset])
    return found if isinstance(found, list) else [found]


def count(search: dict, entry: dict) -> int:
    """The number of trials of an entry."""
    return entry.get("trials", search["trials"])


def candidates(entry: dict) -> dict[tuple[str, str], list]:
    """The lists of an entry by ``("settings" or "train", key)``, in its order."""
    return {
        (kind, name): values
        for kind in ("settings", "train")
        for name, values in entry.get(kind, {}).items()
    }


def given(entry: dict) -> list[dict[tuple[str, str], object]]:
    """The values of the trials that are not drawn: the first of each list, recipes over them."""
    first = {key: values[0] for key, values in candidates(entry).items()}
    return [first, *(first | _recipe(recipe) for recipe in entry.get("recipes", []))]


def _recipe(recipe: dict) -> dict[tuple[str, str], object]:
    return {(kind, name): value for kind in recipe for name, value in recipe[kind].items()}


def problems(search: dict, config: dict) -> list[str]:
    """What is wrong with a search, one line each; of the shape first, then of what it says."""
    found = schema.problems(search, "search")
    found = found or [line for part in _entries(search) for line in _entry(*part, search, config)]
    found = found or list(_budgets(search))
    return found or [*_shared(search), *_leaks(search)]


def _entries(search: dict) -> Iterator[tuple[str, str, dict]]:
    for dataset, models in search["spaces"].items():
        for model, entry in models.items():
            yield dataset, model, entry


def _entry(dataset: str, model: str, entry: dict, search: dict, config: dict) -> Iterator[str]:
    path = ("spaces", dataset, model)
    unknown = [
        *names.known(dataset, config, "datasets", path[:2]),
        *names.known(model, config, "models", path),
    ]
    yield from unknown
    if not unknown:
        settings = plugins.settings("models", config["models"][model]["family"])
        for kind, taken in {"settings": settings, "train": _searched()}.items():
            yield from _values(entry.get(kind, {}), taken, (*path, kind))
            yield from _recipes(entry, kind, taken, path)
        yield from _repeated(entry, path)
        yield from _places(model, entry["adopt"], config, (*path, "adopt"))
        yield from _size(entry, count(search, entry), path)


def _searched() -> dict[str, plugins.Setting]:
    taken = plugins.training_settings()
    return {name: taken[name] for name in SEARCHED}


def _budgets(search: dict) -> Iterator[str]:
    """Shares of the epochs, each larger than the last, for every data set that is searched."""
    budgets, spaces = search["budget"], search["spaces"]
    for dataset in budgets.keys() - spaces.keys():
        yield f"{key_path('budget', dataset)}: has no space; {suggestion(dataset, spaces)}"
    for dataset in spaces.keys() - budgets.keys():
        yield f"{key_path('budget', dataset)}: missing"
    given = {("budget", dataset): found for dataset, found in budgets.items()}
    given |= {
        ("spaces", dataset, model, "budget"): entry["budget"]
        for dataset, model, entry in _entries(search)
        if "budget" in entry
    }
    for path, found in given.items():
        if isinstance(found, list) and any(a >= b for a, b in pairwise(found)):
            yield f"{key_path(*path)}: is {found}, must rise from share to share"


def _values(lists: dict, taken: dict, path: tuple) -> Iterator[str]:
    """Check every value of every list against the signature that takes it."""
    for name, values in lists.items():
        if name not in taken:
            yield f"{key_path(*path, name)}: cannot be searched; {suggestion(name, taken)}"
            continue
        for number, value in enumerate(values):
            yield from signatures.misfit(value, taken[name].type, (*path, name, number))


def _recipes(entry: dict, kind: str, taken: dict, path: tuple) -> Iterator[str]:
    """Check recipes: what they set has a list too, as every trial sets the same."""
    lists = entry.get(kind, {}).keys() & taken.keys()
    for number, recipe in enumerate(entry.get("recipes", [])):
        for name, value in recipe.get(kind, {}).items():
            where = (*path, "recipes", number, kind, name)
            if name in lists:
                yield from signatures.misfit(value, taken[name].type, where)
            else:
                yield f"{key_path(*where)}: has no list of values; {suggestion(name, lists)}"


def _repeated(entry: dict, path: tuple) -> Iterator[str]:
    trials = given(entry)
    for number, trial in enumerate(trials):
        if trial in trials[:number]:
            yield f"{key_path(*path, 'recipes', number - 1)}: is trial {trials.index(trial)} again"


def _places(model: str, texts: list[str], config: dict, path: tuple) -> Iterator[str]:
    for number, text in enumerate(texts):
        where = (*path, number)
        found = place(text)
        if not found:
            yield (
                f"{key_path(*where)}: is {text!r}, must be models.MODEL or "
                "models.MODEL.per_dataset.DATASET"
            )
        else:
            yield from _place(model, found, config, where)


def _place(model: str, found: Place, config: dict, where: tuple) -> Iterator[str]:
    yield from names.known(found.model, config, "models", where)
    yield from names.known(found.dataset, config, "datasets", where)
    theirs = config["models"].get(found.model, {}).get("family")
    ours = config["models"][model]["family"]
    if theirs and theirs != ours:
        yield f"{key_path(*where)}: {found.model} is a {theirs}, but {model} a {ours}"


def _size(entry: dict, trials: int, path: tuple) -> Iterator[str]:
    if trials < len(given(entry)):
        yield f"{key_path(*path)}: has more recipes than its {trials} trials leave room for"
    size = prod(len(values) for values in candidates(entry).values())
    if size < trials:
        yield f"{key_path(*path)}: has {size} combinations of values for {trials} trials"


def _shared(search: dict) -> Iterator[str]:
    """Two entries that would write to one place."""
    for one, other in combinations(aims(search), 2):
        if one.place == other.place:
            yield (
                f"{key_path('spaces', *other.entry)}.adopt: {key_path(*one.place.path)} takes the "
                f"values of {key_path('spaces', *one.entry)} already"
            )


def _leaks(search: dict) -> Iterator[str]:
    """Keys that an entry inherits from another one's search, for want of a list of its own."""
    for general, special in permutations(aims(search), 2):
        same = general.place.model == special.place.model
        if same and special.place.dataset and not general.place.dataset:
            theirs, ours = (candidates(_at(search, aim)) for aim in (general, special))
            for kind, name in [key for key in theirs if key not in ours]:
                yield (
                    f"{key_path('spaces', *special.entry, kind, name)}: missing, so that "
                    f"{key_path(*special.place.path)} would take it from "
                    f"{key_path('spaces', *general.entry)}; one value holds it fixed"
                )


def _at(search: dict, aim: Aim) -> dict:
    dataset, model = aim.entry
    return search["spaces"][dataset][model]
