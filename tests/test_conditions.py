"""Whatever the code would refuse of a setting is refused before anything runs, without torch."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from params import checks, conditions, resolve, signatures

from gaebench import plugins
from gaebench.errors import SettingsError
from gaebench.model import ImageSpec
from gaebench.seeding import stream

ROOT = Path(__file__).parents[1]

REFUSED = [
    ("models", "vae", "dropout", 1.5),
    ("models", "vae", "pixel_std", 0.0),
    ("models", "vae", "learning_rate", 0.0),
    ("models", "gae", "dropout", -0.5),
    ("models", "gan", "average", 1.0),
    ("models", "gan", "input_dropout", 1.0),
    ("models", "aae", "prior_std", 0.0),
    ("models", "aae", "adversarial_rate", 0.0),
    ("models", "gmmn_ae", "bandwidth", 0.0),
    ("models", "gmmn_ae", "widths", "64-"),
    ("models", "gmmn_ae", "widths", "64-0"),
    ("models", "gmmn_ae", "scales", "1-0"),
    ("models", "gmmn_ae", "autoencoder_share", 1.0),
    ("models", "bernoulli_mixture", "decay", 0.2),
    ("metrics", "parzen", "count", 2),
    ("metrics", "parzen", "low", 0.9),
    ("metrics", "parzen_protocols", "validation", 0),
    ("metrics", "loglik_prior", "images", 1),
    ("metrics", "loglik_exact", "images", 1),
    ("metrics", "loglik_is", "subset", 1),
    ("metrics", "parzen_curve", "count", 2),
    ("metrics", "loglik_is", "few", 6000),
    ("metrics", "loglik_ais", "steps", 1),
    ("metrics", "frechet", "resamples", 1),
    ("metrics", "modes", "least", 1.0),
    ("controls", "near-copies", "noise", 0.0),
]


@pytest.mark.parametrize(("kind", "name", "setting", "value"), REFUSED)
def test_a_value_that_would_be_refused_is_told(kind, name, setting, value):
    given = {"validation": 1000, "low": 0.1, "high": 0.4, "count": 20} if "parzen" in name else {}
    given |= {"draws": 5000, "images": 10, "few": 10, "subset": 5} if name == "loglik_is" else {}
    assert not list(conditions.problems_of(kind, name, given, ()))
    (line, *_) = conditions.problems_of(kind, name, given | {setting: value}, ("here",))
    assert line.startswith("here.") and setting in line and "must be" in line


SMALL = {"hidden": 3, "latent": 2, "layers": 1, "units": 2, "widths": "3-3", "code": 2}
EXTREME = [0, -1, -0.5, 1.0, 1.5, float("inf"), float("nan"), "", "x"]


@pytest.mark.parametrize("name", plugins.names("models"))
def test_what_is_told_of_a_model_is_what_its_constructor_refuses(name):
    taken = plugins.settings("models", name)
    small = {key: value for key, value in SMALL.items() if key in taken}
    for key, value in itertools.product(taken, EXTREME):
        if not list(signatures.misfit(value, taken[key].type, ())):
            given = small | {key: value}
            told = list(conditions.problems_of("models", name, given, ("here",)))
            assert bool(told) == refused(name, given), (key, value, told)


def refused(name: str, settings: dict) -> bool:
    """Whether a model cannot be made with these settings."""
    try:
        plugins.model(name)(ImageSpec(9, False), stream(0, "test"), **settings)
    except SettingsError:
        return True
    return False


@pytest.mark.parametrize("value", [0, -0.5, float("inf")])
def test_the_budget_must_be_positive(value):
    config = yaml.safe_load((ROOT / "params.yaml").read_text())
    config["train"]["budget"] = value
    (_, line) = checks.problems(config)
    assert "train.budget" in line


def test_a_special_value_is_told_at_its_own_place():
    config = yaml.safe_load((ROOT / "params.yaml").read_text())
    config["models"]["vae"]["per_dataset"]["faces"]["settings"]["dropout"] = 1.5
    (_, line) = checks.problems(config)
    assert (
        "models.vae.per_dataset.faces.settings.dropout: must be in [0, 1), not dropout 1.5" in line
    )


def test_every_model_of_params_yaml_can_be_built():
    config = resolve.resolved(yaml.safe_load((ROOT / "params.yaml").read_text()))
    for entry in config["models"].values():
        settings = entry.get("settings", {}) | {"hidden": 8} if "hidden" in str(entry) else {}
        model = plugins.model(entry["family"])
        assert isinstance(model(ImageSpec(9, True), stream(0, "t"), **settings), torch.nn.Module)


def test_checking_does_not_import_torch():
    program = (
        "import sys, yaml\nfrom params import checks\n"
        "checks.problems(yaml.safe_load(open('params.yaml')))\n"
        "sys.exit('torch' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    path = {"PYTHONPATH": ".:workflow"}
    assert subprocess.run(command, cwd=ROOT, env=path, check=False).returncode == 0


def test_a_rule_that_only_the_code_knows_is_no_crash(tmp_path):
    plugin = tmp_path / "plugin.py"
    plugin.write_text("def f(*, a: int):\n    rule = str(a)\n    require(a > 1, 'a', a, rule)\n")
    (line,) = conditions.problems(conditions._of_file(plugin, frozenset({"a"})), {"a": 0}, ("x",))
    assert line.startswith("x.a: must be otherwise")
