"""The tables of the slides as Markdown: ours beside the slide's and the cited papers' numbers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from tabulate import tabulate

from gaebench import published
from gaebench.errors import GaebenchError
from gaebench.report import columns
from gaebench.report.collect import mean_and_error
from gaebench.report.names import MODELS, dataset_name, depth, model_name

CAPTIONS = {
    "parzen": "Parzen-window log-likelihood of the test images in nats, higher is better, "
    "from {samples:,} generated images per run.",
    "loglik_prior": "S-sample log-likelihood of the test images in nats, higher is better: "
    "`log (1/S) sum_s P(x|z_s)` with `z_s ~ P(z)`, S = {draws:,}, on {images:,} of the images, "
    "evenly spaced.",
    "bound": "Evidence lower bound on the log-likelihood of the test images in nats, higher is "
    "better: one draw of z from the encoder per image; for GAE under the exact mixture prior over "
    "all training images.",
}
OURS = "Ours: mean over seeds ± its standard error; the best of each column in bold."
UNRANKED = "Ours: mean over seeds ± its standard error."
SINGLE = "†"
ONE_SEED = f"{SINGLE} One seed: the error is the metric's own, over test images or folds."
CONTROLS = "*Controls: images that no model made*"
SOURCES = {"ours": "ours", "slide": "slide", "paper": "cited paper"}
NONE, MISSING = "", "n/a"

Estimate = tuple[float, float]


class Footnotes:
    """Remarks numbered in the order in which they are first referred to."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def mark(self, texts: Sequence[str]) -> str:
        """The reference to some remarks, empty if there are none."""
        for text in texts:
            if text not in self.texts:
                self.texts.append(text)
        numbers = sorted(self.texts.index(text) + 1 for text in texts)
        return f"<sup>[{','.join(map(str, numbers))}]</sup>" if numbers else ""

    def listing(self) -> str:
        """The remarks as a numbered Markdown list."""
        return "\n".join(f"{number}. {text}" for number, text in enumerate(self.texts, 1))


@dataclass
class Table:
    """What one table shows.

    Attributes
    ----------
    name, models, controls, datasets
        As in the parameters; data sets without seeds are left out.
    values : {(dataset, model or control): [(value, sem), ...]}
        Our numbers, one per seed; a data set that is not available has none, nor has a control on a
        data set that it is not for, nor a model whose metric has no such detail.
    unavailable : {dataset: reason}
    settings : {name: number}
        Numbers to print in captions and remarks.
    footnotes : Footnotes
        Of the whole table.
    column : Column
        Which way is better, and how many decimals there are.
    """

    name: str
    models: Sequence[str]
    controls: Sequence[str]
    datasets: Sequence[str]
    values: Mapping[tuple[str, str], list[Estimate]]
    unavailable: Mapping[str, str]
    settings: Mapping[str, object]
    footnotes: Footnotes
    column: columns.Column

    def ours(self, dataset: str, models: Sequence[str]) -> dict[str, str]:
        """Our cells of one column, one per model, the best in bold."""
        if dataset in self.unavailable:
            return dict.fromkeys(models, MISSING)
        found = [model for model in models if (dataset, model) in self.values]
        cells = bold([summary(self.values[dataset, model]) for model in found], self.column)
        return dict(zip(found, cells, strict=True))

    def of_controls(self, dataset: str) -> dict[str, str]:
        """Our cells of one column, one per control, never in bold."""
        if dataset in self.unavailable:
            return dict.fromkeys(self.controls, MISSING)
        found = [control for control in self.controls if (dataset, control) in self.values]
        return {
            control: plain(*summary(self.values[dataset, control]), self.column.decimals)
            for control in found
        }

    def theirs(self, dataset: str, model: str, source: str) -> str:
        """The published number of a cell with the mark of its remark."""
        entry = published.entry(self.name, dataset, model, source)
        if entry is None:
            return NONE
        return entry.text + self.footnotes.mark([entry.note] if entry.note else [])

    def remark(self, dataset: str = "", model: str = "") -> str:
        """The mark of the remarks on a data set, on a model or, without either, on the table."""
        remarks = published.notes(self.name, dataset, model)
        texts = [remark.format_map(self.settings) for remark in remarks]
        if dataset in self.unavailable:
            reason = " ".join(self.unavailable[dataset].split())
            texts.append(f"{dataset_name(dataset)} is not available: {reason}")
        return self.footnotes.mark(texts)


def render(
    frame: pd.DataFrame,
    tables: Mapping[str, Mapping],
    unavailable: Mapping[str, str],
    *,
    settings: Mapping[str, Mapping[str, object]],
) -> str:
    """Render every table.

    Parameters
    ----------
    frame
        The tidy table of :func:`gaebench.report.collect.collect`.
    tables
        Name -> ``metric`` or ``columns``, ``models``, ``seeds`` (data set -> seeds; an empty list
        leaves the data set out, and a table without any seed is left out) and, optionally,
        ``title`` and ``controls`` (control -> its data sets).
    unavailable
        Data set -> why it cannot be had. Its cells read "n/a", its reason stands below the table.
    settings
        Metric -> numbers for captions: ``samples`` (images per run), and its settings.

    Returns
    -------
    str
        Markdown. A table whose models are all named ``family-layers`` has one row per number of
        layers, as Table 2 of the slides; any other has one row per model, as Table 1. One with
        ``columns`` has those of :mod:`gaebench.report.columns`, without published numbers.

    Raises
    ------
    GaebenchError
        If a cell that is available is not in the frame.
    """
    numbers = {tuple(row[:4]): (row[4], row[5]) for row in frame.itertuples(index=False)}
    sections = [
        _wide_section(name, entry, numbers, unavailable, settings)
        if "columns" in entry
        else _section(
            _table(name, entry, entry["metric"], numbers, unavailable, settings[entry["metric"]]),
            entry,
        )
        for name, entry in tables.items()
        if any(entry["seeds"].values())
    ]
    return "# Results\n\n" + "\n\n".join(sections) + "\n"


def bold(estimates: Sequence[tuple[float, float, int]], column: columns.Column) -> list[str]:
    """Cells out of (mean, error, seeds): fixed decimals, the best in bold, one seed marked."""
    texts = [plain(*estimate, column.decimals) for estimate in estimates]
    if not column.merit:
        return texts
    best = f"{max((mean for mean, _, _ in estimates), key=column.merit):.{column.decimals}f} "
    return [
        f"**{text.removesuffix(SINGLE)}**" + SINGLE * text.endswith(SINGLE)
        if text.startswith(best)
        else text
        for text in texts
    ]


def plain(mean: float, error: float, seeds: int, decimals: int) -> str:
    """A cell with fixed decimals, marked if it is of one seed."""
    return f"{mean:.{decimals}f} ± {error:.{decimals}f}" + (SINGLE if seeds == 1 else "")


def summary(runs: Sequence[Estimate]) -> tuple[float, float, int]:
    """Mean over seeds, its error, and the number of seeds."""
    return *mean_and_error(*zip(*runs, strict=True)), len(runs)


def _table(
    name: str,
    entry: Mapping,
    metric: str,
    numbers: Mapping,
    unavailable: Mapping,
    settings: Mapping,
    footnotes: Footnotes | None = None,
    column: columns.Column = columns.OURS,
) -> Table:
    datasets = [dataset for dataset, seeds in entry["seeds"].items() if seeds]
    models, controls = entry["models"], entry.get("controls", {})
    values = {
        (dataset, model): [
            _number(numbers, dataset, model, seed, metric) for seed in entry["seeds"][dataset]
        ]
        for dataset in datasets
        if dataset not in unavailable
        for model in [*models, *controls]
        if (model in models or dataset in controls[model])
        and _has(numbers, dataset, model, entry["seeds"][dataset], metric)
    }
    return Table(
        name,
        models,
        list(controls),
        datasets,
        values,
        unavailable,
        settings,
        footnotes or Footnotes(),
        column,
    )


def _has(numbers: Mapping, dataset: str, model: str, seeds: Sequence[int], metric: str) -> bool:
    """Whether a cell has a number: a detail that a model's metric lacks leaves it blank."""
    whole, _, detail = metric.partition(".")
    computed = all((dataset, model, seed, whole) in numbers for seed in seeds)
    return not (detail and computed) or (dataset, model, seeds[0], metric) in numbers


def _number(numbers: Mapping, dataset: str, model: str, seed: int, metric: str) -> Estimate:
    try:
        return numbers[dataset, model, seed, metric]
    except KeyError:
        raise GaebenchError(
            f"{metric} of {model} on {dataset} (seed {seed}) is not in the collected metrics. "
            "Run the whole workflow again, so that every cell of the tables is there."
        ) from None


def title(name: str, entry: Mapping) -> str:
    return entry.get("title") or re.sub(r"table(\d+)", r"Table \1", name)


def _section(table: Table, entry: Mapping) -> str:
    caption = CAPTIONS.get(entry["metric"], f"{entry['metric']}, higher is better.")
    caption = f"{caption.format_map(table.settings)} {OURS}{table.remark()}"
    deep = all(map(depth, table.models)) and not table.controls
    layout = _by_layers if deep else _by_model
    body = layout(table)
    return _joined(title(table.name, entry), caption, body, _citations(table), table.footnotes)


def _joined(title: str, caption: str, body: str, citations: str, footnotes: Footnotes) -> str:
    parts = [f"## {title}", caption, body, ONE_SEED if SINGLE in body else "", citations]
    return "\n\n".join(part for part in [*parts, footnotes.listing()] if part)


def _wide_section(
    name: str, entry: Mapping, numbers: Mapping, unavailable: Mapping, settings: Mapping
) -> str:
    """A table of several metrics: a column each, per data set."""
    footnotes = Footnotes()
    named = {**settings[entry["columns"][0].split(".")[0]], **settings}
    parts = [
        _table(name, entry, column, numbers, unavailable, named, footnotes, columns.COLUMNS[column])
        for column in entry["columns"]
    ]
    first = parts[0]
    ranked = any(part.column.merit for part in parts)
    caption = columns.CAPTIONS.get(name, name).format_map(named)
    caption = f"{caption} {OURS if ranked else UNRANKED}{first.remark()}"
    body = _by_column(parts)
    return _joined(title(name, entry), caption, body, "", footnotes)


def _by_column(parts: Sequence[Table]) -> str:
    """One row per model and per control; per data set a column per metric."""
    first = parts[0]
    cells = {
        (dataset, part.column.header): part.ours(dataset, part.models) | part.of_controls(dataset)
        for dataset in first.datasets
        for part in parts
    }
    prefixes = {
        dataset: f"{dataset_name(dataset)}, " if len(first.datasets) > 1 else ""
        for dataset in first.datasets
    }
    headers = [
        prefixes[dataset] + header + first.remark(dataset=dataset) for dataset, header in cells
    ]
    rows = {
        model: [_row_name(first, model), *(column.get(model, NONE) for column in cells.values())]
        for model in [*first.models, *first.controls]
    }
    return _with_controls(first, headers, rows)


def _row_name(table: Table, model: str) -> str:
    return model_name(model) + table.remark(model=model)


def _with_controls(table: Table, headers: list[str], rows: Mapping[str, list[str]]) -> str:
    """Models' rows, and the controls' apart below them."""
    apart = [[CONTROLS] + [NONE] * len(headers)] if table.controls else []
    models = [rows[model] for model in table.models]
    controls = [rows[control] for control in table.controls]
    return markdown(["model", *headers], [*models, *apart, *controls])


def _citations(table: Table) -> str:
    names = {"slide": "Slide", "paper": "Cited papers"}
    found = {name: published.citations(table.name, source) for source, name in names.items()}
    return " ".join(f"{name}: {'; '.join(texts)}." for name, texts in found.items() if texts)


def _by_model(table: Table) -> str:
    """One row per model and per control; per data set ours, the slide's, the papers' columns."""
    shown = [(name, source) for name in table.datasets for source in _sources(table, name)]
    headers = [
        f"{dataset_name(dataset)}, {SOURCES[source]}"
        + (table.remark(dataset=dataset) if source == "ours" else "")
        for dataset, source in shown
    ]
    ours = {
        dataset: table.ours(dataset, table.models) | table.of_controls(dataset)
        for dataset in table.datasets
    }
    rows = {
        model: [_row_name(table, model)]
        + [
            ours[dataset].get(model, NONE)
            if source == "ours"
            else table.theirs(dataset, model, source)
            for dataset, source in shown
        ]
        for model in [*table.models, *table.controls]
    }
    return _with_controls(table, headers, rows)


def _sources(table: Table, dataset: str) -> list[str]:
    printed = [
        name for name in ("slide", "paper") if dataset in published.datasets(table.name, name)
    ]
    return ["ours", *printed]


def _by_layers(table: Table) -> str:
    """One row per number of layers; per family our data sets' columns, then the slide's."""
    models = {depth(model): model for model in table.models}
    families = list(dict.fromkeys(family for family, _ in models))
    layers = list(dict.fromkeys(count for _, count in models))
    headers, shown = ["layers"], []
    for family in families:
        own = {count: models[family, count] for count in layers if (family, count) in models}
        name, first = MODELS.get(family, family), next(iter(own.values()))
        for dataset in table.datasets:
            headers.append(f"{name}, {dataset_name(dataset)}{table.remark(dataset, first)}")
            ours = table.ours(dataset, list(own.values()))
            shown.append({count: ours[model] for count, model in own.items()})
        if printed := published.datasets(table.name, "slide"):
            headers.append(f"{name}, slide")
            shown.append(_slide(table, printed[0], own))
    rows = [[str(count), *(column.get(count, NONE) for column in shown)] for count in layers]
    return markdown(headers, rows)


def _slide(table: Table, dataset: str, models: Mapping[int, str]) -> dict[int, str]:
    """The slide's column of one family: the slide has one data set, whichever ours are."""
    return {count: table.theirs(dataset, model, "slide") for count, model in models.items()}


def markdown(headers: list[str], rows: list[list[str]]) -> str:
    """A table of GitHub's Markdown, its first column to the left."""
    # "pipe" is the GitHub format with the colons that align the numbers.
    align = ["left"] + ["right"] * (len(headers) - 1)
    return tabulate(rows, headers, tablefmt="pipe", colalign=align, disable_numparse=True)
