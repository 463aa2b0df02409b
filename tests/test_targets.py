"""Names of files and what jobs are told, computed from params.yaml without any rule."""

import copy
import json
from pathlib import Path

import pytest
import yaml
from params import jobs, resolve, runs
from params.runs import Run
from params.targets import Targets

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def config() -> dict:
    """Resolved params.yaml."""
    return resolve.resolved(yaml.safe_load((ROOT / "params.yaml").read_text()))


@pytest.fixture(scope="module")
def targets(config) -> Targets:
    return Targets(config)


def test_data_sets_that_may_be_missing_stand_apart(targets):
    assert targets.optional == ["bimnist-static", "tfd"]
    assert targets.required == ["mnist", "bimnist", "bimnist-threshold", "fashion", "faces"]


def test_results_go_to_their_folder(config):
    there = Targets(config | {"results": "results/mine"})
    assert there.at(Run("mnist", "vae", 3), "model.pt") == "results/mine/runs/mnist/vae/3/model.pt"
    assert all(file.startswith("results/mine/runs/mnist/") for file in there.runs("mnist"))


def test_a_run_leaves_its_model_history_samples_and_metrics_and_a_control_no_model(targets):
    files = targets.runs("mnist")
    vae = {Path(file).name for file in files if "/mnist/vae/0/" in file}
    assert vae >= {"model.pt", "history.csv", "samples.npy", "parzen.json", "frechet.json"}
    control = {Path(file).name for file in files if "/mnist/k-means/0/" in file}
    assert "samples.npy" in control and not control & {"model.pt", "history.csv"}
    assert len(files) == len(set(files))


def test_every_metric_file_is_one_of_a_run_and_tables_ask_for_no_others(targets):
    for dataset in targets.datasets:
        assert set(targets.tabled(dataset)) <= set(targets.metrics(dataset))
        assert set(targets.metrics(dataset)) <= set(targets.runs(dataset))


def test_a_classifier_is_asked_for_where_a_metric_needs_its_features(targets):
    assert targets.accuracies("mnist") == ["results/runs/mnist/classifier.json"]
    assert targets.accuracies("bimnist") == []


def test_a_figures_files_are_in_the_order_of_its_runs_and_needs(config, targets):
    shown = runs.shown(config, "parzen_curves")
    assert targets.figure_files("parzen_curves") == [
        f"results/runs/mnist/{run.model}/0/{need}.json" for run, needs in shown for need in needs
    ]
    assert targets.figure_data("curves") == [
        "data/processed/mnist.npz",
        "data/processed/bimnist.npz",
    ]


def test_a_label_redraws_the_figures_that_show_it_and_no_other(config):
    changed = copy.deepcopy(config)
    changed["models"]["gan"]["label"] = "the GAN"
    moved = [name for name in config["figures"] if _told(config, name) != _told(changed, name)]
    assert moved == ["nearest", "parzen_curves", "curves"]


def _told(config: dict, figure: str) -> str:
    return jobs.figure(config, figure, [])


def test_data_sets_of_one_source_are_fetched_once(config):
    assert jobs.sharing(config, "mnist") == ["mnist", "bimnist", "bimnist-threshold"]
    assert jobs.fetching(config, "mnist")["optional"] is False
    assert jobs.fetching(config, "tfd")["optional"] is True


def test_swapped_values_are_another_text():
    assert jobs.as_json({"a": 1, "b": 2}) != jobs.as_json({"a": 2, "b": 1})
    assert jobs.as_json({"a": 1, "b": 2}) == jobs.as_json({"b": 2, "a": 1})


def test_every_metric_of_the_tables_says_what_tables_must_know(config):
    told = json.loads(jobs.tables(config))
    assert told["columns"].keys() == told["numbers"].keys()
    assert all(column["label"] for column in told["columns"].values())
    assert set(jobs.versions(config)) >= set(told["columns"])
