"""What a run says at its start and its end: how many jobs, how long, what was made, in short."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from messages import costs, end, start
from params import reading, resolve

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def config() -> dict:
    """The parameters of the full budget."""
    raw = yaml.safe_load((ROOT / "params.yaml").read_text())
    return resolve.resolved(reading.settled(raw, str(ROOT / "params.yaml")))


# ---- the start


def test_a_full_budget_says_that_it_is_one(config):
    text = start.plan(config, 241, [60.0] * 240, slots=2)
    first, second = text.splitlines()
    assert first == "241 jobs, 2 at a time, about 2 hours; results go to results"
    assert "full budget" in second and "make quick" in second


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


# ---- the costs


def test_a_job_takes_what_it_took(tmp_path, config):
    path = tmp_path / "0.tsv"
    path.write_text("s\th:m:s\tmax_rss\n12.5\t0:00:12\t100.0\n")
    where = {"dataset": "mnist", "model": "vae", "seed": "0"}
    assert costs.seconds(config, "train", where, str(path)) == 12.5
    for text in ("", "s\th:m:s\n", "s\n-\n"):
        path.write_text(text)
        assert costs.seconds(config, "train", where, str(path)) > 12.5


def test_a_training_takes_its_epochs(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    where = {"dataset": "bimnist", "model": "vae-1", "seed": "0"}
    whole = costs.seconds(config, "train", where, None)
    train = config["train"] | {"budget": config["train"]["budget"] / 2}
    assert costs.seconds(config | {"train": train}, "train", where, None) - costs.START == (
        pytest.approx((whole - costs.START) / 2)
    )
    (tmp_path / "data/processed").mkdir(parents=True)
    np.savez(tmp_path / "data/processed/bimnist.npz", train=np.zeros((500, 4), np.uint8))
    few = costs.seconds(config, "train", where, None)
    assert few - costs.START == pytest.approx((whole - costs.START) / 100)


def test_every_rule_has_a_cost_and_scores_are_in_step_with_the_samples(config):
    one = costs.seconds(config, "evaluate_samples", {}, None)
    other = costs.seconds(config | {"samples": 20_000}, "evaluate_samples", {}, None)
    assert other - costs.START == pytest.approx(2 * (one - costs.START))
    assert costs.seconds(config, "collect", {}, None) == costs.START


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


def test_a_narrow_table_loses_its_errors_first_and_then_its_last_columns():
    narrow = end.short(SECTION, 40)
    assert "335.23" in narrow and "1730.33" in narrow and "±" not in narrow
    narrower = end.short(SECTION, 28)
    assert "335.23" in narrower and "1730.33" not in narrower


@pytest.mark.parametrize("text", ["Table 1\n", "| a |\n|---|\n", "| a |\n|--|\n| b | c |\n"])
def test_what_is_no_table_is_referred_to(text):
    assert end.short(text, 80) == "(in tables.md)"


def test_the_committed_tables_fit_a_terminal(config, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = "\n".join(end.made(config)).splitlines()
    tables = text[: next(i for i, line in enumerate(text) if line.startswith("Made"))]
    assert max(map(len, tables)) <= 80
    assert tables[0] == "Table 1" and "Table 2" in tables
    assert any(line.startswith("GAE (2 layers)") for line in tables)
    assert len(text) <= 30
