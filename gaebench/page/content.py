"""All that the page says, out of the files of a finished run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from gaebench import data, failures, runs
from gaebench.claims.comparisons import Numbers
from gaebench.claims.slides import CLAIMS
from gaebench.page import charts, claims, headline, missing, origins, pictures, scores, tables
from gaebench.page.charts import Chart
from gaebench.page.claims import Judged
from gaebench.page.headline import Standing
from gaebench.page.origins import Sheet
from gaebench.page.pictures import Picture
from gaebench.page.scores import Panel
from gaebench.page.tables import PageTable
from gaebench.report import collect, histories
from gaebench.report import facts as reported
from gaebench.report.filled import Facts, Filled
from gaebench.report.tables import asked

Run = tuple[str, str, int]
"""Data set, model, seed."""


@dataclass(frozen=True)
class Files:
    """The files that a page is made of; those of runs lie in ``.../{dataset}/{model}/{seed}/``.

    Attributes
    ----------
    table : path
        The tidy table of all numbers.
    metrics, accuracies : sequence of path
        Of the cells of all tables and figures; of the classifiers.
    figures : sequence of path
        PNG, called as the figures.
    histories : sequence of path
        One for each model on each data set.
    images : sequence of path
        The data set whose test images are scored one by one, or none.
    samples : sequence of path
        Of the runs that score them.
    cost : sequence of path
        A table of costs, or none.
    """

    table: str
    metrics: Sequence[str]
    accuracies: Sequence[str]
    figures: Sequence[str]
    histories: Sequence[str]
    images: Sequence[str]
    samples: Sequence[str]
    cost: Sequence[str]


@dataclass(frozen=True)
class Content:
    """What the page says.

    Attributes
    ----------
    told : dict
        What parameters say: that of the tables, ``figures`` (figure -> ``caption``, ``runs``),
        ``trained`` and ``measured`` as `gaebench.page.origins` takes them, ``samples`` and
        ``budget``.
    files : Files
    device : str
        Where the test images are scored, ``cpu`` or ``cuda``.
    """

    told: Mapping
    files: Files
    device: str

    @cached_property
    def facts(self) -> Facts:
        """What the tables are filled with."""
        return reported.read(self.told, self.files.metrics, self.files.accuracies)

    @cached_property
    def filled(self) -> list[Filled]:
        """The tables, of those with seeds."""
        return [Filled(table, entry, self.facts) for table, entry in asked(self.told["tables"])]

    @property
    def tables(self) -> list[PageTable]:
        """The tables as the page shows them."""
        return [tables.of(filled) for filled in self.filled]

    @property
    def standings(self) -> list[Standing]:
        """Who is best where there are published numbers."""
        return [found for filled in self.filled for found in headline.standings(filled)]

    @cached_property
    def pictures(self) -> list[Picture]:
        """The figures that were drawn."""
        paths = {Path(path).stem: Path(path) for path in self.files.figures}
        return [
            pictures.figure(name, told, paths[name], self.facts.names)
            for name, told in self.told["figures"].items()
            if name in paths
        ]

    @cached_property
    def claims(self) -> list[Judged]:
        """The claims with their tests."""
        reasons = reported.unavailable(self.told["manifests"])
        numbers = Numbers(collect.read(self.files.table), reasons, self.facts.names)
        shown = [(filled.table, filled.asked) for filled in self.filled]
        return claims.judged(CLAIMS, numbers, shown, [picture.name for picture in self.pictures])

    @property
    def introduction(self) -> str:
        """How the claims are tested."""
        return claims.introduction(self.claims)

    @property
    def verdicts(self) -> list[tuple[str, str, int]]:
        """How many claims have which verdict."""
        return claims.summary(self.claims)

    @property
    def charts(self) -> list[Chart]:
        """Curves of training, one chart for each data set and score; then those of metrics."""
        found = [*self._of_training(), *self._of_metrics()]
        return [chart for chart in found if chart is not None]

    def _of_training(self) -> Iterable[Chart | None]:
        paths = {_run(path)[:2]: path for path in self.files.histories}
        panels: dict[tuple[str, str], dict[str, pd.DataFrame]] = {}
        for run in self.told["trained"]:
            path = paths.get((run["dataset"], run["model"]))
            if path and not failures.reason(path):
                key = run["dataset"], run["train"]["stop_on"]
                panels.setdefault(key, {})[run["model"]] = histories.read(path)
        for (dataset, metric), found in panels.items():
            yield charts.training(dataset, self.told["measured"][metric], found, self.facts.names)

    def _of_metrics(self) -> Iterable[Chart | None]:
        panels: dict[tuple[str, str], dict[str, Mapping]] = {}
        for (dataset, model, _, metric), content in self.facts.contents.items():
            if "curve" in content:
                panels.setdefault((metric, dataset), {}).setdefault(model, content)
        order = list(self.facts.names.models)
        for (metric, dataset), found in panels.items():
            models = {name: found[name] for name in sorted(found, key=order.index)}
            yield charts.detail(dataset, self.told["measured"][metric], models, self.facts.names)

    @property
    def scores(self) -> Panel | None:
        """The score of each test image under the runs that came out; None if none did."""
        sampled = {_run(path): path for path in self.files.samples}
        parzen = {run: self.facts.contents[(*run, "parzen")] for run in sampled}
        came_out = [run for run in sampled if "failed" not in parzen[run]]
        if not came_out:
            return None
        (path,) = self.files.images
        truth, names = data.load(path), self.facts.names
        found = {
            names.model(run[1]).text: scores.of_images(
                runs.load_samples(sampled[run], truth.pixels), truth, parzen[run], self.device
            )
            for run in came_out
        }
        return scores.panel(names.dataset(came_out[0][0]).text, truth, found)

    @property
    def origins(self) -> list[Sheet]:
        """How the numbers were made."""
        present = [
            run for run in self.told["trained"] if run["dataset"] not in self.facts.unavailable
        ]
        measured = origins.measured(self.told["measured"])
        return [*origins.trained(present, self.facts.names), measured]

    @property
    def costs(self) -> list[Sheet]:
        """What it cost, if there is a table of that."""
        return [origins.cost(path) for path in self.files.cost]

    @property
    def remarks(self) -> list[str]:
        """What is missing, and what keeps these numbers from being compared."""
        return [
            *missing.budget(self.told["budget"], self.told["samples"]),
            *missing.datasets(self.facts),
            *missing.runs(self._reasons(), self.facts.names),
            *missing.figures(self.told["figures"], [picture.name for picture in self.pictures]),
        ]

    def _reasons(self) -> Iterable[tuple[Run, str | None]]:
        """Why runs failed, None for each that did not."""
        yield from ((_run(path), failures.reason(path)) for path in self.files.histories)
        for (*run, _), content in self.facts.contents.items():
            yield tuple(run), content.get("failed")


def _run(path: str) -> Run:
    *_, dataset, model, seed, _ = Path(path).parts
    return dataset, model, int(seed)
