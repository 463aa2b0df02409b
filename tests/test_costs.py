"""What trainings cost: measured where they run, told beside their scores."""

import dataclasses
import itertools
import json
import math
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from gaebench import failures, runs, training
from gaebench.data import Dataset
from gaebench.identity.job import Job
from gaebench.report import costs
from gaebench.report.names import Label, Names
from gaebench.search import tuning
from gaebench.training import Cost, cost

HOW = {"stop_on": "bound", "valid_images": 20, "batch": 30, "patience": 9, "score_every": 1}
COST = Cost(parameters=7, seconds=10.0, images=5000, memory=2_000_000_000, device="a machine")


@pytest.fixture(scope="module")
def images():
    draws = np.random.default_rng(0).integers(0, 255, (140, 9), dtype=np.uint8)
    return Dataset(draws[:100], draws[100:120], draws[120:], (3, 3))


def train(images, **changes):
    settings = {"layers": 1, "hidden": 4, "latent": 2}
    how = HOW | {"epochs": 3} | changes
    return training.train(images, "vae", settings, seed=0, labels=("images",), **how)


def test_parameters_images_and_device_are_counted(images):
    found = train(images).cost
    encoder, decoder = (9 * 4 + 4) + 2 * (4 * 2 + 2), (2 * 4 + 4) + (4 * 9 + 9)
    assert found.parameters == encoder + decoder
    assert found.images == 3 * 90, "three steps of 30 an epoch, ten images are dropped"
    assert found.seconds > 0 and found.memory > 10_000_000
    assert found.device == cost.processor() != ""


class Stopping(training.Checkpoint):
    """One that ends the process, as far as training can see, after the second epoch."""

    offers = 0

    def offer(self, state):
        self._free = 0.0  # whatever the last one took
        super().offer(state)
        self.offers += 1
        if self.offers == 2:
            raise SystemExit


def test_a_training_that_was_killed_counts_all_of_its_work(images, tmp_path, monkeypatch):
    ticks = itertools.count(0, 5)
    clock = SimpleNamespace(monotonic=lambda: next(ticks))
    monkeypatch.setattr("gaebench.training.state.time", clock)
    path = tmp_path / "checkpoint.pt"
    stopped = Stopping(path, minutes=0, code={})
    with pytest.raises(SystemExit):
        train(images, checkpoint=stopped)
    saved = stopped.read()
    assert saved["images"] == 2 * 90 and saved["seconds"] >= 5
    found = train(images, checkpoint=training.Checkpoint(path, minutes=0, code={})).cost
    assert found.images == 3 * 90 and found.seconds > saved["seconds"]


@pytest.fixture
def project(tmp_path, monkeypatch, images):
    """A folder with three trainings of one model; what the first cost is known."""
    monkeypatch.chdir(tmp_path)
    trained = train(images)
    for seed in (0, 1, 2):
        folder = Path("results/runs/mnist/vae", str(seed))
        runs.save(trained.model, folder / "model.pt")
        trained.history.assign(score=[-3.0, -1.0 - seed, -2.0]).to_csv(folder / "history.csv")
        made = [f"{folder}/model.pt", f"{folder}/history.csv"]
        Job("train", {"dataset": "mnist", "model": "vae"}, {}, [], made).end()
    cost.write(COST, "results/runs/mnist/vae/0/model.pt", "results/logs/train/mnist/vae/0.json")
    return tmp_path


ASKED = ({"dataset": "mnist", "model": "vae", "metric": "parzen"},)


def table(asked=ASKED, seeds=(0, 1)) -> list[dict]:
    folders = [f"results/runs/mnist/vae/{seed}" for seed in seeds]
    metrics = pd.DataFrame(
        [("mnist", "vae", 0, "parzen", 5.0), ("mnist", "vae", 1, "parzen", 7.0)],
        columns=["dataset", "model", "seed", "metric", "value"],
    )
    found = costs.Runs(
        [f"{folder}/model.pt" for folder in folders],
        [f"{folder}/history.csv" for folder in folders],
        Path("results/logs/train"),
        metrics,
    )
    return found.table(asked).to_dict("records")


def test_costs_stand_beside_validation_and_test_scores(project):
    [row] = table()
    assert row["seeds"] == 2 and row["parameters"] == COST.parameters
    assert (row["seconds"], row["images_a_second"], row["gigabytes"]) == (10, 500, 2)
    assert row["device"] == "a machine" and row["metric"] == "parzen"
    assert (row["validation"], row["test"]) == (-1.5, 6.0)


def test_the_file_has_no_digits_that_say_nothing(project):
    found = pd.DataFrame(table()).assign(seconds=1.23456, images_a_second=10.7)
    costs.write(found, "cost.csv")
    line = Path("cost.csv").read_text().split("\n")[1]
    assert line == "mnist,vae,2,7,1.2,11.0,2.0,a machine,parzen,-1.5,6.0"


def test_a_cost_is_that_of_the_very_model(project):
    Path("results/logs/train/mnist/vae/1.json").write_bytes(
        Path("results/logs/train/mnist/vae/0.json").read_bytes()
    )
    assert table()[0]["seconds"] == 10, "the same weights: the same model"
    change = json.loads(Path("results/logs/train/mnist/vae/0.json").read_text())
    for seed in (0, 1):
        text = json.dumps(change | {"model": "another"})
        Path(f"results/logs/train/mnist/vae/{seed}.json").write_text(text)
    [row] = table()
    assert row["seconds"] is None and row["device"] == "" and row["validation"] == -1.5


def test_times_of_several_devices_are_not_averaged(project):
    for seed, device, seconds in ((1, "a faster one", 1.0), (2, "a faster one", 3.0)):
        one = dataclasses.replace(COST, device=device, seconds=seconds)
        place = f"mnist/vae/{seed}"
        cost.write(one, f"results/runs/{place}/model.pt", f"results/logs/train/{place}.json")
    [row] = table(seeds=(0, 1, 2))
    assert (row["device"], row["seconds"], row["seeds"]) == ("a faster one", 2.0, 3)
    [row] = table(seeds=(0, 1))
    assert (row["device"], row["seconds"], row["seeds"]) == ("a machine", 10.0, 2)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"model": 3}'])
def test_a_damaged_record_is_as_none(project, text):
    Path("results/logs/train/mnist/vae/0.json").write_text(text)
    assert table()[0]["seconds"] is None


def test_a_training_that_failed_and_a_model_that_was_not_trained_are_left_out(project):
    failures.write(["results/runs/mnist/vae/1/history.csv"], "diverged")
    asked = [{"dataset": "mnist", "model": name, "metric": "parzen"} for name in ("vae", "gan")]
    [row] = table(asked)
    assert row["seeds"] == 1 and row["test"] == 5.0


def test_the_search_is_counted_in_full_trainings_failures_included():
    trials = pd.DataFrame(
        [
            ("mnist", "vae", 0, 0.5, 3.0),
            ("mnist", "vae", 1, 0.5, -math.inf),
            ("mnist", "vae", 0, 1.0, 4.0),
            ("mnist", "gone", 0, 1.0, 2.0),
        ],
        columns=["dataset", "model", "trial", "budget", "score"],
    )
    finals = pd.DataFrame([("mnist", "vae", 30)], columns=["dataset", "model", "epochs"])
    found = tuning.cost(trials, finals, [{"dataset": "mnist", "model": "vae", "epochs": 20}])
    assert found.to_dict("records") == [
        {"dataset": "mnist", "model": "vae", "trials": 2, "failed": 1, "trainings": 3.5}
    ]


def test_the_page_has_both_tables_and_blanks_for_what_is_not_known(project):
    names = Names({"vae": Label("VAE")}, {"mnist": Label("MNIST")})
    known = pd.DataFrame(table())
    search = pd.DataFrame([("mnist", "vae", 3, 1, 2.5)], columns=tuning.COST)
    text = costs.render(known, search, names)
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.split("\n")]
    assert ["MNIST", "VAE", "3", "1", "2.5", "25"] in cells
    assert any(line[:5] == ["MNIST", "VAE", "2", "7", "10"] for line in cells)
    known["seconds"] = None
    assert "| 2.5 |" in re.sub(" +", " ", costs.render(known, search, names))
    assert "No search" in costs.render(known, tuning.EMPTY[list(tuning.EMPTY)[:0]], names)
