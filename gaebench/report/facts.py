"""What tables are filled with, out of the files of a finished run."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from gaebench.raw import manifest
from gaebench.report import cells, tables
from gaebench.report.filled import Facts
from gaebench.report.names import Names


def unavailable(manifests: Mapping[str, str]) -> dict[str, str]:
    """Why data sets could not be had, of those that could not.

    Parameters
    ----------
    manifests
        Data set -> the file that fetching its source leaves behind.
    """
    found = {name: manifest.unavailable(path) for name, path in manifests.items()}
    return {name: reason for name, reason in found.items() if reason}


def read(settings: Mapping, metrics: Iterable[str], accuracies: Iterable[str]) -> Facts:
    """The facts behind all tables.

    Parameters
    ----------
    settings
        ``manifests``, ``names``, ``columns`` and ``numbers`` as the tables are told them, and
        ``retry``: what to do about a data set whose manifest stands in braces.
    metrics, accuracies
        Files of the metrics, and of the classifiers.

    Raises
    ------
    GaebenchError
        If a metric's file is missing or damaged.
    """
    manifests, names = settings["manifests"], Names.of(settings["names"])
    reasons = {
        name: f"{reason}. {settings['retry'].format(manifests[name])}"
        for name, reason in unavailable(manifests).items()
    }
    shares = {Path(file).parent.name: cells.content(file)["test"] for file in accuracies}
    accuracy = tables.accuracy(shares, names)
    numbers = settings["numbers"] | {"accuracy": accuracy}
    return Facts(cells.contents(metrics), reasons, names, settings["columns"], numbers)
