"""Contracts: what each table, metric, data set, control and model says of itself."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gaebench import plugins, published
from gaebench.report.table import MERITS, Table, filled_in

ROOT = Path(__file__).parents[1]
BETTER = ("", *MERITS)
TABLES = {name: plugins.load("tables", name).TABLE for name in plugins.names("tables")}
METRICS = plugins.names("metrics")
CALLED = [(k, n) for k in ("datasets", "controls", "models") for n in plugins.names(k)]

each_table = pytest.mark.parametrize("name", TABLES)
each_metric = pytest.mark.parametrize("name", METRICS)


def defaults(metric):
    """A metric's settings as they are unless ``params.yaml`` says otherwise."""
    taken = plugins.settings("metrics", metric).items()
    return {name: ast.literal_eval(setting.default) for name, setting in taken}


NUMBERS = {metric: {"samples": 10000} | defaults(metric) for metric in METRICS} | {
    "samples": 10000,
    "accuracy": "99 %",
}


@each_table
def test_a_table_says_what_it_shows(name):
    table = TABLES[name]
    assert isinstance(table, Table) and table.entries
    assert table.layout in ("models", "layers", "entries")
    assert table.published is None or published.datasets(table.published, "slide")
    assert table.published or not any(entry.show == "scale" for entry in table.entries)


@each_table
def test_the_texts_of_a_table_name_numbers_that_there_are(name):
    table = TABLES[name]
    labels = [entry.label for entry in table.entries if entry.label is not None]
    for text in (table.title, table.caption, *table.notes, *table.row_notes.values(), *labels):
        assert isinstance(text, str) and filled_in(text, NUMBERS).strip()
    assert table.caption.endswith(".") and isinstance(table.notes, tuple)


@each_table
def test_entries_name_metrics_and_what_those_say_of_their_details(name):
    for entry in TABLES[name].entries:
        assert entry.metric in METRICS
        details = plugins.constant("metrics", entry.metric, "DETAILS", {})
        assert not entry.path or {entry.path, entry.path.split("/")[0]} & set(details)
        assert entry.better is None or entry.better in BETTER
        assert entry.show in ("value", "scale")


@each_table
def test_a_caption_claims_the_way_that_its_metric_does(name):
    table = TABLES[name]
    first = plugins.constant("metrics", table.entries[0].metric, "BETTER")
    for way in ("higher", "lower"):
        assert f"{way} is better" not in table.caption or first == way


def test_scores_that_training_stops_on_and_the_readme_shows_are_better_higher():
    """As the caption of the training curves and the README say."""
    scores = [name for name in METRICS if plugins.has_function("metrics", name, "validation_score")]
    assert {"parzen", "loglik_prior"} <= set(scores)
    assert {plugins.constant("metrics", name, "BETTER") for name in scores} == {"higher"}


def test_the_front_page_of_the_report_claims_no_way_for_all_numbers():
    text = " ".join((ROOT / "workflow/report/workflow.rst").read_text().split())
    assert "All numbers" not in text and "Of the log-likelihoods" in text
    units = {plugins.constant("metrics", name, "UNIT") for name in METRICS}
    ways = {plugins.constant("metrics", name, "BETTER") for name in METRICS}
    assert "" in units and {"", "lower"} <= ways, "not all are log-likelihoods"


@pytest.mark.parametrize("number", [1, 2])
@each_table
def test_a_text_counts_in_words_that_fit(name, number):
    table = TABLES[name]
    few = {metric: dict.fromkeys(NUMBERS[metric], number) for metric in METRICS}
    metrics = [entry.metric for entry in table.entries]
    least = max(plugins.constant("metrics", metric, "LEAST_SAMPLES", 1) for metric in metrics)
    labels = [entry.label for entry in table.entries if entry.label is not None]
    for text in (table.caption, *table.notes, *labels):
        found = filled_in(text, few | {"samples": max(number, least), "accuracy": "99 %"})
        things = "chains|temperatures|leapfrog steps|draws|test images|training images"
        plural = re.search(rf"(?<![.,\d]){number} (generated images|{things})\b", found)
        single = re.search(rf"(?<![.,\d]){number} (?:{things.replace('s|', '|')[:-1]})\b", found)
        assert not (plural if number == 1 else single), found


def test_a_noun_behind_a_bar_is_counted():
    text = "{x:,|chain} of {y[z]:|leapfrog step}, {x:,}"
    assert filled_in(text, {"x": 1, "y": {"z": 2}}) == "1 chain of 2 leapfrog steps, 1"
    assert filled_in(text, {"x": 2000, "y": {"z": 1}}) == "2,000 chains of 1 leapfrog step, 2,000"


def test_titles_differ_so_that_links_lead_to_one_table():
    titles = [table.title for table in TABLES.values()]
    assert len(set(titles)) == len(titles)


def test_row_notes_are_on_models_or_controls():
    rows = {row for table in TABLES.values() for row in table.row_notes}
    families = [family.replace("_", "-") for family in plugins.names("models")]
    assert all(row in plugins.names("controls") or row.startswith(tuple(families)) for row in rows)


@each_metric
def test_a_metric_says_what_a_table_must_know(name):
    said = {
        key: plugins.constant("metrics", name, key)
        for key in ("LABEL", "UNIT", "BETTER", "DECIMALS", "VERSION")
    }
    assert said["LABEL"].strip() and isinstance(said["UNIT"], str)
    assert said["BETTER"] in BETTER
    assert type(said["DECIMALS"]) is int and said["DECIMALS"] >= 0
    assert type(said["VERSION"]) is int and said["VERSION"] >= 1


@each_metric
def test_a_metric_says_it_of_its_details_where_they_differ(name):
    for path, said in plugins.constant("metrics", name, "DETAILS", {}).items():
        assert path and said["label"].strip()
        assert set(said) <= {"label", "unit", "better", "decimals"}
        assert said.get("better", "") in BETTER and isinstance(said.get("unit", ""), str)
        assert type(said.get("decimals", 0)) is int


@pytest.mark.parametrize(("kind", "name"), CALLED)
def test_data_sets_controls_and_models_say_their_name_and_a_remark(kind, name):
    assert plugins.constant(kind, name, "LABEL").strip()
    note = plugins.constant(kind, name, "NOTE")
    assert isinstance(note, str) and (not note or note.endswith("."))


def test_reading_tables_imports_nothing_heavy():
    program = (
        "import sys\n"
        "from gaebench import plugins\n"
        "[plugins.load('tables', name) for name in plugins.names('tables')]\n"
        "sys.exit(bool({'torch', 'pandas', 'numpy', 'tabulate'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
