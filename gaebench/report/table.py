"""What a table shows, as its file in ``gaebench/tables`` says it.

Nothing heavy is imported here: the workflow reads these files to know which cells it must compute.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import Formatter
from typing import Literal

from gaebench import plugins

MERITS: dict[str, Callable[[float], float]] = {
    "higher": lambda value: value,
    "lower": lambda value: -value,
    "near one": lambda value: -abs(value - 1),
}
"""The larger, the better."""
ARROWS = {"higher": " ↑", "lower": " ↓", "near one": " → 1"}


@dataclass(frozen=True)
class Entry:
    """One number of a metric file: a column of a table, or a row.

    Attributes
    ----------
    metric : str
    path : str
        Keys of the metric's file joined by ``/``; the metric's own value is at none.
    label : str, optional
        As in captions, braces hold numbers; else what the metric's file says.
    of : str
        A variant: the number shown for a model M is that of the model ``M-of``.
    show : str
        ``scale``: in a layout by entries, the factor a on all pixels that would lift the score to
        the slide's, since density scores of images scaled by a differ by -pixels ln a.
    optional : bool
        Whether it is left out where no file has it, since settings do not reach so far.
    better : str, optional
        Which way is better; else as the metric's file says.
    unit : bool
        Whether the metric's unit stands behind the label, since no caption says it.
    """

    metric: str
    path: str = ""
    label: str | None = None
    of: str = ""
    show: Literal["value", "scale"] = "value"
    optional: bool = False
    better: str | None = None
    unit: bool = False

    @property
    def name(self) -> str:
        """The entry as `metrics.csv` calls it: ``prdc.recall``."""
        return f"{self.metric}.{self.path}" if self.path else self.metric


@dataclass(frozen=True)
class Table:
    """What one table shows; parameters say of which models, data sets and seeds.

    Attributes
    ----------
    title, caption : str
        Braces hold numbers: ``{samples:,}`` images per run, a metric's setting such as
        ``{parzen[validation]}``, the ``{accuracy}`` of the classifier. A noun behind a bar,
        ``{loglik_ais[chains]:|chain}``, stands in the plural unless there is one.
    entries : tuple of Entry
    layout : str
        ``models``: a row per model and control, a column per data set and entry. ``layers``: a row
        per number of layers, columns per family, if every model is told by the two and there is no
        control; else as ``models``. ``entries``: a row per data set and entry, a column per model.
    published : str, optional
        The table in ``published/numbers.csv`` that stands beside the first entry's numbers.
    notes : tuple of str
        Remarks on the table, with numbers as in the caption.
    row_notes : {model or control: str}
        Remarks on a row that hold in this table only, likewise.
    """

    title: str
    caption: str
    entries: tuple[Entry, ...]
    layout: Literal["models", "layers", "entries"] = "models"
    published: str | None = None
    notes: tuple[str, ...] = ()
    row_notes: Mapping[str, str] = field(default_factory=dict)

    def plus(self, metrics: Iterable[str]) -> "Table":
        """The table with further metrics after its own entries."""
        further = (Entry(metric, unit=True) for metric in metrics)
        return replace(self, entries=(*self.entries, *further))

    def shown(self, models: Sequence[str]) -> list[str]:
        """The models that have a row or a column of their own: all but variants of others."""
        variants = {f"{model}-{entry.of}" for entry in self.entries if entry.of for model in models}
        return [model for model in models if model not in variants]

    def measured(self, entry: Entry, models: Sequence[str]) -> dict[str, str]:
        """Model shown -> the model whose number an entry has for it; not where there is none."""
        pairs = {name: f"{name}-{entry.of}" if entry.of else name for name in self.shown(models)}
        return {name: model for name, model in pairs.items() if model in models}

    def cells(self, models: Sequence[str], controls: Sequence[str]) -> list[tuple[str, str]]:
        """Pairs of a model, or a control, and a metric that the table needs, each once."""
        found = [
            (model, entry.metric)
            for entry in self.entries
            for model in [
                *self.measured(entry, models).values(),
                *([] if entry.of else controls),
            ]
        ]
        return list(dict.fromkeys(found))


class _Counting(Formatter):
    """A number of things may have their noun behind a bar: ``{samples:,|image}``."""

    def format_field(self, value: object, format_spec: str) -> str:
        """The number, and the noun as it asks for."""
        spec, bar, noun = format_spec.partition("|")
        number = super().format_field(value, spec)
        return f"{number} {noun}{'s' * (value != 1)}" if bar else number


def filled_in(text: str, numbers: Mapping[str, object]) -> str:
    """A text with its numbers.

    Raises
    ------
    KeyError, ValueError, IndexError
        If it names a number that there is not.
    """
    return _Counting().vformat(text, (), numbers)


@dataclass(frozen=True)
class Look:
    """How the numbers of an entry are written.

    Attributes
    ----------
    label, unit : str
    better : str
        A key of `MERITS`, or empty: then none is the best.
    decimals : int
    """

    label: str
    unit: str
    better: str
    decimals: int

    @property
    def merit(self) -> Callable[[float], float] | None:
        """The larger, the better; None if no way is."""
        return MERITS.get(self.better)


def said(metric: str) -> dict:
    """What a metric's file says of its numbers, as :func:`look` takes it."""
    words = {"LABEL": None, "UNIT": "", "BETTER": "", "DECIMALS": 2, "DETAILS": {}}
    return {
        name.lower(): plugins.constant("metrics", metric, name, default)
        for name, default in words.items()
    }


def look(entry: Entry, metric: Mapping) -> Look:
    """How an entry is written, out of what its metric's file says.

    Parameters
    ----------
    entry
    metric
        ``label``, ``unit``, ``better``, ``decimals`` of its own value; ``details``, which name what
        differs from that by the path of the entry, or by the first key of it. Of a number at
        another path no way is better.
    """
    details, start = metric["details"], entry.path.split("/")[0]
    undeclared = {"label": entry.path, "unit": "", "better": ""}
    own = {} if not entry.path else details.get(entry.path, details.get(start, undeclared))
    said = {key: own.get(key, metric[key]) for key in ("label", "unit", "better", "decimals")}
    given = {"label": entry.label, "better": entry.better}
    found = Look(**said | {key: value for key, value in given.items() if value is not None})
    shown = f" ({found.unit})" if entry.unit and found.unit else ""
    return replace(found, label=found.label + shown)
