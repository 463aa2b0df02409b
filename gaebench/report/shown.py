"""The runs that a figure shows, and what is known of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd

from gaebench import data, failures, runs
from gaebench.errors import GaebenchError
from gaebench.model import Model
from gaebench.report import cells, histories
from gaebench.report.names import Label, Names


@dataclass(frozen=True)
class ShownRun:
    """One run of a model or of a control.

    Attributes
    ----------
    dataset, model : str
        As in the parameters.
    seed : int
    control : bool
        Whether no model made its images.
    label, dataset_label : Label
        What to call them.
    images_per_run : int
        How many images were generated; some controls have fewer.
    load : () -> Dataset
    files : {need: path}
        What the figure needs of the run.
    family, settings
        What restores its model.
    """

    dataset: str
    model: str
    seed: int
    control: bool
    label: Label
    dataset_label: Label
    images_per_run: int
    load: Callable[[], data.Dataset]
    files: Mapping[str, Path]
    family: str = ""
    settings: dict = field(default_factory=dict)

    @property
    def data(self) -> data.Dataset:
        """Its data set, which is read when it is first asked for."""
        return self.load()

    def samples(self) -> np.ndarray:
        """Its images as float32 in [0, 1], shape (n, height * width)."""
        return runs.load_samples(self._file("samples"), self.data.pixels)

    def history(self) -> pd.DataFrame:
        """Its training, as :func:`histories.read` gives it."""
        return histories.read(self._file("history"))

    def metric(self, name: str) -> dict:
        """A metric's file: ``value``, ``sem`` and the details."""
        return cells.content(self._file(name))

    def restore(self, device: str) -> Model:
        """Its trained model."""
        return runs.restore(self._file("model"), self.data, self.family, self.settings, device)

    def _file(self, need: str) -> Path:
        if need not in self.files:
            raise GaebenchError(f"the figure asks for {need} of {self.model}: add it to its NEEDS")
        return self.files[need]


def listed(content: Mapping, datasets: Iterable[str], files: Iterable[str]) -> list[ShownRun]:
    """The runs of a figure, in its order; those that failed are left out.

    Parameters
    ----------
    content
        ``runs``: for each ``dataset``, ``model``, ``seed``, ``control``, ``needs`` and ``restore``
        (``family`` and ``settings``, or None); ``names``, as :meth:`Names.of` reads them;
        ``samples``, the number of images per run.
    datasets
        Files of the data sets, in the order in which the runs first name them.
    files
        Files of the runs: for each run those of its needs.
    """
    names, paths = Names.of(content["names"]), iter(files)
    places = [{need: Path(next(paths)) for need in entry["needs"]} for entry in content["runs"]]
    order = dict.fromkeys(entry["dataset"] for entry in content["runs"])
    loads = {
        name: cache(partial(data.load, path)) for name, path in zip(order, datasets, strict=True)
    }
    return [
        ShownRun(
            **{key: entry[key] for key in ("dataset", "model", "seed", "control")},
            label=names.model(entry["model"]),
            dataset_label=names.dataset(entry["dataset"]),
            images_per_run=content["samples"],
            load=loads[entry["dataset"]],
            files=found,
            **entry["restore"] or {},
        )
        for entry, found in zip(content["runs"], places, strict=True)
        if not any(map(failures.reason, found.values()))
    ]


def grouped(shown: Sequence[ShownRun], title: Callable[[ShownRun], str]) -> dict[str, list]:
    """The runs by the title of their panel, both in order of first appearance."""
    panels: dict[str, list[ShownRun]] = {}
    for run in shown:
        panels.setdefault(title(run), []).append(run)
    return panels


def datasets(shown: Sequence[ShownRun]) -> str:
    """What the data sets of the runs are called."""
    return ", ".join(dict.fromkeys(run.dataset_label.text for run in shown))
