"""params.yaml is checked before anything runs, and every message names the key and a remedy."""

import copy
import difflib
import shutil
from pathlib import Path

import pytest
import yaml
from dvc.utils.hydra import apply_overrides
from params import checks, labels, resolve, runs
from params.resolve import merged
from params.schema import described

ROOT = Path(__file__).parents[1]


@pytest.fixture
def config() -> dict:
    """A fresh copy of params.yaml."""
    return yaml.safe_load((ROOT / "params.yaml").read_text())


def test_params_yaml_is_in_order(config):
    assert checks.problems(config) == []


@pytest.fixture
def quick(config) -> dict:
    """params.yaml with the overlay of `make quick`."""
    return merged(config, yaml.safe_load((ROOT / "workflow" / "quick.yaml").read_text()))


def test_params_yaml_with_the_quick_overlay_is_in_order(quick):
    assert checks.problems(quick) == []


def test_the_quick_overlay_keeps_tables_figures_and_the_committed_results(config, quick):
    assert quick["results"] == "results/quick"
    few, all_of_them = resolve.resolved(quick), resolve.resolved(config)
    # What is trained for one row of a table of details may stay away.
    rows = {"gae-2-own"}
    assert {run.model for run in runs.runs(few)} >= {r.model for r in runs.runs(all_of_them)} - rows
    assert {c.metric for c in runs.cells(few)} >= {c.metric for c in runs.cells(all_of_them)}
    assert few["figures"].keys() == all_of_them["figures"].keys()


def study_of(config, name):
    """Parameters with a study laid over them."""
    laid = merged(config, yaml.safe_load((ROOT / "workflow/studies" / name).read_text()))
    assert checks.problems(laid) == []
    return resolve.resolved(laid)


def test_the_study_by_likelihood_trains_pairs_of_equal_size_and_one_model_of_table_2(config):
    study = study_of(config, "likelihood.yaml")
    assert study["results"] == "results/likelihood"
    cells = runs.cells(study)
    assert {cell.dataset for cell in cells} == {"bimnist"} and len({c.seed for c in cells}) == 3
    pairs = [(f"vae-{k}-gated", f"gae-{k}-gated") for k in (1, 2, 3, 4)]
    gated = {model for pair in pairs for model in pair}
    assert {cell.model for cell in cells} == gated | {"gae-2-bank"}
    assert not gated & set(config["models"])
    for layers, pair in enumerate(pairs, 1):
        vae, gae = (runs.training(study, name, "bimnist") for name in pair)
        assert vae["settings"]["layers"] == gae["settings"]["layers"] == layers
        assert vae["settings"].items() <= gae["settings"].items() and vae["train"] == gae["train"]
    usual = resolve.resolved(config)
    bank = [runs.training(found, "gae-2-bank", "bimnist") for found in (study, usual)]
    assert bank[0] == bank[1]


def test_the_study_of_longer_training_changes_epochs_and_exemplars_and_nothing_else(config):
    study, usual = study_of(config, "longer.yaml"), resolve.resolved(config)
    assert study["results"] == "results/longer"
    cells = runs.cells(study)
    more = {"vae": {}, "gae-1": {"exemplars": 5000}, "gae-2": {"exemplars": 5000}}
    assert {cell[:3] for cell in cells} == {("mnist", n, seed) for n in more for seed in (0, 1, 2)}
    for name, settings in more.items():
        longer, short = (runs.training(found, name, "mnist") for found in (study, usual))
        assert longer["train"] == short["train"] | {"epochs": 50, "patience": 50}
        assert longer["settings"] == short["settings"] | settings
    assert study["metrics"] == usual["metrics"] and study["samples"] == usual["samples"]


def test_the_study_of_table_2_changes_seeds_epochs_and_exemplars_and_nothing_else(config):
    study, usual = study_of(config, "table2.yaml"), resolve.resolved(config)
    assert study["results"] == "results/table2"
    depths = config["lists"]["depths"]
    table2 = {("bimnist-threshold", model, seed) for model in depths for seed in (0, 1, 2)}
    assert {cell[:3] for cell in runs.cells(study)} == table2
    for name in depths:
        longer, short = (runs.training(f, name, "bimnist-threshold") for f in (study, usual))
        more = {"exemplars": 5000} if longer["family"] == "gae" else {}
        assert longer["train"] == short["train"] | {"epochs": 36, "patience": 36}
        assert longer["settings"] == short["settings"] | more
    assert study["metrics"] == usual["metrics"]


@pytest.mark.parametrize(
    "setting",
    [
        "models.gae-2.settings.latent=12",
        "models.gae-4.settings.layers=5",
        "tables.table1.seeds.mnist=one",
        "lists.three=[0,1,2,3]",
        "samples=5000",
    ],
)
def test_dvc_rewrites_no_more_than_the_setting(tmp_path, setting):
    path = tmp_path / "params.yaml"
    shutil.copy(ROOT / "params.yaml", path)
    before = path.read_text().splitlines()
    apply_overrides(path, [setting])
    lines = difflib.ndiff(before, path.read_text().splitlines())
    changed = [line for line in lines if line[0] in "+-"]
    assert 1 <= len(changed) <= 2, changed
    assert checks.problems(yaml.safe_load(path.read_text())) == []


def test_no_file_of_parameters_is_longer_than_one_can_read():
    assert len((ROOT / "params.yaml").read_text().splitlines()) <= 490


# ---- shorthands


def test_a_named_list_is_the_list_and_one_in_its_place_is_itself(config):
    found = resolve.resolved(config)["tables"]["table1"]
    assert found["models"] == config["lists"]["compared"] and found["seeds"]["mnist"] == [0, 1, 2]
    config["tables"]["table1"]["models"] = ["vae"]
    assert resolve.resolved(config)["tables"]["table1"]["models"] == ["vae"]


def test_what_is_like_another_starts_from_all_of_it(config):
    found = resolve.resolved(config)
    assert found["tables"]["reach-table2"] == found["tables"]["bounds"]
    assert found["models"]["gae-4"]["settings"] == found["models"]["gae-3"]["settings"] | {
        "layers": 4
    }
    parzen = found["metrics"]["parzen"]
    assert found["metrics"]["parzen_curve"].items() >= parzen.items()
    assert not [entry for entry in found["models"].values() if "like" in entry]


def test_a_data_set_that_is_like_another_inherits_how_models_train_and_nothing_else(config):
    found = resolve.resolved(config)
    for model in ("gae-1", "gae-2", "vae-3", "gae-4"):
        ours, theirs = (
            runs.training(found, model, name) for name in ("bimnist-threshold", "bimnist")
        )
        assert ours == theirs
    assert found["datasets"]["bimnist-threshold"]["options"] == {"binarise": "threshold"}
    assert "options" not in found["datasets"]["bimnist-static"]
    config["models"]["gae-1"]["per_dataset"]["bimnist-static"] = {"train": {"epochs": 3}}
    special = runs.training(resolve.resolved(config), "gae-1", "bimnist-static")
    assert special["train"]["epochs"] == 3 and special["settings"]["latent"] == 20


def test_entries_that_name_tables_are_shown_there(config):
    config["models"]["vae-9"] = {"like": "vae-1", "tables": ["table1"]}
    config["datasets"]["again"] = {"reader": "mnist", "like": "mnist", "tables": {"table1": [5]}}
    config["controls"]["near-copies"]["tables"] = ["table1"]
    config["metrics"]["bound"] = {"tables": ["table2"]}
    assert checks.problems(config) == []
    found = resolve.resolved(config)["tables"]
    assert found["table1"]["models"][-1] == "vae-9" and found["table1"]["seeds"]["again"] == [5]
    assert found["table1"]["controls"][-1] == "near-copies"
    assert found["table2"]["further"] == ["bound"]
    assert resolve.resolved(config)["metrics"]["bound"] == {}


def test_a_table_of_nothing_is_left_out_with_those_like_it(config):
    config["tables"] |= {"bounds": None, "importance": None}
    config["models"]["vae-9"] = {"like": "vae-1", "tables": ["importance"]}
    config["datasets"]["again"] = {"reader": "mnist", "like": "mnist", "tables": {"bounds": [5]}}
    assert checks.problems(config) == []
    found = resolve.resolved(config)
    left_out = {"bounds", "reach-table2", "importance"}
    assert found["tables"].keys() == config["tables"].keys() - left_out
    cells = runs.table_cells(found)
    assert not {"vae-9", "vae-1-40d", "again"} & {name for cell in cells for name in cell[:2]}
    assert {"vae-1", "gae-2-2d"} <= {cell.model for cell in cells}
    config["tables"]["reach-table2"] = {"like": "bounds", "models": ["vae-1"], "seeds": {}}
    assert "reach-table2" in resolve.resolved(config)["tables"], "it has all of its own"
    config["tables"]["tabel2"] = None
    assert "did you mean 'table2'" in checks.problems(config)[1]


def test_what_is_put_into_a_table_stays_out_of_those_like_it(config):
    config["datasets"]["mnist"]["tables"] = {"reach-table2": [0]}
    found = resolve.resolved(config)["tables"]
    assert found["reach-table2"]["seeds"]["mnist"] == [0]
    assert "mnist" not in found["bounds"]["seeds"]


def test_a_table_without_rows_is_left_out(config):
    config["tables"]["bounds"]["models"] = []
    config["tables"]["quality"] |= {"models": [], "controls": ["held-out"]}
    assert checks.problems(config) == []
    found = resolve.resolved(config)["tables"]
    assert not {"bounds", "reach-table2"} & found.keys() and "quality" in found


def test_a_metric_that_is_like_another_is_shown_where_it_says_itself(config):
    config["metrics"]["parzen"]["tables"] = ["variants"]
    assert config["metrics"]["parzen_curve"]["like"] == "parzen"
    assert resolve.resolved(config)["tables"]["variants"]["further"] == ["parzen"]


def test_resolving_leaves_params_yaml_alone(config):
    before = copy.deepcopy(config)
    resolve.resolved(config)
    assert config == before


def test_models_are_called_as_their_settings_say(config):
    config["models"] |= {
        "ppca-20": {"family": "vae", "settings": {"latent": 20}},
        "vae-20": {"family": "vae", "settings": {"latent": 20, "layers": 2}},
        "vae-5-40d": {"family": "vae", "settings": {"latent": 40, "layers": 5}},
        "vae-big": {"family": "vae", "label": "a big one"},
    }
    found = labels.labels(resolve.resolved(config))
    texts = {name: label["text"] for name, label in found["models"].items()}
    assert (
        texts.items()
        >= {
            "vae": "VAE",
            "gmmn-ae": "GMMN+AE",
            "gae-1": "GAE (1 layer)",
            "gae-2-2d": "GAE (2 layers, 2-d)",
            "gae-2-own": "GAE (2 layers, own exemplar)",
            "ppca-20": "ppca-20",
            "vae-20": "vae-20",
            "vae-5-40d": "VAE (5 layers, 40-d)",
            "vae-big": "a big one",
            "k-means": "k-means centroids",
        }.items()
    )
    deep = {name for name, label in found["models"].items() if label.get("layers")}
    assert deep == set(config["lists"]["depths"])
    assert found["datasets"]["bimnist"]["text"] == "biMNIST (Bernoulli)"


@pytest.mark.parametrize("dataset", ["mnist", "bimnist"])
def test_the_gae_without_leave_one_out_differs_in_nothing_else(config, dataset):
    found = resolve.resolved(config)
    plain, own = (runs.training(found, model, dataset) for model in ("gae-2", "gae-2-own"))
    assert own["settings"].pop("leave_one_out") is False
    assert "leave_one_out" not in plain["settings"], "true by default"
    assert own == plain


def put(config: dict, path: str, value: object) -> dict:
    """The configuration with one value put at a dotted path."""
    *parents, last = path.split("/")
    for key in parents:
        config = config.setdefault(key, {})
    config[last] = value
    return config


WRONG = [
    ("figures", ["samples"], "figures: is a list, must be a mapping (key: value) or null"),
    ("models/gan/label", "VAE", "gan: is called 'VAE', as vae is; give it a `label`"),
    (
        "foreign/mine",
        {"by": "X", "dataset": "mnist", "file": "data/foreign/{x}.npy"},
        "foreign.mine.file: is 'data/foreign/{x}.npy', must be a path without braces",
    ),
    ("samples", float("nan"), "samples: is nan (no finite number), must be a whole number"),
    ("tabels", {}, "tabels: unknown key; did you mean 'tables'?"),
    ("train/epoch", 3, "train.epoch: unknown key; did you mean 'epochs'?"),
    ("train/epochs", "many", "train.epochs: is 'many' (text), must be a whole number"),
    (
        "train/epochs",
        "2",
        "train.epochs: is '2' (text), must be a whole number. YAML takes it for text: write 2",
    ),
    ("train/epochs", 2.0, "train.epochs: is 2.0 (a number), must be a whole number: write 2"),
    ("samples", 1e4, "samples: is 10000.0 (a number), must be a whole number: write 10000"),
    ("samples", "inf", "samples: is 'inf' (text), must be a whole number"),
    ("samples", "20", "must be a whole number. YAML takes it for text: write 20"),
    ("train/epochs", "2.5", "train.epochs: is '2.5' (text), must be a whole number"),
    ("metrics/parzen/low", 0, "metrics.parzen.low: must be positive and below high"),
    (
        "metrics/frechet/like",
        "parzen",
        "metrics.frechet.like: parzen sets count, high, low, validation, which frechet has not",
    ),
    ("classifier/learning_rate", 0, "classifier.learning_rate: is 0, must be above 0"),
    (
        "models/vae/label",
        "V$x$",
        "models.vae.label: is 'V$x$', must be made of one line of visible text",
    ),
    (
        "models/vae/label",
        "\u200b",
        "models.vae.label: is '\\u200b', must be made of one line of visible",
    ),
    (
        "models/vae/label",
        "a\ud800",
        "models.vae.label: is 'a\\ud800', must be made of one line of visible",
    ),
    (
        "datasets/fashion/label",
        "MNIST",
        "fashion: is called 'MNIST', as mnist is; give it a `label`",
    ),
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
    ("metrics/parsen", {}, "metrics.parsen: no such metric; did you mean 'parzen'?"),
    ("metrics/parzen", None, "metrics.parzen: is empty, must be a mapping"),
    (
        "metrics/loglik_prior/draw",
        5,
        "metrics.loglik_prior.draw: unknown key; did you mean 'draws'?",
    ),
    (
        "tables/tabel1",
        {"models": ["vae"], "seeds": {}},
        "tables.tabel1: no such table; did you",
    ),
    ("tables/table1/metric", "parzen", "tables.table1.metric: unknown key; Known: like, models"),
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
        "tables/bounds/models",
        "depth",
        "tables.bounds.models: is 'depth', must be a list, or the name",
    ),
    (
        "tables/bounds/like",
        "table3",
        "tables.bounds.like: no table 'table3' in params.yaml; did you",
    ),
    (
        "tables/bounds/like",
        "reach-table2",
        "tables: like one another in a circle: bounds, re",
    ),
    (
        "models/gann",
        {"train": {"epochs": 1}},
        "models.gann.family: missing; did you mean the entry 'gan'?",
    ),
    ("datasets/mnist/like", "fashion", "datasets: like one another in a circle: fashion, mnist"),
    ("models/vae-2/like", "vea-1", "models.vae-2.like: no model 'vea-1' in params.yaml; did you"),
    (
        "models/vae/tables",
        ["tabel1"],
        "models.vae.tables[0]: no table 'tabel1' in params.yaml; did",
    ),
    ("models/flow-8", {"settings": {}}, "models.flow-8.family: missing"),
    ("lists/compared", ["vae", "gna"], "lists.compared[1]: no model 'gna' in params.yaml; did you"),
    (
        "lists/three",
        [0, "vae"],
        "lists.three[1]: is 'vae', must be a seed: a whole number, at least 0",
    ),
    ("tables/table1/models", "three", "tables.table1.models: the list 'three' has no model in it"),
    (
        "tables/table1/seeds/mnist",
        "compared",
        "tables.table1.seeds.mnist: the list 'compared' has no seed in it",
    ),
    (
        "lists/pictured",
        ["gea-2"],
        "lists.pictured[0]: no model 'gea-2' in params.yaml; did you mean 'gae-2'?",
    ),
    ("lists/one", ["0"], "lists.one[0]: is '0', must be a seed: a whole number, at least 0"),
    (
        "figures/curves/models",
        ["vae"],
        "figures.curves: has models beside panels, which say both",
    ),
    (
        "figures/latent_classes/controls",
        ["held-out"],
        "figures.latent_classes: held-out cannot be drawn: it is images, and no model",
    ),
    ("controls/held-out/datasets", [], "figures.nearest.controls: held-out is not for mnist"),
    (
        "datasets/tfd2",
        {"reader": "tfd", "label": "T2", "options": {"path": "data/licensed/other.mat"}},
        "datasets.tfd2.options.path: is 'data/licensed/other.mat', and tfd has",
    ),
    (
        "models/gae-2/settings/exemplars",
        1000.0,
        "exemplars: is 1000.0 (a number), must be a whole number or text: write 1000",
    ),
    ("classifier/epoch", 3, "classifier.epoch: unknown key; did you mean 'epochs'?"),
    ("classifier/epochs", 0, "classifier.epochs: is 0, must be at least 1"),
    (
        "figures/nearest/controls",
        ["held-uot"],
        "figures.nearest.controls[0]: no control 'held-uot'",
    ),
    ("figures/nearest/dataset", "faces", "figures.nearest.controls: held-out is not for faces"),
    ("figures/latent_depths/models", ["gae-2-3d"], "latent_depths.models[0]: no model 'gae-2-3d'"),
    ("figures/sample", None, "figures.sample: no such figure; did you mean 'samples'?"),
    ("figures/sample", {}, "figures.sample: no such figure; did you mean 'samples'?"),
    ("figures/samples/seed", "0", "figures.samples.seed: is '0' (text), must be a whole number"),
    ("device", "gpu", "device: is 'gpu', must be one of auto, cpu, cuda"),
    ("samples", 0, "samples: is 0, must be at least 1"),
    ("samples", 1, "samples: is 1, must be at least 2 for frechet, prdc, class_histogram, auth"),
    ("checkpoint_minutes", -1, "checkpoint_minutes: is -1, must be at least 0"),
    ("checkpoint_minutes", "5 min", "checkpoint_minutes: is '5 min' (text), must be a number"),
    ("results", "res{a}", "results: is 'res{a}', must be made of letters"),
    ("train/epochs", 0, "train.epochs: is 0, must be at least 1"),
    ("train/budget", float("inf"), "train.budget: is inf, must be at least 0 and finite"),
    ("train/decay", "cosin", "train.decay: is 'cosin'; did you mean 'cosine'?"),
    ("models/vae/settings/latent", -5, "models.vae.settings.latent: is -5, must be at least 1"),
    ("models/vae/settings/grey_likelihood", "gausian", "'gausian'; did you mean 'gaussian'?"),
    ("datasets/bimnist/options/binarise", "bernouli", "'bernouli'; did you mean 'bernoulli'?"),
    (
        "figures/latent_density/models",
        ["gan"],
        "figures.latent_density: gan cannot be drawn: its settings must say latent: 2",
    ),
    (
        "tables/importance/models",
        ["vae-1", "gan"],
        "tables.importance: loglik_is cannot be had of gan: gan has no proposal, log_prior, "
        "log_likelihood; take one of the two out of it",
    ),
    (
        "tables/anchor/models",
        ["bernoulli-mixture", "gmmn-ae"],
        "tables.anchor: loglik_exact cannot be had of gmmn-ae: gmmn_ae has no log_marginal",
    ),
    (
        "figures/likelihood_curves/models",
        ["gan"],
        "figures.likelihood_curves: loglik_is cannot be had of gan",
    ),
    (
        "models/aae/per_dataset/faces/train/stop_on",
        "bound",
        "models.aae: cannot stop on bound, as on faces: aae has no bound; give it another stop_on",
    ),
    (
        "tables/table2/seeds/faces",
        [0],
        "tables.table2: loglik_prior cannot be had of faces: images of faces are grey, not binary; "
        "take one of the two out of it",
    ),
    (
        "tables/complexity/models",
        ["gae-1-2d", "gae-2"],
        "tables.complexity: modes cannot be had of gae-2: its settings must say latent: 2; take",
    ),
    (
        "models/gan/per_dataset/faces/train/stop_on",
        "loglik_prior",
        "models.gan: cannot stop on loglik_prior, as on faces: images of faces are grey",
    ),
]


def test_settings_of_another_family_are_told_where_an_entry_takes_them_over(config):
    """In a job they would be a TypeError."""
    config["models"]["other"] = {"like": "gae-1", "family": "vae", "label": "other"}
    line = "  models.other.like: gae-1 sets l1, l2, leave_one_out, which vae has not"
    assert checks.problems(config)[1:] == [line]


def test_conditions_hold_of_what_is_inherited_and_given_together(config):
    config["metrics"]["parzen"] |= {"low": 0.3}
    config["metrics"]["parzen_curve"] = {"like": "parzen", "high": 0.2}
    (line,) = checks.problems(config)[1:]
    assert "metrics.parzen_curve.low: must be positive and below high, not high 0.2" in line
    config["metrics"]["parzen"] |= {"high": 0.8}
    config["metrics"]["parzen_curve"] = {"like": "parzen", "low": 0.5}
    assert checks.problems(config) == []


def test_a_key_that_is_no_text_is_told_as_a_key(config):
    config["tables"][1] = None
    assert "  tables: a key is 1 (a whole number), must be text" in checks.problems(config)


@pytest.mark.parametrize(("path", "value", "message"), WRONG, ids=[path for path, *_ in WRONG])
def test_a_mistake_is_named_with_its_place_and_remedy(config, path, value, message):
    put(config, path, value)
    problems = checks.problems(config)
    assert [line for line in problems if message in line], "\n".join(problems)
    assert len(set(problems)) == 2, "a heading and this one mistake"


def test_a_missing_section_is_named(config):
    del config["tables"]
    assert "  tables: missing" in checks.problems(config)


def test_all_mistakes_are_told_at_once(config):
    put(config, "train/epoch", 3)
    put(config, "tables/table1/models", ["vea"])
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
    found = resolve.resolved(config)
    general, special = (runs.training(found, "vae", name) for name in ("mnist", "faces"))
    names = ("epochs", "batch", "patience", "budget")
    assert [general["train"][name] for name in names] == [2, 2, 2, 1]
    assert [special["train"][name] for name in names] == [4, 3, 2, 1]
    assert special["settings"] == general["settings"] | {"latent": 3}


@pytest.mark.parametrize(("table", "metric"), [("table1", "parzen"), ("table2", "loglik_prior")])
def test_the_models_of_a_table_of_the_slides_stop_on_its_score(config, table, metric):
    found = resolve.resolved(config)
    scores = {
        runs.training(found, model, dataset)["train"]["stop_on"]
        for dataset in found["tables"][table]["seeds"]
        for model in found["tables"][table]["models"]
    }
    assert scores == {metric}


def test_captions_have_the_numbers_of_their_metrics_defaults_included(config):
    del config["metrics"]["loglik_is"]["few"]
    found = runs.numbers(resolve.resolved(config))
    assert found["parzen"]["validation"] == 1000 and found["parzen"]["samples"] == 10000
    assert "few" in found["loglik_is"] and "draws" not in found["bound"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("tables/table1/seeds", "tables.table1.seeds"),
        ("figures/curves/panels", "figures.curves.panels"),
        ("datasets/mnist/tables", "datasets.mnist.tables"),
        ("metrics/parzen", "metrics.parzen"),
        ("models/vae-1-40d/settings", "models.vae-1-40d.settings"),
        ("models/vae/per_dataset", "models.vae.per_dataset"),
    ],
)
def test_a_key_of_no_text_is_told_anywhere(config, path, place):
    holder = config
    for part in path.split("/"):
        holder = holder.setdefault(part, {})
    for key in (None, 1, False):
        holder[key] = {}
        lines = checks.problems(config)
        assert any(line.startswith(f"  {place}: a key is {described(key)}") for line in lines)
        del holder[key]


def test_mistakes_of_shape_stand_in_the_order_of_the_file(config):
    names = list(config["figures"])
    config["figures"] = dict.fromkeys(names, 3)
    found = [line.split(":")[0].strip() for line in checks.problems(config)[1:]]
    assert found == [f"figures.{name}" for name in names]


def test_one_broken_part_hides_no_other(config):
    config["models"]["vae"]["like"] = ["x"]
    config["train"]["epoch"] = 3
    config["tables"]["table1"]["models"] = ["gna"]
    told = "\n".join(checks.problems(config))
    assert "models.vae.like: is a list" in told
    assert "train.epoch: unknown key" in told and "no model 'gna'" in told


def test_a_data_set_that_controls_alone_are_on_is_made_and_seen(config):
    config["tables"] = {
        "quality": {"models": [], "controls": ["held-out"], "seeds": {"mnist": [0]}},
    }
    config["figures"] = None
    for section in ("models", "controls"):
        for entry in config[section].values():
            entry.pop("tables", None)
    assert checks.problems(config) == []
    found = resolve.resolved(config)
    assert runs.datasets(found) == ["mnist"]
    told = runs.unseen(found)
    assert {"datasets.faces", "models.vae", "controls.k-means"} <= set(told)
    assert not {"datasets.mnist", "controls.held-out"} & set(told)


def test_what_is_unseen_does_not_hide_behind_a_name(config):
    config["models"]["fashion"] = {"family": "vae", "label": "one"}
    config["datasets"]["gan"] = {"reader": "mnist", "label": "two"}
    assert runs.unseen(resolve.resolved(config)) == ["datasets.gan", "models.fashion"]


def test_images_of_others_are_no_models(config, tmp_path, monkeypatch):
    entry = {"by": "X", "dataset": "mnist", "file": "data/foreign/x.npy"}
    monkeypatch.chdir(tmp_path)
    Path("data/foreign").mkdir(parents=True)
    Path("data/foreign/x.npy").touch()
    config["foreign"] = {"mine": entry}
    config["tables"]["table1"] |= {"models": ["vae", "gae-1"], "controls": []}
    assert checks.problems(config) == []
    config["metrics"]["negentropy"]["tables"] = ["table1"]
    told = "  tables.table1: negentropy cannot be had of mine: it is images, and no model"
    assert any(line.startswith(told) for line in checks.problems(config))


def test_panels_may_be_taken_out_of_a_figure(config):
    config["figures"]["curves"] = {"panels": None, "dataset": "faces", "models": ["gan"]}
    assert checks.problems(config) == []
    assert {r.dataset for r in runs.figure_runs(resolve.resolved(config), "curves")} == {"faces"}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "tables/complexity/controls",
            ["k-means"],
            "tables.complexity: negentropy cannot be had of k-means: it is images, and no model",
        ),
        (
            "metrics/bound",
            {"tables": ["table1"]},
            "tables.table1: bound cannot be had of k-means: it is images, and no model",
        ),
        (
            "models/gae-1-2d/per_dataset/mnist/settings",
            {"latent": 3},
            "figures.latent_density: gae-1-2d cannot be drawn: its settings must say latent: 2",
        ),
    ],
)
def test_what_cannot_be_had_is_told_wherever_it_is_asked_for(config, path, value, message):
    put(config, path, value)
    assert any(line.startswith(f"  {message}") for line in checks.problems(config))


def test_a_model_that_cannot_be_drawn_is_told(config):
    config["models"]["gan-2d"] = {"family": "gan", "label": "G2", "settings": {"latent": 2}}
    config["figures"]["latent_classes"]["models"] = ["gan-2d"]
    told = "  figures.latent_classes: gan-2d cannot be drawn: gan has no draw_posterior"
    assert told in checks.problems(config)


def test_merging_leaves_its_arguments_alone(config):
    before = copy.deepcopy(config)
    merged(config, {"train": {"epochs": 1}})
    assert config == before


def test_a_figure_of_panels_says_which_one_is_wrong(config):
    config["figures"]["curves"] = {"panels": {"mist": ["vae"], "mnist": ["vea"]}}
    place = "  figures.curves.panels"
    assert [line.partition(";")[0] for line in checks.problems(config)[1:]] == [
        f"{place}.mist: no data set 'mist' in params.yaml",
        f"{place}.mnist[0]: no model 'vea' in params.yaml",
    ]


def test_a_figure_without_models_is_none(config):
    config["figures"]["samples"]["models"] = []
    config["figures"]["curves"]["panels"] = {"mnist": [], "bimnist": []}
    config["figures"]["nearest"]["models"] = []  # its controls remain
    assert checks.problems(config) == []
    left = resolve.resolved(config)["figures"]
    assert config["figures"].keys() - left.keys() == {"samples", "curves"}
    assert not [
        run for run in runs.figure_runs(resolve.resolved(config), "nearest") if run.model == "gae-2"
    ]


def test_there_may_be_no_figures(config):
    config["figures"] = None
    assert checks.problems(config) == []
    resolved = resolve.resolved(config)
    assert resolved["figures"] == {} and runs.cells(resolved) == runs.table_cells(resolved)


def test_an_empty_list_of_seeds_leaves_a_data_set_out(config):
    def datasets() -> set[str]:
        """Of cells that nothing but Table 1 asks for."""
        cells = runs.cells(resolve.resolved(config))
        return {cell.dataset for cell in cells if (cell.model, cell.metric) == ("aae", "parzen")}

    assert {"mnist", "faces"} <= datasets()
    config["tables"]["table1"]["seeds"]["mnist"] = []
    assert "mnist" not in datasets() and "faces" in datasets()


def test_controls_are_cells_where_they_make_sense_and_never_trained(config):
    config = resolve.resolved(config)
    named = config["tables"]["table1"]["controls"]
    found = {cell.run for cell in runs.cells(config) if cell.model in named}
    assert {run.dataset for run in found if run.model == "k-means"} == {"mnist", "fashion"}
    assert {run.seed for run in found if run.dataset == "mnist"} == {0, 1, 2}
    assert not found & set(runs.runs(config))
    assert runs.tables(config)["table1"]["controls"]["held-out"] == ["mnist", "fashion"]
    assert runs.tables(config)["table2"]["controls"] == {}


def test_a_cell_that_two_tables_share_is_counted_once(config):
    cells = runs.cells(resolve.resolved(config))
    assert len(cells) == len(set(cells))
