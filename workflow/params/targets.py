"""Names of the files that the rules make, computed from resolved parameters."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gaebench import plugins

from . import runs
from .runs import Cell, Run


@dataclass(frozen=True)
class Targets:
    """The files that the tables and figures of some parameters ask for.

    Attributes
    ----------
    config : dict
        Resolved parameters.
    """

    config: dict

    @cached_property
    def datasets(self) -> list[str]:
        """The data sets in use."""
        return runs.datasets(self.config)

    @cached_property
    def optional(self) -> list[str]:
        """Those that may be missing."""
        return [name for name in self.datasets if self.config["datasets"][name].get("optional")]

    @property
    def required(self) -> list[str]:
        """Those that must be there."""
        return [name for name in self.datasets if name not in self.optional]

    @cached_property
    def cells(self) -> list[Cell]:
        """Every number of the tables and figures."""
        return runs.cells(self.config)

    def at(self, run: Run, name: str) -> str:
        """A file of a run."""
        return f"{self.config['results']}/runs/{run.dataset}/{run.model}/{run.seed}/{name}"

    def prepared(self, dataset: str) -> list[str]:
        """The prepared data set."""
        return [f"data/processed/{dataset}.npz"]

    def metrics(self, dataset: str) -> list[str]:
        """The metric files of all cells on one data set."""
        return self._of(self.cells, dataset)

    def tabled(self, dataset: str) -> list[str]:
        """The metric files of the tables on one data set."""
        return self._of(runs.table_cells(self.config), dataset)

    def accuracies(self, dataset: str) -> list[str]:
        """The classifier's, where a metric needs one."""
        needs = {
            plugins.constant("metrics", cell.metric, "NEEDS")
            for cell in self.cells
            if cell.dataset == dataset
        }
        there = f"{self.config['results']}/runs/{dataset}/classifier.json"
        return [there] if "features" in needs else []

    def classifier(self, dataset: str) -> list[str]:
        """All that training the classifier leaves behind."""
        names = ("classifier.pt", "features.npz", "classifier.json")
        accuracies = self.accuracies(dataset)
        return [str(Path(file).with_name(name)) for file in accuracies for name in names]

    def runs(self, dataset: str) -> list[str]:
        """Everything that the runs on one data set leave behind."""
        wanted = [run for run in runs.runs(self.config) if run.dataset == dataset]
        trained = [self.at(run, name) for run in wanted for name in ("model.pt", "history.csv")]
        images = [run for run in runs.sampled(self.config) if run.dataset == dataset]
        sampled = [self.at(run, "samples.npy") for run in images]
        measured = [*self.classifier(dataset), *self.metrics(dataset)]
        return list(dict.fromkeys([*trained, *sampled, *measured]))

    def trained(self, dataset: str, name: str) -> list[str]:
        """A file of each training on one data set."""
        return [self.at(run, name) for run in runs.runs(self.config) if run.dataset == dataset]

    @property
    def figures(self) -> list[str]:
        """The figures that show a data set that must be there."""
        return [name for name in self.config["figures"] if name not in self.optional_figures]

    @cached_property
    def optional_figures(self) -> list[str]:
        """Those of data sets that may all be missing."""
        return [
            name
            for name in self.config["figures"]
            if set(self.figure_datasets(name)) <= set(self.optional)
        ]

    def figure_datasets(self, name: str) -> list[str]:
        """The data sets of a figure's runs, in order of first appearance."""
        used = dict.fromkeys(run.dataset for run in runs.figure_runs(self.config, name))
        return list(used)

    def figure_data(self, name: str, missing: Collection[str] = ()) -> list[str]:
        """The prepared data sets of a figure, less those that are missing."""
        used = [dataset for dataset in self.figure_datasets(name) if dataset not in missing]
        return [file for dataset in used for file in self.prepared(dataset)]

    def figure_files(self, name: str, missing: Collection[str] = ()) -> list[str]:
        """What a figure needs of its runs, run by run."""
        return [
            self.at(run, FILES.get(need, f"{need}.json"))
            for run, needs in runs.shown(self.config, name, missing)
            for need in needs
        ]

    def outcomes(self, dataset: str) -> list[str]:
        """The files that say whether the runs on one data set came out."""
        wanted = [run for run in runs.runs(self.config) if run.dataset == dataset]
        return [*(self.at(run, "history.csv") for run in wanted), *self.metrics(dataset)]

    def _of(self, cells: list[Cell], dataset: str) -> list[str]:
        return [self.at(c.run, f"{c.metric}.json") for c in cells if c.dataset == dataset]


FILES = {"samples": "samples.npy", "model": "model.pt", "history": "history.csv"}
"""The files of a run; every other need is a metric's."""
