"""params.yaml is checked before anything runs, and every message names the key and a remedy."""

import copy
import re
from pathlib import Path

import pytest
import yaml
from params import checks, runs

ROOT = Path(__file__).parents[1]


@pytest.fixture
def config() -> dict:
    """A fresh copy of params.yaml."""
    return yaml.safe_load((ROOT / "params.yaml").read_text())


def test_params_yaml_is_in_order(config):
    assert checks.problems(config) == []


def test_params_yaml_with_the_quick_overlay_is_in_order(config):
    quick = yaml.safe_load((ROOT / "workflow" / "quick.yaml").read_text())
    assert checks.problems(runs.merged(config, quick)) == []


def test_the_quick_overlay_keeps_every_model_both_tables_and_the_committed_results(config):
    quick = runs.merged(config, yaml.safe_load((ROOT / "workflow" / "quick.yaml").read_text()))
    assert quick["results"] == "results/quick"
    assert {run.model for run in runs.runs(quick)} >= {run.model for run in runs.runs(config)}
    assert {cell.metric for cell in runs.cells(quick)} >= {
        cell.metric for cell in runs.cells(config)
    }


def test_params_yaml_is_written_as_dvc_rewrites_it():
    lines = (ROOT / "params.yaml").read_text().splitlines()
    code = [re.sub(r"#.*|\[\]|\{\}", "", line) for line in lines]
    assert not [line for line in code if "[" in line or "{" in line]


@pytest.mark.parametrize("dataset", ["mnist", "bimnist"])
def test_the_gae_without_leave_one_out_differs_in_nothing_else(config, dataset):
    plain, own = (runs.training(config, model, dataset) for model in ("gae-2", "gae-2-own"))
    assert own["settings"].pop("leave_one_out") is False
    assert plain["settings"].pop("leave_one_out") is True
    assert own["settings"] == {"layers": 2} | plain["settings"] and own["train"] == plain["train"]


def put(config: dict, path: str, value: object) -> dict:
    """The configuration with one value put at a dotted path."""
    *parents, last = path.split("/")
    for key in parents:
        config = config.setdefault(key, {})
    config[last] = value
    return config


WRONG = [
    ("tabels", {}, "tabels: unknown key; did you mean 'tables'?"),
    ("train/epoch", 3, "train.epoch: unknown key; did you mean 'epochs'?"),
    ("train/epochs", "many", "train.epochs: is 'many' (text), must be a whole number"),
    ("train/epochs", 2.5, "train.epochs: is 2.5 (a number), must be a whole number"),
    (
        "train/stop_on",
        "parsen",
        "train.stop_on: no metric 'parsen' with a validation score; did you",
    ),
    ("models/gae-1/famly", "gae", "models.gae-1.famly: unknown key; did you mean 'family'?"),
    ("models/gae-1/family", "gaee", "models.gae-1.family: no family 'gaee'; did you mean 'gae'?"),
    (
        "models/gae-1/settings/latnet",
        2,
        "models.gae-1.settings.latnet: unknown key; did you mean 'latent'?",
    ),
    (
        "models/gae-1/settings/latent",
        True,
        "models.gae-1.settings.latent: is true or false, must be a whole number",
    ),
    (
        "models/gae-1/settings/learning_rate",
        "1e-3",
        "models.gae-1.settings.learning_rate: is '1e-3' (text), must be a number. "
        "YAML takes it for text: write 0.001",
    ),
    (
        "models/gae-1/train/budjet",
        1,
        "models.gae-1.train.budjet: unknown key; did you mean 'budget'?",
    ),
    ("datasets/faces/train/epoch", 1, "datasets.faces.train.epoch: unknown key; did you mean"),
    (
        "models/vae/per_dataset/mnsit",
        {},
        "models.vae.per_dataset.mnsit: no data set 'mnsit' in params.yaml; did you mean 'mnist'?",
    ),
    (
        "models/vae/per_dataset/faces/settings/hiden",
        1,
        "models.vae.per_dataset.faces.settings.hiden: unknown key; did you mean 'hidden'?",
    ),
    (
        "datasets/mnist/reader",
        "minst",
        "datasets.mnist.reader: no reader 'minst'; did you mean 'mnist'?",
    ),
    (
        "datasets/bimnist/options/binarize",
        "x",
        "datasets.bimnist.options.binarize: unknown key; did you mean 'binarise'?",
    ),
    ("datasets/tfd/options", {}, "datasets.tfd.options.path: missing"),
    ("controls/k-mean", {"datasets": []}, "controls.k-mean: no such control; did you mean 'k-me"),
    (
        "controls/k-means/datasets",
        ["mnist", "mnits"],
        "controls.k-means.datasets[1]: no data set 'mnits'",
    ),
    (
        "controls/k-means/settings/pases",
        1,
        "controls.k-means.settings.pases: unknown key; did you mean 'passes'?",
    ),
    ("models/k-means", {"family": "vae"}, "controls.k-means: a model has this name"),
    (
        "tables/table1/controls",
        ["kmeans"],
        "tables.table1.controls[0]: no control 'kmeans' in params.yaml; did you mean 'k-means'?",
    ),
    ("tables/table2/controls", ["k-means"], "tables.table2.controls: loglik_prior needs a model"),
    ("metrics/parsen", {}, "metrics.parsen: no such metric; did you mean 'parzen'?"),
    ("metrics/parzen", None, "metrics.parzen: is empty, must be a mapping"),
    (
        "metrics/loglik_prior/draw",
        5,
        "metrics.loglik_prior.draw: unknown key; did you mean 'draws'?",
    ),
    ("tables/table1/metric", "parsen", "tables.table1.metric: no metric 'parsen' in params.yaml"),
    (
        "tables/table1/models",
        ["vae", "gna"],
        "tables.table1.models[1]: no model 'gna' in params.yaml; did you mean 'gan'?",
    ),
    ("tables/table1/seeds/mnits", [0], "tables.table1.seeds.mnits: no data set 'mnits'"),
    (
        "tables/table1/seeds/mnist",
        0,
        "seeds.mnist: is 0 (a whole number), must be a list",
    ),
    ("tables/table1/seeds/mnist", [-1], "tables.table1.seeds.mnist[0]: is -1, must be at least 0"),
    (
        "tables/quality/columns",
        ["frechet", "prdc.prcision"],
        "tables.quality.columns[1]: no column 'prdc.prcision'; did you mean 'prdc.precision'?",
    ),
    ("tables/quality/metric", "parzen", "tables.quality: must have either a metric or columns"),
    ("classifier/epoch", 3, "classifier.epoch: unknown key; did you mean 'epochs'?"),
    ("classifier/epochs", 0, "classifier.epochs: is 0, must be at least 1"),
    (
        "figures/nearest/controls",
        ["held-uot"],
        "figures.nearest.controls[0]: no control 'held-uot'",
    ),
    ("figures/nearest/dataset", "faces", "figures.nearest.controls[1]: held-out is not for faces"),
    ("figures/latent/models", ["gae-2-3d"], "figures.latent.models[0]: no model 'gae-2-3d'"),
    ("figures/samples/seed", "0", "figures.samples.seed: is '0' (text), must be a whole number"),
    ("device", "gpu", "device: is 'gpu', must be one of auto, cpu, cuda"),
    ("samples", 0, "samples: is 0, must be at least 1"),
    ("results", "res{a}", "results: is 'res{a}', must be made of letters"),
    ("train/epochs", 0, "train.epochs: is 0, must be at least 1"),
    ("train/budget", float("inf"), "train.budget: is inf, must be at least 0 and finite"),
    ("train/decay", "cosin", "train.decay: is 'cosin'; did you mean 'cosine'?"),
    ("models/vae/settings/latent", -5, "models.vae.settings.latent: is -5, must be at least 1"),
    ("models/vae/settings/grey_likelihood", "gausian", "'gausian'; did you mean 'gaussian'?"),
    ("datasets/bimnist/options/binarise", "bernouli", "'bernouli'; did you mean 'bernoulli'?"),
    ("figures/latent/models", ["gan"], "figures.latent.models[0]: gan has no plane to show"),
    ("figures/latent_depths/models", ["gae-1"], "latent_depths.models[0]: gae-1 has no plane"),
]


@pytest.mark.parametrize(("path", "value", "message"), WRONG, ids=[path for path, *_ in WRONG])
def test_a_mistake_is_named_with_its_place_and_remedy(config, path, value, message):
    put(config, path, value)
    problems = checks.problems(config)
    assert [line for line in problems if message in line], "\n".join(problems)
    assert len(problems) == 2, "a heading and this one mistake"


def test_a_missing_section_is_named(config):
    del config["tables"]
    assert "  tables: missing" in checks.problems(config)


def test_all_mistakes_are_told_at_once(config):
    put(config, "train/epoch", 3)
    put(config, "tables/table1/metric", "parsen")
    put(config, "samples", "many")
    assert len(checks.problems(config)) == 4


def test_a_special_entry_wins_over_a_general_one(config):
    put(config, "train", config["train"] | {"epochs": 1, "batch": 1, "patience": 1, "budget": 1})
    put(config, "models/vae/train", {"epochs": 2, "batch": 2, "patience": 2})
    put(config, "datasets/faces/train", {"epochs": 3, "batch": 3})
    put(
        config,
        "models/vae/per_dataset",
        {"faces": {"settings": {"latent": 3}, "train": {"epochs": 4}}},
    )
    general, special = (runs.training(config, "vae", name) for name in ("mnist", "faces"))
    names = ("epochs", "batch", "patience", "budget")
    assert [general["train"][name] for name in names] == [2, 2, 2, 1]
    assert [special["train"][name] for name in names] == [4, 3, 2, 1]
    assert special["settings"] == general["settings"] | {"latent": 3}


def test_the_models_of_table_1_stop_on_the_same_score_and_so_do_those_of_table_2(config):
    for table in ("table1", "table2"):
        entry = config["tables"][table]
        scores = {
            runs.training(config, model, dataset)["train"]["stop_on"]
            for dataset in entry["seeds"]
            for model in entry["models"]
        }
        assert scores == {entry["metric"]}


def test_captions_have_the_numbers_of_their_own_metric(config):
    config["tables"]["table2"]["metric"] = "bound"
    assert runs.numbers(config)["parzen"]["validation"] == 1000
    assert "draws" not in runs.numbers(config)["bound"]


def test_merging_leaves_its_arguments_alone(config):
    before = copy.deepcopy(config)
    runs.merged(config, {"train": {"epochs": 1}})
    assert config == before


def test_an_empty_list_of_seeds_leaves_a_data_set_out(config):
    def datasets() -> set[str]:
        """Of cells that nothing but Table 1 asks for."""
        cells = runs.cells(config)
        return {cell.dataset for cell in cells if (cell.model, cell.metric) == ("aae", "parzen")}

    assert {"mnist", "faces"} <= datasets()
    config["tables"]["table1"]["seeds"]["mnist"] = []
    assert "mnist" not in datasets() and "faces" in datasets()


def test_controls_are_cells_where_they_make_sense_and_never_trained(config):
    named = config["tables"]["table1"]["controls"]
    found = {cell.run for cell in runs.cells(config) if cell.model in named}
    assert {run.dataset for run in found if run.model == "k-means"} == {"mnist", "fashion"}
    assert {run.seed for run in found if run.dataset == "mnist"} == {0, 1, 2}
    assert not found & set(runs.runs(config))
    assert runs.tables(config)["table1"]["controls"]["held-out"] == ["mnist", "fashion"]
    assert runs.tables(config)["table2"]["controls"] == {}


def test_a_cell_that_two_tables_share_is_counted_once(config):
    config["tables"]["again"] = copy.deepcopy(config["tables"]["table1"])
    assert len(runs.cells(config)) == len(set(runs.cells(config)))
