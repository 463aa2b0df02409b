"""Write a generated section of a page, between its marks ``<!-- NAME -->``.

python workflow/readme.py numbers    results/metrics.csv -> README.md
python workflow/readme.py search     results/search/tuning.md -> docs/tuning.md
"""

import argparse
import sys
from pathlib import Path

import pandas as pd
from params import labels, reading, resolve

from gaebench import published
from gaebench.errors import GaebenchError
from gaebench.files import write_text
from gaebench.report import collect
from gaebench.report.names import Names
from gaebench.report.typeset import markdown

ROOT = Path(__file__).parents[1]
BINARISED = ("bimnist", "bimnist-threshold")
FAMILIES = ("vae", "gae")
LAYERS = (1, 2, 3, 4)


def main() -> None:
    """Write the section that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("section", choices=SECTIONS)
    name = parser.parse_args().section
    page, body = SECTIONS[name]
    path = ROOT / page
    try:
        write_text(path, replace_section(path.read_text(encoding="utf-8"), name, body()))
    except (OSError, GaebenchError) as error:
        sys.exit(f"error: {error}")


def replace_section(text: str, name: str, body: str) -> str:
    """The text with ``body`` between ``<!-- name -->`` and ``<!-- end of name -->``.

    Raises
    ------
    GaebenchError
        If the text has no such section, or more than one.
    """
    start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    if text.count(start) != 1 or rest.count(end) != 1:
        raise GaebenchError(f"a page must have one section from {start.strip()} to {end}")
    return before + start + body + end + after


def searched() -> str:
    """What the search for settings has written."""
    return (ROOT / "results/search/tuning.md").read_text(encoding="utf-8")


def numbers() -> str:
    """Table 1 on MNIST and Table 2, ours beside the published numbers, as Markdown."""
    frame, names = measured(), called()
    return f"{parzen_table(frame, names)}\n\n{depth_table(frame, names)}\n"


def measured() -> pd.DataFrame:
    """The committed numbers, a row for each data set, model, seed and metric."""
    return collect.read(ROOT / "results/metrics.csv")


def called() -> Names:
    """How models and data sets are called."""
    config = reading.read(ROOT / "params.yaml")
    return Names.of(labels.labels(resolve.resolved(config)))


def parzen_table(frame: pd.DataFrame, names: Names) -> str:
    """Table 1 on MNIST: a row for each model that the slide has."""
    ours = cells(frame, "parzen", "mnist")
    models = [model for model in ours if published.entry("table1", "mnist", model, "slide")]
    rows = [
        [names.model(model).text, ours[model], *printed("table1", "mnist", model)]
        for model in models
    ]
    return markdown([["Table 1: MNIST", "ours", "slide", "cited paper"], *rows])


def depth_table(frame: pd.DataFrame, names: Names) -> str:
    """Table 2: a row for each number of layers."""
    ours = {dataset: cells(frame, "loglik_prior", dataset) for dataset in BINARISED}
    head = ["Table 2: layers"]
    for family in FAMILIES:
        sources = [*(binarisation(names.dataset(dataset).text) for dataset in BINARISED), "slide"]
        head += [f"{names.model(f'{family}-1').family}, {source}" for source in sources]
    rows = [[str(layers)] for layers in LAYERS]
    for row in rows:
        for model in (f"{family}-{row[0]}" for family in FAMILIES):
            row += [ours[dataset].get(model, "") for dataset in BINARISED]
            row += printed("table2", BINARISED[0], model)[:1]
    return markdown([head, *rows])


def binarisation(dataset: str) -> str:
    """``threshold`` of ``biMNIST (threshold)``."""
    return dataset.partition("(")[2].rstrip(")")


def cells(frame: pd.DataFrame, metric: str, dataset: str) -> dict[str, str]:
    """Model -> mean over seeds ± its standard error; a single seed has none."""
    rows = frame[(frame.metric == metric) & (frame.dataset == dataset)]
    found = rows.groupby("model", sort=False)["value"].agg(["mean", "sem", "size"])
    return {
        row.Index: f"{row.mean:.2f} ± {row.sem:.2f}" if row.size > 1 else f"{row.mean:.2f}"
        for row in found.itertuples()
    }


def printed(table: str, dataset: str, model: str) -> list[str]:
    """What the slide and the cited paper print in a cell, empty where they print nothing."""
    entries = [published.entry(table, dataset, model, source) for source in ("slide", "paper")]
    return [entry.text if entry else "" for entry in entries]


SECTIONS = {"numbers": ("README.md", numbers), "search": ("docs/tuning.md", searched)}
"""Name -> the page that has it, and what gives its text."""

if __name__ == "__main__":
    main()
