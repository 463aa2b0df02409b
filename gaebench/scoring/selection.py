"""Which metrics a score consists of."""

from collections.abc import Iterable

from gaebench import plugins
from gaebench.data import Dataset
from gaebench.errors import SettingsError

SHOWN = {
    "samples": ("table1", "quality", "copying"),
    "model": ("table2", "importance", "bounds"),
}
"""The tables whose metrics make a score: of images, and of a model of bits."""


def needs(metric: str) -> str:
    """What a metric looks at: ``samples``, ``features`` or ``model``."""
    return plugins.constant("metrics", metric, "NEEDS")


def metrics_for(
    data: Dataset, shown: Iterable[str], asked: Iterable[str] | str, model: bool
) -> tuple[list[str], dict[str, str]]:
    """The metrics to measure, and why others that were in question are not.

    Parameters
    ----------
    data
        The data set.
    shown
        Metrics of the tables, which are left out where they make no sense.
    asked
        Metrics asked for by name, or a single one, in the place of those.
    model
        Whether there is a model, or only images.

    Raises
    ------
    SettingsError
        If a metric that was asked for cannot be had, or what was asked for are no names.
    """
    if not isinstance(asked, Iterable):
        raise SettingsError(f"metrics: is {asked!r}, must be names such as ['parzen']")
    asked = [asked] if isinstance(asked, str) else list(dict.fromkeys(asked))
    reasons = {name: _missing(name, data, model) for name in asked or dict.fromkeys(shown)}
    left_out = {name: reason for name, reason in reasons.items() if reason}
    if asked and left_out:
        raise SettingsError("\n".join(f"{name} {reason}" for name, reason in left_out.items()))
    return [name for name in reasons if name not in left_out], left_out


def _missing(metric: str, data: Dataset, model: bool) -> str:
    need = needs(metric)
    if need == "features" and not len(data.train_labels):
        return "needs a classifier, and the data set has no labels to train one with"
    if need == "model" and not model:
        return "needs a model: images have no likelihood (gaebench score --model)"
    return ""
