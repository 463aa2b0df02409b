"""A table filled with numbers: ours, and those that the slides and the cited papers print."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gaebench import published
from gaebench.errors import GaebenchError
from gaebench.report import cells, typeset
from gaebench.report.cells import Mean
from gaebench.report.names import Names
from gaebench.report.table import Entry, Look, Table, filled_in, look
from gaebench.report.typeset import BLANK, FAILED, MISSING, Text


@dataclass(frozen=True)
class Facts:
    """What tables are filled with.

    Attributes
    ----------
    contents : {(dataset, model, seed, metric): dict}
        What the metric files say.
    unavailable : {dataset: reason}
        Data sets that could not be had.
    names : Names
    columns : {metric: dict}
        What the metrics' files say for readers, as :func:`gaebench.report.table.look` takes it.
    numbers : dict
        For captions: metric -> its settings and ``samples``; ``accuracy``.
    """

    contents: Mapping[cells.Key, Mapping]
    unavailable: Mapping[str, str]
    names: Names
    columns: Mapping[str, Mapping]
    numbers: Mapping[str, object]


@dataclass(frozen=True)
class Filled:
    """A table, what parameters ask of it, and what it is filled with.

    Attributes
    ----------
    table : Table
    asked : dict
        ``models``, ``controls`` (control -> its data sets), ``seeds`` (data set -> seeds; data sets
        without any are left out); ``foreign`` (images of other models -> their data set).
    facts : Facts
    """

    table: Table
    asked: Mapping[str, Mapping]
    facts: Facts

    @property
    def datasets(self) -> list[str]:
        """The data sets shown."""
        return [dataset for dataset, seeds in self.asked["seeds"].items() if seeds]

    @property
    def models(self) -> list[str]:
        """The models with a row or a column of their own; those of others last."""
        return [*self.table.shown(self.asked["models"]), *self.foreign]

    @property
    def controls(self) -> Mapping[str, Sequence[str]]:
        """Controls, each with the data sets that it is for; none of other data sets alone."""
        asked = self.asked.get("controls", {})
        return {name: own for name, own in asked.items() if {*own} & {*self.datasets}}

    @property
    def foreign(self) -> Mapping[str, str]:
        """Models of others, of which there are images; each with the data set it is for."""
        asked = self.asked.get("foreign", {})
        return {name: dataset for name, dataset in asked.items() if dataset in self.datasets}

    def _is_for(self, model: str, dataset: str) -> bool:
        """Whether there are numbers of a model or control on a data set."""
        there = self.controls.get(model, [self.foreign.get(model, dataset)])
        return dataset in there

    def _seeds(self, model: str, dataset: str) -> Sequence[int]:
        """Whose mean a number is; of foreign images there is one set."""
        return [0] if model in self.foreign else self.asked["seeds"][dataset]

    @cached_property
    def entries(self) -> list[Entry]:
        """The entries that there are numbers for.

        Raises
        ------
        GaebenchError
            If there is none for one that is not optional.
        """
        return [entry for entry in self.table.entries if self._has(entry)]

    def _has(self, entry: Entry) -> bool:
        """Whether an entry is shown; where no data set is available, all are."""
        available = [name for name in self.datasets if name not in self.facts.unavailable]
        runs = self._runs(entry)
        if not runs:
            return False
        if not available or any(
            self.means(entry, name, runs) or self.failed(entry, name, runs) for name in available
        ):
            return True
        if entry.optional:
            return False
        raise GaebenchError(
            f"no file of {entry.metric} has {entry.path!r}, which the table {self.table.title!r} "
            "shows. Correct the table's file, or make the entry optional."
        )

    def _runs(self, entry: Entry) -> dict[str, str]:
        """Model or control shown -> that whose number the entry has for it."""
        images = {} if entry.of else {name: name for name in (*self.foreign, *self.controls)}
        return self.table.measured(entry, self.asked["models"]) | images

    def means(self, entry: Entry, dataset: str, models: Iterable[str]) -> dict[str, Mean]:
        """Our numbers of an entry, by model or control, of those that have one."""
        runs = self._runs(entry)
        found = {
            model: self._mean(entry, dataset, runs[model])
            for model in models
            if model in runs and self._is_for(model, dataset)
        }
        return {model: mean for model, mean in found.items() if mean is not None}

    def _mean(self, entry: Entry, dataset: str, model: str) -> Mean | None:
        if self._reasons(entry, dataset, model):
            return None
        keys = [(dataset, model, seed, entry.metric) for seed in self._seeds(model, dataset)]
        found = [cells.number(self._content(key), entry.path, _name(key)) for key in keys]
        return None if None in found else cells.mean(found)

    def failed(self, entry: Entry, dataset: str, models: Iterable[str]) -> dict[str, Text]:
        """The cells of an entry that have no number since a run failed, with the reason."""
        runs = self._runs(entry)
        found = {
            model: self._reasons(entry, dataset, runs[model])
            for model in models
            if model in runs and self._is_for(model, dataset)
        }
        return {model: Text(FAILED, reasons) for model, reasons in found.items() if reasons}

    def _reasons(self, entry: Entry, dataset: str, model: str) -> tuple[str, ...]:
        """Why runs of a model failed, each reason once."""
        seeds = self._seeds(model, dataset)
        contents = [self._content((dataset, model, seed, entry.metric)) for seed in seeds]
        return tuple(dict.fromkeys(found["failed"] for found in contents if "failed" in found))

    def _content(self, key: cells.Key) -> Mapping:
        if key not in self.facts.contents:
            raise GaebenchError(
                f"{_name(key)} is missing. Run the whole workflow again, so that every cell of the "
                "tables is there."
            )
        return self.facts.contents[key]

    def ours(self, entry: Entry, dataset: str, models: Sequence[str]) -> dict[str, Text]:
        """Our cells of one column, the best of the models in bold; of controls none is."""
        if dataset in self.facts.unavailable:
            return dict.fromkeys([*models, *self.controls], MISSING)
        style = self.look(entry)
        best = typeset.ranked(self.means(entry, dataset, models), style)
        others = self.means(entry, dataset, self.controls)
        plain = {name: typeset.plain(mean, style.decimals) for name, mean in others.items()}
        numbers = {name: Text(text) for name, text in (best | plain).items()}
        return numbers | self.failed(entry, dataset, [*models, *self.controls])

    def pixels(self, entry: Entry, dataset: str, model: str) -> float:
        """The number of pixels that the metric file of an entry names."""
        seed = self._seeds(model, dataset)[0]
        key = (dataset, self._runs(entry)[model], seed, entry.metric)
        found = cells.number(self._content(key), "pixels", _name(key))
        if found is None:
            raise GaebenchError(
                f"{_name(key)} has no 'pixels', which a row that shows a scale needs"
            )
        return found.value

    def slide(self, dataset: str, model: str) -> published.Entry | None:
        """The slide's number of a model; where it has one data set, that stands for every one."""
        printed = published.datasets(self.table.published, "slide")
        place = next(iter(printed)) if len(printed) == 1 else dataset
        return self.printed(place, model, "slide")

    def printed(self, dataset: str, model: str, source: str) -> published.Entry | None:
        """The published number of a cell, if there is one."""
        return published.entry(self.table.published, dataset, model, source)

    def theirs(self, dataset: str, model: str, source: str) -> Text:
        """The published number of a cell as text, with its remark and where it comes from."""
        entry = self.printed(dataset, model, source)
        if entry is None:
            return BLANK
        return Text(entry.text, (entry.note,) if entry.note else (), (source, entry.citation))

    def look(self, entry: Entry) -> Look:
        """How an entry's numbers are written."""
        return look(entry, self.facts.columns[entry.metric])

    def label(self, entry: Entry) -> str:
        """What an entry is called."""
        return self.said(self.look(entry).label)

    def said(self, text: str) -> str:
        """A text of the table's file with its numbers.

        Raises
        ------
        GaebenchError
            If it names a number that there is not.
        """
        numbers = self.facts.numbers
        first = numbers.get(self.table.entries[0].metric)  # none, of a table without rows
        shared = {"samples": first["samples"]} if first else {}
        try:
            return filled_in(text, shared | numbers)
        except (KeyError, ValueError, IndexError) as error:
            raise GaebenchError(
                f"the table {self.table.title!r} says {text!r}, but there is no number for {error}"
            ) from error

    def model(self, name: str) -> Text:
        """The name of a model or a control, with the remarks on it."""
        label = self.facts.names.model(name)
        here = self.table.row_notes.get(name, "")
        return Text(label.text, tuple(filter(None, [label.note, self.said(here)])))

    def dataset(self, name: str) -> Text:
        """The name of a data set, with the remarks on it."""
        label, notes = self.facts.names.dataset(name), []
        if name in self.facts.unavailable:
            reason = " ".join(self.facts.unavailable[name].split())
            notes.append(f"{label.text} is not available: {reason}")
        return Text(label.text, tuple(filter(None, [label.note, *notes])))


def _name(key: cells.Key) -> str:
    return "{3} of {1} on {0} (seed {2})".format(*key)
