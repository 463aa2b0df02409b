"""What metrics ask of models, and which models have it, against what their code does."""

import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from params import abilities

from gaebench import plugins, provenance
from gaebench.data import Dataset
from gaebench.errors import SettingsError
from gaebench.model import ImageSpec, Model

OURS = ["aae", "bernoulli_mixture", "gae", "gan", "gmmn_ae", "vae"]
NO_ERROR = nullcontext()
OPTIONAL = {"bound", "proposal", "log_prior", "log_likelihood", "draw_posterior"}


@pytest.mark.parametrize("family", OURS)
def test_what_a_family_has_is_what_its_class_does_not_leave_as_it_is(family):
    cls = plugins.model(family)
    for name in OPTIONAL:
        assert (name in abilities.methods(family)) == (
            getattr(cls, name) is not getattr(Model, name)
        )


class Watched(plugins.model("vae")):
    """A VAE that notes which of the optional methods others than itself use."""

    def __init__(self):
        self.used = set()
        super().__init__(ImageSpec(16, True), torch.Generator().manual_seed(0), layers=1, latent=2)

    def __getattribute__(self, name):
        caller = Path(sys._getframe(1).f_code.co_filename).parent.name
        if name in OPTIONAL and caller not in ("models", "networks"):
            self.used.add(name)
        return super().__getattribute__(name)


SMALL = {
    "bound": {},
    "loglik_is": {"draws": 20, "images": 4, "few": 2, "subset": 2},
    "loglik_ais": {"images": 2, "chains": 2, "steps": 3, "leapfrogs": 1, "draws": 4},
    "loglik_prior": {"draws": 100, "images": 4},
    "negentropy": {"draws": 100},
    "modes": {"step": 0.5},
    "parzen_protocols": {"samples": 40, "validation": 8, "images": 8, "low": 0.3, "high": 0.6},
    "parzen_curve": {"samples": 2000, "validation": 8, "images": 8, "low": 0.3, "high": 0.6},
}


def used(metric, model):
    """The optional methods that the metric used of the model."""
    rng = np.random.default_rng(0)
    splits = [rng.integers(0, 2, (count, 16), dtype=np.uint8) for count in (30, 8, 8)]
    data = Dataset(*splits, shape=(4, 4), levels=1)
    model.start(torch.from_numpy(data.images("train")))
    model.used.clear()
    plugins.load("metrics", metric).evaluate(model, data, torch.Generator(), **SMALL[metric])
    return model.used


def without(names):
    """The same VAE with these methods left as they are in every model."""
    return type("Without", (Watched,), {name: getattr(Model, name) for name in names})()


@pytest.mark.parametrize("metric", SMALL)
def test_what_a_metric_asks_for_is_what_it_cannot_do_without(metric):
    asked = {*plugins.constant("metrics", metric, "ASKS", ())}
    found = used(metric, Watched())
    assert asked <= found
    assert used(metric, without(found - asked)) == asked


@pytest.mark.parametrize("metric", SMALL)
def test_a_metric_of_binary_images_says_so_and_takes_no_others(metric):
    rng = np.random.default_rng(0)
    splits = [rng.integers(0, 256, (count, 16), dtype=np.uint8) for count in (30, 8, 8)]
    data = Dataset(*splits, shape=(4, 4))
    model = plugins.model("vae")(ImageSpec(16, False), torch.Generator(), layers=1, latent=2)
    model.start(torch.from_numpy(data.images("train")))
    binary = plugins.constant("metrics", metric, "BINARY", False)
    refused = pytest.raises(SettingsError, match=f"{metric} needs a binary") if binary else NO_ERROR
    with refused:
        plugins.load("metrics", metric).evaluate(model, data, torch.Generator(), **SMALL[metric])


@pytest.mark.parametrize(
    ("body", "trained"),
    [
        ("def stages(self): return []", False),
        ("def stages(self):\n        return [self.one]", True),
        ("def stages(self):\n        if self.a: return []\n        return self.b", True),
        ("def stages(self): return [Stage(a, b, score=c)]", False),
        ("def stages(self):\n        return [Stage(a, b, score=c), Stage(d, e)]", True),
        ("pass", True),
        ("stages = None", True),
    ],
)
def test_a_family_without_stages_stops_on_nothing(body, trained, tmp_path, monkeypatch):
    path = tmp_path / "mine.py"
    path.write_text(f"class Mine(Model):\n    {body}\n")
    monkeypatch.setattr(plugins, "source_path", lambda kind, name: path)
    assert abilities.is_scored("mine") is trained


# ---- families of others, as files beside ours

PLAIN = "from gaebench.model import Model\n"
WRITTEN = {
    "lacks": (PLAIN + "class Mine(Model):\n    def logits(self, z): ...\n", ["bound"]),
    "defines": (PLAIN + "class Mine(Model):\n    def bound(self, x, g): ...\n", []),
    "assigns": (PLAIN + "class Mine(Model):\n    bound = staticmethod(lambda x, g: x)\n", []),
    "assigns, annotated": (PLAIN + "class Mine(Model):\n    bound: object = abs\n", []),
    "sets on itself": (PLAIN + "class Mine(Model):\n    def a(self): self.bound = abs\n", []),
    "has a variable": (PLAIN + "class Mine(Model):\n    def a(self): bound = 3\n", ["bound"]),
    "defines inside": (
        PLAIN + "class Mine(Model):\n    def a(self):\n        def bound(): ...\n",
        ["bound"],
    ),
    "inherits": (PLAIN + "class B(Model):\n    bound = abs\nclass Mine(B): ...\n", []),
    "mixes in": (PLAIN + "class B:\n    bound = abs\nclass Mine(B, Model): ...\n", []),
    "of another package": ("from elsewhere import Base\nclass Mine(Base): ...\n", []),
    "of a module": ("from gaebench import model\nclass Mine(model.Model): ...\n", []),
    "decorated": (PLAIN + "@abs\nclass Mine(Model): ...\n", []),
    "of its own name": ("from gaebench.networks import mine\nclass Mine(mine.Mine): ...\n", []),
    "a Model of its own": (PLAIN + "class Model(Model): ...\nclass Mine(Model): ...\n", []),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_a_family_is_refused_only_where_its_source_is_plain(case, tmp_path, monkeypatch):
    source, missing = WRITTEN[case]
    path = tmp_path / "mine.py"
    path.write_text(source)
    found = {"models": path, "metrics": plugins.source_path("metrics", "bound")}
    monkeypatch.setattr(plugins, "source_path", lambda kind, name: found[kind])
    monkeypatch.setattr(provenance, "reached", lambda paths: [*paths, plugins.ROOT / "model.py"])
    abilities.methods.cache_clear()
    assert abilities.lacking("mine", "bound") == missing
    abilities.methods.cache_clear()


@pytest.mark.parametrize(
    ("asked", "meant"), [("log_likelyhood", "'log_likelihood'"), ("log_marginal", None)]
)
def test_a_misspelt_method_is_told_from_one_that_a_family_lacks(asked, meant, monkeypatch):
    def constant(kind, name, key, default=None):
        return (asked,) if key == "ASKS" else default

    monkeypatch.setattr(plugins, "constant", constant)
    config = {"models": {"mine": {"family": "vae", "per_dataset": {"mnist": {}}}}}
    config |= {"train": {}, "datasets": {"mnist": {"train": {}}}}
    [reason] = abilities._lacks(config, "mnist", "mine", "metrics", "theirs", asked=True)
    assert reason.startswith(f"vae has no {asked}")
    assert reason.endswith(f"(did you mean {meant} in ASKS?)" if meant else asked)


def test_a_table_without_a_number_is_told(monkeypatch):
    monkeypatch.setattr(abilities.runs, "cells_of", lambda config, name: [])
    [line] = abilities._empty({"tables": {"mine": {"seeds": {"mnist": [0]}}}})
    assert line.startswith("tables.mine: none of its entries has a number")
    assert not list(abilities._empty({"tables": {"mine": {"seeds": {"mnist": []}}}}))
