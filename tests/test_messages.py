"""What a run says at its start and its end: how many jobs, how long, what was made, in short."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from messages import end, start
from params import reading, resolve

from gaebench import planning
from gaebench.planning.costs import START
from gaebench.report import typeset

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def config() -> dict:
    """The parameters of the full budget."""
    return resolve.resolved(reading.read(ROOT / "params.yaml"))


# ---- the start


def test_a_full_budget_says_that_it_is_one(config):
    text = start.plan(config, 241, [60.0] * 240, slots=2)
    first, second = text.splitlines()
    assert first == "241 jobs, 2 at a time, about 2 hours; results go to results"
    assert "full budget" in second and "make quick" in second


def test_a_budget_that_is_not_given_is_the_full_one(config):
    train = {name: value for name, value in config["train"].items() if name != "budget"}
    assert "full budget" in start.plan(config | {"train": train}, 241, [60.0] * 240, slots=2)


def test_a_small_budget_and_a_short_run_do_not(config):
    small = config | {"train": config["train"] | {"budget": 0.1}}
    for text in (start.plan(small, 200, [60.0] * 200, 2), start.plan(config, 1, [60.0], 2)):
        assert "full budget" not in text
    assert start.plan(config, 1, [60.0], 2).startswith("1 job, 2 at a time, about a minute")


def test_nothing_ends_before_its_longest_job(config):
    assert "about 30 minutes" in start.plan(config, 2, [1800.0, 1.0], slots=8)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "a minute"),
        (200, "3 minutes"),
        (5350, "89 minutes"),
        (7000, "2 hours"),
        (5400, "1.5 hours"),
    ],
)
def test_guesses_are_rounded(seconds, words):
    assert start.rounded(seconds) == words


def test_too_little_disk_is_said_with_both_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(start.shutil, "disk_usage", lambda path: SimpleNamespace(free=2e9))
    results = str(tmp_path / "results/new")
    assert start.short_of_disk(2 * 10**9, results) == ""
    text = start.short_of_disk(3 * 10**9, results)
    assert f"{tmp_path} has 2.0 GB free" in text and "some 3.0 GB" in text


# ---- what jobs cost


@pytest.fixture
def prices(tmp_path, config):
    return planning.Prices(tmp_path, config, planning.REFERENCE)


def training(dataset="bimnist", model="vae-1"):
    run = f"results/runs/{dataset}/{model}/0"
    return planning.Job("train", (f"{run}/model.pt", f"{run}/history.csv"), "0.tsv")


def test_a_job_takes_what_it_took(tmp_path, prices):
    (tmp_path / "0.tsv").write_text("s\th:m:s\tmax_rss\n12.5\t0:00:12\t100.0\n")
    assert prices.of(training())[:2] == (12.5, True)
    for text in ("", "s\th:m:s\n", "s\n-\n"):
        (tmp_path / "0.tsv").write_text(text)
        assert not prices.of(training()).known


def test_a_training_takes_its_epochs_on_a_machine_of_that_speed(prices, config):
    seconds = prices.of(training()).seconds
    train = config["train"] | {"budget": config["train"]["budget"] / 2}
    half = replace(prices, config=config | {"train": train}).of(training()).seconds
    assert half - START == pytest.approx((seconds - START) / 2)
    slower = replace(prices, rate=planning.REFERENCE / 3).of(training()).seconds
    assert slower == pytest.approx(3 * seconds)


def test_what_stands_already_fills_no_more_disk(tmp_path, prices):
    job = training()
    whole = prices.of(job).bytes
    assert whole > 100_000
    (tmp_path / job.outputs[0]).parent.mkdir(parents=True)
    (tmp_path / job.outputs[0]).write_text("there")
    assert prices.of(job).bytes < whole / 2


# ---- the end


SECTION = """Table 1

A caption with | in it.

| model               | MNIST, ours | MNIST, slide | TFD, ours | TFD, slide | Faces (ORL), ours |
|:--------------------|------------:|-------------:|----------:|-----------:|------------------:|
| VAE                 | **335.23 ± 0.59**† | 296.77 |      n/a |    2572.59 |    1730.33 ± 4.73 |
| GAE<sup>[1]</sup>   | failed<sup>[3]</sup> |     |       n/a |            |    1863.12 ± 15.8 |
| *Controls: none*    |             |              |           |            |                   |
| training images     | 244.28 ± 0.11 |            |       n/a |            |                   |

1. A remark.
"""


def test_a_table_in_short_has_models_and_what_was_measured():
    text = end.short(SECTION, 80)
    assert "335.23 ± 0.59 " in text and "failed" in text and "1863.12 ± 15.8" in text
    for left_out in ("TFD", "2572.59", "Controls", "244.28", "sup", "*", "remark", "n/a", "†"):
        assert left_out not in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_bar_in_a_name_splits_no_cell():
    table = typeset.markdown([["model", "p(x|z)"], ["a|b", "1.00"]])
    head, _, row = table.splitlines()
    assert end._cells(head) == ["model", "p(x|z)"] and end._cells(row) == ["a|b", "1.00"]


def test_an_empty_column_hides_no_other_whose_name_begins_as_its_own():
    head, line, row = "| | biMNIST | biMNIST (b) |", "|---|---|---|", "| VAE | n/a | -99.00 |"
    assert "-99.00" in end.short("\n".join([head, line, row]), 80)


def test_a_narrow_table_loses_its_errors_first_and_then_its_last_columns():
    narrow = end.short(SECTION, 40)
    assert "335.23" in narrow and "1730.33" in narrow and "±" not in narrow
    narrower = end.short(SECTION, 28)
    assert "335.23" in narrower and "1730.33" not in narrower


@pytest.mark.parametrize("text", ["Table 1\n", "| a |\n|---|\n", "| a |\n|--|\n| b | c |\n"])
def test_what_is_no_table_is_referred_to(text):
    assert end.short(text, 80) == "(in tables.md)"


def test_only_what_is_there_is_said_to_be_made(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("results/figures").mkdir(parents=True)
    Path("results/tables.md").write_text("# Tables\n")
    assert next(end.made(config)) == "Made: results/tables.md"
    Path("results/figures/samples.png").touch()
    (line, *_) = end.made(config)
    assert line == "Made: results/tables.md, and 1 figure in results/figures"


def test_the_committed_tables_fit_a_terminal(config, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = "\n".join(end.made(config)).splitlines()
    tables = text[: next(i for i, line in enumerate(text) if line.startswith("Made"))]
    assert max(map(len, tables)) <= 80
    assert tables[0] == "Table 1" and "Table 2" in tables
    assert any(line.startswith("GAE (2 layers)") for line in tables)
    assert len(text) <= 30
