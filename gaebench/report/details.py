"""Tables of further numbers: rows are entries of metric files, columns are models."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gaebench import published
from gaebench.errors import GaebenchError
from gaebench.report.collect import Cell, mean_and_error
from gaebench.report.names import dataset_name, model_name
from gaebench.report.tables import MISSING, NONE, Footnotes, markdown

REACHED = "In bold: reaches the slide's number."
SLIDE = "*slide*"

Key = tuple[str, str, int, str]


class Number(NamedTuple):
    """One entry of a metric file, and its standard error where it has one."""

    value: float
    sem: float | None


def read(paths: Sequence[str | Path]) -> dict[Key, dict]:
    """The contents of metric files by data set, model, seed and metric.

    Raises
    ------
    GaebenchError
        If a file is missing or damaged.
    """
    found = {}
    for path in paths:
        try:
            found[Cell.at(path)[:4]] = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            remedy = "Delete it and run again: it is evaluated anew."
            raise GaebenchError(f"{path} is not a metric file ({error!r}). {remedy}") from error
    return found


def render(
    entries: Mapping[str, Mapping], contents: Mapping[Key, Mapping], unavailable: Mapping[str, str]
) -> str:
    """Render every table of ``details``, each with a heading.

    Parameters
    ----------
    entries
        Name -> ``title``, ``caption``, ``models`` (the columns), ``seeds`` (data set -> seeds;
        without any, the table is left out), ``rows``, and optionally ``slide``, the table whose
        slide it is compared with. A row has a ``label``, a ``metric`` and optionally

        - ``entry``, keys of the metric's file joined by ``/``: a number, or a mapping with
          ``value`` and ``sem``; without it, those of the metric itself;
        - ``models``, column -> the model whose number stands in it; other columns are blank;
        - ``show: scale``, the factor a on all pixels that would lift the score to the slide's:
          density scores of images scaled by a differ by -pixels ln a.
    contents
        As of :func:`read`.
    unavailable
        Data set -> why it cannot be had.

    Returns
    -------
    str
        Markdown, empty if there is no table.

    Raises
    ------
    GaebenchError
        If a metric file or one of its entries is missing.
    """
    sections = [
        _section(name, entry, contents, unavailable)
        for name, entry in entries.items()
        if any(entry["seeds"].values())
    ]
    return "".join(f"\n{section}\n" for section in sections)


def number(content: Mapping, entry: str, where: str) -> Number:
    """An entry of a metric file; see :func:`render`."""
    found = content
    for key in filter(None, entry.split("/")):
        if not isinstance(found, Mapping) or key not in found:
            raise GaebenchError(
                f"{where} has no {entry!r}: check the rows of details in params.yaml"
            )
        found = found[key]
    pair = (found.get("value"), found.get("sem")) if isinstance(found, Mapping) else (found, None)
    if not isinstance(pair[0], int | float) or not math.isfinite(pair[0]):
        raise GaebenchError(f"{where} has no number at {entry!r}")
    return Number(*pair)


def _section(name: str, entry: Mapping, contents: Mapping, unavailable: Mapping) -> str:
    datasets = [dataset for dataset, seeds in entry["seeds"].items() if seeds]
    notes = Footnotes()
    lines = [line for dataset in datasets for line in _lines(entry, dataset, contents, unavailable)]
    several = len(datasets) > 1
    headers = [*(["data set"] if several else []), "", *map(model_name, entry["models"])]
    rows = [line if several else line[1:] for line in lines]
    caption = " ".join([entry["caption"].strip(), *([REACHED] if "slide" in entry else [])])
    body = markdown(headers, rows)
    caption += notes.mark(published.notes(name))
    parts = [f"## {entry['title']}", caption, body, notes.listing()]
    return "\n\n".join(part for part in parts if part)


def _lines(
    entry: Mapping, dataset: str, contents: Mapping, unavailable: Mapping
) -> list[list[str]]:
    """The rows of one data set: its name, the label, and a cell per model."""
    slides = {model: _slide(entry, dataset, model) for model in entry["models"]}
    head = [[SLIDE, *(NONE if s is None else f"{s:g}" for s in slides.values())]]
    rows = [
        [
            row["label"],
            *(_cell(entry, row, dataset, model, contents, slides[model]) for model in slides),
        ]
        if dataset not in unavailable
        else [row["label"], *[MISSING] * len(slides)]
        for row in entry["rows"]
    ]
    return [[dataset_name(dataset), *line] for line in [*(head if "slide" in entry else []), *rows]]


def _slide(entry: Mapping, dataset: str, model: str) -> float | None:
    """The slide's number of a model; where it has one data set, that stands for every one."""
    table = entry.get("slide")
    printed = published.datasets(table, "slide") if table else []
    place = dataset if dataset in printed else next(iter(printed), "")
    found = published.entry(table, place, model, "slide") if table else None
    return float(found.text) if found else None


def _cell(
    entry: Mapping, row: Mapping, dataset: str, column: str, contents: Mapping, slide: float | None
) -> str:
    model = row.get("models", {}).get(column) if "models" in row else column
    if model is None:
        return NONE
    keys = [(dataset, model, seed, row["metric"]) for seed in entry["seeds"][dataset]]
    files = [_content(contents, key) for key in keys]
    numbers = [
        number(file, row.get("entry", ""), "{3} of {1} on {0} (seed {2})".format(*key))
        for file, key in zip(files, keys, strict=True)
    ]
    mean, error = _average(numbers)
    if row.get("show") == "scale":
        return _scale(mean, slide, files[0])
    text = f"{mean:.2f}" + (NONE if error is None else f" ± {error:.2f}")
    return f"**{text}**" if slide is not None and mean >= slide else text


def _content(contents: Mapping, key: Key) -> Mapping:
    if key not in contents:
        raise GaebenchError("{3} of {1} on {0} (seed {2}) is missing. Run again.".format(*key))
    return contents[key]


def _average(numbers: Sequence[Number]) -> tuple[float, float | None]:
    """Mean over seeds with its error; a single seed's own error, if it has one."""
    if len(numbers) == 1:
        return tuple(numbers[0])
    return mean_and_error([n.value for n in numbers], [n.sem or 0.0 for n in numbers])


def _scale(score: float, slide: float | None, content: Mapping) -> str:
    return NONE if slide is None else f"{math.exp((score - slide) / content['pixels']):.3f}"
