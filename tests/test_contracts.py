"""An author's own fault is told with the file, the line and what the contract asks for.

Faulty plugins are recipes of CONTRIBUTING.md with a mistake in them, each a file of its own in a
copy of the package. One process checks them all beforehand; another one runs those whose fault only
shows when they run, in jobs.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import recipes
from params import contracts

from gaebench import plugins

ROOT = Path(__file__).parents[1]
RECIPES = recipes.read()
ALL = [(kind, name) for kind in plugins.KINDS for name in plugins.names(kind)]


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_the_plugins_there_are_keep_their_contract(kind, name):
    assert contracts.faults(kind, name) == []


# ---- seen before anything runs

NOTHING = "$nothing"
SEEN = [
    ("metrics", 'NEEDS = "samples"', 'NEEDS = "sample"', "line 9: NEEDS is 'sample'; did you mean 'samples'?"),
    ("metrics", 'NEEDS = "samples"', "", "must set NEEDS"),
    ("metrics", 'NEEDS = "samples"', 'NEEDS = "sam" + "ples"', "line 9: NEEDS must be a literal"),
    ("metrics", "VERSION = 1", "", "must set VERSION, a whole number >= 1"),
    ("metrics", "VERSION = 1", 'VERSION = "1"', "line 10: VERSION is '1', must be a whole number >= 1"),
    ("metrics", 'BETTER = "near one"', 'BETTER = "near 1"', "BETTER is 'near 1'; did you mean 'near one'?"),
    ("metrics", "DECIMALS = 3", "DECIMALS = 3.5", "DECIMALS is 3.5, must be a whole number >= 0"),
    ("metrics", "def evaluate(", "def evaluat(", "must define evaluate(source, data, generator)"),
    ("metrics", ", generator: torch.Generator)", ")", "evaluate(source, data) must take (source, data, generator)"),
    ("metrics", ", generator: torch.Generator)", ", generator, draws: int = 3)", "settings by keyword only, after a *"),
    ("metrics", ", generator: torch.Generator)", ", generator, *, draws=3)", "the setting draws of evaluate must have a type"),
    ("metrics", ", generator: torch.Generator)", ", generator, *, draws: int = VERSION)", "has the default VERSION, must have a literal"),
    ("metrics", "def evaluate(", "def evaluate((", "this is not Python"),
    ("metrics", "def evaluate(", "def validation_score(model, valid):\n    return 1.0\n\n\ndef evaluate(", "validation_score(model, valid) must take (model, valid, generator)"),
    ("models", "class LinearVAE(Model)", "class Linear(Model)", "must define a class of its name"),
    ("models", "def __init__(", "def initialise(", "must have a constructor: __init__(self, spec, generator"),
    ("models", "def draw_prior(", "def draw(", "the class $CLASS must have draw_prior"),
    ("models", "LinearVAE(Model)", "LinearVAE", "must be a Model"),
    ("models", "latent: int = 10", "latent: int", "the setting latent of __init__ must have a default"),
    ("models", "        generator: torch.Generator,\n        *,", "        *,", "must take (self, spec, generator)"),
    ("models", 'LABEL = "linear VAE"', "", "must set LABEL, a text"),
    ("datasets", 'SOURCE = "digits"', "", "must set SOURCE"),
    ("datasets", 'SOURCE = "digits"', 'SOURCE = "my digits"', "must be a folder's name"),
    ("datasets", "FILES: dict[str, RawFile] = {}", "", "must set FILES"),
    ("datasets", "def read(raw: Path)", "def read()", "read() must take (raw)"),
    ("controls", "def images(", "def image(", "must define images(data, n, generator)"),
    ("controls", 'NOTE = ""', "NOTE = None", "must set NOTE"),
    ("figures", 'NEEDS = ("samples",)', 'NEEDS = ("samples")', "NEEDS is 'samples', must be a tuple of names"),
    ("figures", 'NEEDS = ("samples",)', 'NEEDS = ("sample",)', "NEEDS is 'sample'; did you mean 'samples'?"),
    ("figures", "def draw(runs: Sequence[ShownRun], device: str)", "def draw(runs)", "draw(runs) must take (runs, device)"),
    ("figures", "def draw(", "def paint(", "must define draw(runs, device)"),
    ("figures", "CAPTION = ", "TITLE = ", "must set CAPTION, a text"),
    ("tables", "TABLE = ", "TABEL = ", "must set TABLE"),
    ("tables", "TABLE = Table(", "TABLE = dict(", "TABLE must be a Table, not a dict"),
    ("tables", 'title="', 'titel="', "an error in $FILE, line 5: TypeError"),
    ("tables", 'Entry("bound")', 'Entry("bond")', "TABLE shows no metric 'bond'; did you mean 'bound'?"),
    ("tables", '(Entry("loglik_prior"), Entry("bound"))', 'Entry("bound")', "must have a tuple of entries"),
    ("tables", "in nats:", "in {nats}:", "whose braces hold no number that there is (KeyError('nats'))"),
    ("tables", "    title", '    layout="rows",\n    title', "has the layout 'rows'"),
]
"""Kind, a text of its recipe, what stands in its place, and what is told."""
FINE = [
    ("metrics", 'NEEDS = "samples"', 'NEEDS: str = "samples"'),
    ("metrics", "def evaluate(", "def validation_score(model, valid, generator, n=3):\n    return 1.0\n\n\ndef evaluate("),
    ("figures", "def draw(", "from gaebench.figures.samples import draw  # noqa\n\n\ndef paint("),
    ("models", "    def stages(self)", "    def other(self)", "    stages = None\n\n    def other(self)"),
]
