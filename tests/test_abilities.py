"""What metrics ask of models, as read from their sources, against what the classes have and do."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from params import abilities

from gaebench import plugins
from gaebench.data import Dataset
from gaebench.errors import SettingsError
from gaebench.model import ImageSpec, Model

FAMILIES = plugins.names("models")
NEEDS = {name: plugins.constant("metrics", name, "NEEDS") for name in plugins.names("metrics")}


@pytest.mark.parametrize("family", FAMILIES)
def test_what_a_family_lacks_is_what_its_class_leaves_as_it_is(family):
    cls = plugins.model(family)
    left = {name for name in abilities.optional() if getattr(cls, name) is getattr(Model, name)}
    assert abilities.lacked(family) == left


def test_the_words_are_those_of_the_model():
    for method, words in abilities.optional().items():
        arguments = [torch.zeros(1, 1)] * (1 if method in ("proposal", "log_prior") else 2)
        with pytest.raises(SettingsError, match=f"^Model has {words}$"):
            getattr(Model(), method)(*arguments)


class Watched(plugins.model("vae")):
    """A VAE that notes which of the optional methods others than itself use."""

    def __init__(self):
        self.used = set()
        super().__init__(ImageSpec(16, True), torch.Generator().manual_seed(0), layers=1, latent=2)

    def __getattribute__(self, name):
        caller = Path(sys._getframe(1).f_code.co_filename).parent.name
        if name in abilities.optional() and caller not in ("models", "networks"):
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


@pytest.mark.parametrize("metric", SMALL)
def test_what_a_metric_asks_for_is_what_it_uses(metric):
    rng = np.random.default_rng(0)
    splits = [rng.integers(0, 2, (count, 16), dtype=np.uint8) for count in (30, 8, 8)]
    data, model = Dataset(*splits, shape=(4, 4), levels=1), Watched()
    model.start(torch.from_numpy(data.images("train")))
    model.used.clear()
    plugins.load("metrics", metric).evaluate(model, data, torch.Generator(), **SMALL[metric])
    assert abilities.asked(metric) == model.used


def test_every_metric_of_models_is_looked_at():
    on_models = {name for name, need in NEEDS.items() if need == "model"}
    assert on_models == {*SMALL, "loglik_exact"}  # which asks for more than `Model` has
