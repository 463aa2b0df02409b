"""The package from Python: load, fit, score, and what they refuse."""

import numpy as np
import pytest
import torch
from small import SHAPE, grey, project_in, small

import gaebench
from gaebench import plugins, runs, training
from gaebench.data import Dataset
from gaebench.errors import DataError, GaebenchError, SettingsError
from gaebench.estimate import Estimate
from gaebench.project import Project
from gaebench.report.frames import COLUMNS
from gaebench.seeding import stream


@pytest.fixture
def project(tmp_path, monkeypatch):
    return project_in(tmp_path / "project", monkeypatch)


def test_the_three_names_of_the_package():
    assert {"load", "score", "fit"} <= set(dir(gaebench))
    with pytest.raises(AttributeError, match="no attribute 'scores'"):
        _ = gaebench.scores


@pytest.mark.parametrize(
    "form",
    [
        lambda images: images,
        lambda images: images.reshape(-1, 1, *SHAPE) / 255,
        lambda images: torch.from_numpy(images),
    ],
)
def test_images_are_scored_in_one_line(project, form):
    frame = gaebench.score(form(grey(60, 9)), gaebench.load("mnist"), metrics=["parzen"])
    assert list(frame.columns) == COLUMNS
    assert frame.attrs["remarks"] == []
    assert frame.loc[0, ["dataset", "model", "metric"]].tolist() == ["mnist", "mine", "parzen"]


def test_an_error_is_raised(project):
    with pytest.raises(DataError, match="shape"):
        gaebench.score(np.zeros((3, 5)), gaebench.load("mnist"))
    with pytest.raises(GaebenchError, match="needs a model"):
        gaebench.score(grey(60, 9), "mnist", metrics=["loglik_is"])


def test_fitting_an_entry_gives_the_graphs_model(project):
    """The same bits as the job that trains it, by the same random streams."""
    data, threads = gaebench.load("mnist"), torch.get_num_threads()
    given = {"epochs": 1, "hidden": 8, "batch": 100, "score_every": 1}
    model = gaebench.fit("vae", data, stop_on="bound", valid_images=50, **given)
    assert torch.get_num_threads() == threads
    config = Project.here().config
    settings = config["models"]["vae"]["settings"] | {"hidden": 8}
    train = config["train"] | {"epochs": 1, "batch": 100, "score_every": 1}
    train |= {"stop_on": "bound", "valid_images": 50}
    same = training.train(data, "vae", settings, seed=0, labels=("mnist", "vae"), **train).model
    for one, other in zip(model.parameters(), same.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_family_and_plain_data_have_sensible_defaults(project):
    plain = Dataset(grey(300, 0), grey(60, 1), grey(60, 2), SHAPE)
    model = gaebench.fit("gae", plain, epochs=1, hidden=8, batch=100)
    assert runs.sample(model, 5, stream(0, "x")).shape == (5, 36)
    frame = gaebench.score(model, plain, metrics=["parzen"])
    assert frame.loc[0, "dataset"] == ""


@pytest.mark.parametrize(
    ("model", "settings", "words"),
    [("gmm_ae", {}, "did you mean 'gmmn_ae'"), ("gae", {"latnt": 3}, "did you mean 'latent'")],
)
def test_a_misspelt_name_is_told(project, model, settings, words):
    with pytest.raises(SettingsError, match=words):
        gaebench.fit(model, small(), **settings)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"latent": "x"}, "latent: is 'x' .text., must be a whole number"),
        ({"latent": 1.5}, "latent: is 1.5 .a number., must be a whole number"),
        ({"epochs": None}, "epochs: is empty, must be a whole number"),
        ({"stop_on": "frechet"}, "stop_on: frechet has no validation score. Known: bound"),
        ({"seed": 1.5}, "seed: is 1.5, must be a whole number, at least 0"),
        ({"seed": "a"}, "seed: is 'a', must be a whole number"),
        ({"latent": np.float32(1.5)}, "latent: is 1.5 .a number., must be a whole number"),
        ({"device": "gpu"}, "device: is 'gpu', must be one of auto, cpu, cuda"),
    ],
)
def test_a_setting_of_a_wrong_type_is_told_before_training(project, settings, words):
    with pytest.raises(SettingsError, match=words):
        gaebench.fit("vae", small(), **settings)


@pytest.mark.parametrize("data", [None, 3, grey(60, 9)], ids=["none", "number", "images"])
def test_what_is_no_data_set_is_told(project, data):
    for call in (lambda: gaebench.fit("vae", data), lambda: gaebench.score(grey(60, 9), data)):
        with pytest.raises(SettingsError, match="must be one of gaebench"):
            call()


def test_a_data_set_is_loaded_by_a_name():
    with pytest.raises(SettingsError, match="no data set"):
        gaebench.load(["mnist"])


def test_tensors_are_images_whatever_their_type(project):
    images = torch.from_numpy(grey(60, 9) / 255).float()
    plain = gaebench.score(images, "mnist", metrics="parzen")
    traced = gaebench.score(images.clone().requires_grad_(), "mnist", metrics=["parzen"])
    assert plain.equals(traced)
    assert len(gaebench.score(images.bfloat16(), "mnist", metrics="parzen")) == 1


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (lambda: torch.zeros(60, 36).to_sparse(), "the tensor cannot be read .it is torch.sparse"),
        (lambda: torch.zeros(60, 36, device="meta"), "the tensor cannot be read"),
        (lambda: [[0.0, 1.0], [0.0]], "the images make no array"),
        (lambda: torch.nn.Linear(3, 36), "a Linear cannot be scored: give images"),
        (lambda: None, "nothing cannot be scored: give images"),
        (lambda: "", "the path of the images is empty: give images"),
    ],
)
def test_what_is_no_array_of_images_is_told(project, images, words):
    with pytest.raises(GaebenchError, match=words):
        gaebench.score(images(), "mnist", metrics=["parzen"])


@pytest.mark.parametrize("given", [{"name": 3}, {"seed": -1}, {"seed": True}])
def test_what_names_no_stream_is_told(project, given):
    (name,) = given
    with pytest.raises(SettingsError, match=f"^{name}: is "):
        gaebench.score(grey(60, 9), "mnist", metrics=["parzen"], **given)


def test_what_names_no_metric_is_told(project):
    with pytest.raises(SettingsError, match="metrics: is 3, must be names"):
        gaebench.score(grey(60, 9), "mnist", metrics=3)


def test_a_model_is_scored_without_dropout_and_left_as_it_was(project):
    plain = Dataset(grey(300, 0), grey(60, 1), grey(60, 2), SHAPE)
    before = torch.random.get_rng_state()
    model = gaebench.fit("vae", plain, epochs=1, hidden=8, batch=100, dropout=0.5, stop_on="bound")
    assert torch.equal(torch.random.get_rng_state(), before)
    model.train().decoder.eval()
    modes = [module.training for module in model.modules()]
    first = gaebench.score(model, plain, metrics=["bound", "parzen"])
    assert modes == [module.training for module in model.modules()] and len(set(modes)) == 2
    assert gaebench.score(model.eval(), plain, metrics=["bound", "parzen"]).equals(first)


def test_a_metric_that_changes_its_images_changes_no_other(project, monkeypatch):
    def spoil(source, data, generator):
        source[:] = 0
        return Estimate(1.0, 0.0)

    alone = gaebench.score(grey(60, 9), "mnist", metrics=["parzen"])
    monkeypatch.setattr(plugins.load("metrics", "nearest_train"), "evaluate", spoil)
    both = gaebench.score(grey(60, 9), "mnist", metrics=["nearest_train", "parzen"])
    assert both[both["metric"] == "parzen"]["value"].tolist() == alone["value"].tolist()


def test_masked_pixels_are_refused(project):
    images = np.ma.masked_equal(grey(60, 9), grey(60, 9)[0, 0])
    with pytest.raises(DataError, match="some pixels are masked"):
        gaebench.score(images, "mnist", metrics=["parzen"])


STATES = {
    "float64": lambda: torch.set_default_dtype(torch.float64),
    "no gradients": lambda: torch.set_grad_enabled(False),
    "half the bits": lambda: torch.autocast("cpu", dtype=torch.bfloat16).__enter__(),
}


@pytest.mark.parametrize("state", STATES)
def test_numbers_do_not_hang_on_what_the_caller_set_in_torch(project, state):
    data, images = gaebench.load("mnist"), grey(60, 9)

    def numbers():
        model = gaebench.fit("gae", data, epochs=1, batch=20, hidden=5, layers=1, latent=2)
        return [
            gaebench.score(what, data, metrics=["parzen"]).value.item() for what in (images, model)
        ]

    before = numbers()
    try:
        STATES[state]()
        assert numbers() == before
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        torch.set_autocast_enabled("cpu", False)


def test_what_can_be_neither_fitted_nor_scored_is_told(project):
    data = gaebench.load("mnist")
    with pytest.raises(SettingsError, match="model: is a list, must be the name"):
        gaebench.fit(["gae"], data)
    model = gaebench.fit("gae", data, epochs=1, batch=20, hidden=5, layers=1, latent=2)
    with pytest.raises(SettingsError, match=r"of float64: give model\.float\(\)"):
        gaebench.score(model.double(), data, metrics=["parzen"])
