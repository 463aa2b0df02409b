"""The recipes of CONTRIBUTING.md, followed to the letter with real processes on a tiny project.

Each one is written alone into a finished project, which tells what it makes due; then all are
there, beside a model in closed form that has next to nothing that other models have, and the
project is run again.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import recipes
import yaml
from params.resolve import merged
from recipes import Recipe
from test_pipeline import ROOT, SUMMARIES, Project, tiny_config, trainings

from gaebench import plugins

pytestmark = pytest.mark.pipeline

RECIPES = recipes.read()
DUE = {
    "models": {"train", "sample", "evaluate_samples", *SUMMARIES},
    "datasets": {"fetch", "prepare", "train", "sample", "evaluate_samples", *SUMMARIES},
    "metrics": {"evaluate_samples", *SUMMARIES},
    "controls": {"control", "evaluate_samples", *SUMMARIES},
    "figures": {"figure", "claims", "page", "outcome"},  # claims link to figures
    "tables": {"evaluate_model", *SUMMARIES},
}
"""What each recipe explains, by rule..."""
TRAINED = {"models": {"mnist/linear-vae/0"}, "datasets": {"digits/vae/0"}}
"""...and the runs that are trained for it."""

PPCA = Recipe(
    "models",
    "ppca",
    "gaebench/models/ppca.py",
    '''"""Probabilistic principal components (Tipping & Bishop 1999), in closed form."""

import torch
from torch import Tensor

from gaebench.model import ImageSpec, Model, Stage

LABEL = "PPCA"
NOTE = ""


class PPCA(Model):
    """z ~ N(0, I), and pixels W z + m, with W and m found by an eigendecomposition."""

    def __init__(self, spec: ImageSpec, generator: torch.Generator, *, size: int = 5) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(spec.pixels))
        self.register_buffer("axes", torch.zeros(size, spec.pixels))

    def start(self, train: Tensor) -> None:
        """Find the axes."""
        self.mean.copy_(train.mean(0))
        values, vectors = torch.linalg.eigh((train - self.mean).T.cov())
        size = len(self.axes)
        spread = (values[-size:] - values[:-size].mean()).clamp_min(0).sqrt()
        self.axes.copy_((vectors[:, -size:] * spread).T)

    def stages(self) -> list[Stage]:
        """Nothing is left to do."""
        return []

    def draw_prior(self, n: int, generator: torch.Generator) -> Tensor:
        """z ~ N(0, I), shape (n, size)."""
        return torch.empty(n, len(self.axes), device=self.device).normal_(generator=generator)

    def logits(self, z: Tensor) -> Tensor:
        """Logits of the pixel means, shape (n, pixels)."""
        return (z @ self.axes + self.mean).clamp(0.001, 0.999).logit()
''',
    {"models": {"ppca": {"family": "ppca", "tables": ["table1"]}}},
)
EVERY = [*RECIPES.values(), PPCA]

FEW = '''"""Every tenth image of MNIST, as they are or as bits: the time of a test is short."""

from dataclasses import replace
from pathlib import Path

from gaebench.data import SPLITS, Dataset
from gaebench.datasets import mnist

LABEL = "MNIST"
NOTE = ""
SOURCE = mnist.SOURCE
FILES = mnist.FILES


def read(raw: Path, *, binary: bool = False) -> Dataset:
    """Read MNIST, and leave most of it out."""
    data = mnist.read(raw)
    parts = {part: getattr(data, part)[::10] for s in SPLITS for part in (s, f"{s}_labels")}
    if binary:
        parts |= {split: (parts[split] > 127).view("uint8") for split in SPLITS}
    return replace(data, **parts, levels=1 if binary else 255)
'''


def config() -> dict:
    """What the recipes mention, and little else: two data sets, four runs, three tables."""
    small = {"layers": 1, "hidden": 8, "latent": 2}
    base = tiny_config()
    mnist = {"models": ["vae"], "seeds": {"mnist": [0]}}
    bimnist = {"models": ["vae-1", "gae-1"], "seeds": {"bimnist": [0]}}
    return base | {
        "datasets": {
            "mnist": {"reader": "few"},
            "bimnist": {"reader": "few", "options": {"binary": True}},
        },
        "train": base["train"] | {"batch": 500},
        "samples": 100,
        "controls": {"train-images": {"datasets": ["mnist"]}},
        "models": {
            name: {"family": name[:3], "settings": small}
            for name in ("vae", "gae-2", "vae-1", "gae-1")
        },
        "classifier": {"epochs": 1, "batch": 1000, "learning_rate": 0.002},
        "metrics": {
            "parzen": {"validation": 100},
            "loglik_prior": {"draws": 50, "images": 20},
            "frechet": {"resamples": 2},
        },
        "tables": {
            "table1": mnist | {"controls": ["train-images"]},
            "quality": mnist,
            "table2": bimnist,
        },
        "figures": {
            "samples": {"dataset": "mnist", "models": ["gae-2", "vae"]},
            "curves": {"panels": {"mnist": ["vae"]}},
        },
    }


def add(project: Project, recipe: Recipe) -> None:
    """Write the file, and put the entry into params.yaml."""
    (project.folder / recipe.path).write_text(recipe.source)
    path = project.folder / "params.yaml"
    project.configure(merged(yaml.safe_load(path.read_text()), recipe.entry))


def changed(project: Project) -> set[str]:
    """The sources that git sees as new or changed; results are none."""
    lines = project.run("git", "status", "--short", "--untracked-files=all").splitlines()
    return {line for line in lines if not line[3:].startswith("results/")}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, mnist_raw: Path) -> Project:
    """A project after `snakemake all`, with its tests, all committed."""
    project = Project.create(tmp_path_factory.mktemp("recipes") / "project", mnist_raw)
    for part in ("tests", "pyproject.toml", "CONTRIBUTING.md"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, project.folder / part)
    (project.folder / "gaebench/datasets/few.py").write_text(FEW)
    project.configure(config())
    project.run("snakemake", "--cores", "1", "all")
    project.run("git", "add", ".")
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    project.run("git", *who, "commit", "--quiet", "--message", "Before")
    return project


Found = dict[str, tuple[set[str], set[tuple[str, str]]]]


@pytest.fixture(scope="module")
def alone(finished: Project) -> Found:
    """Of each recipe, written alone: what git sees, and the jobs that are due."""
    found = {}
    before = (finished.folder / "params.yaml").read_text()
    for kind, recipe in RECIPES.items():
        add(finished, recipe)
        found[kind] = changed(finished), finished.due()
        (finished.folder / recipe.path).unlink()
        (finished.folder / "params.yaml").write_text(before)
    assert not changed(finished)
    return found


@pytest.fixture(scope="module")
def extended(finished: Project, alone: Found) -> Project:
    """The project with all of them, after `snakemake all`."""
    for recipe in EVERY:
        add(finished, recipe)
    finished.edit(lambda config: config["figures"]["curves"]["panels"]["mnist"].append("ppca"))
    finished.run("snakemake", "--cores", "1", "all")
    return finished


@pytest.fixture(scope="module")
def numbers(extended: Project) -> Callable[[str], pd.DataFrame]:
    """A function: a condition -> the rows of metrics.csv that it holds for."""
    return pd.read_csv(extended.folder / "results/metrics.csv").query


@pytest.fixture(scope="module")
def tables(extended: Project) -> str:
    return (extended.folder / "results/tables.md").read_text()


def test_each_kind_of_plugin_has_a_recipe():
    assert set(RECIPES) == set(plugins.KINDS)


@pytest.mark.parametrize("kind", plugins.KINDS)
def test_a_recipe_is_one_file_and_one_entry(alone, kind):
    recipe = RECIPES[kind]
    assert alone[kind][0] == {f"?? {recipe.path}", " M params.yaml"}
    assert len(recipe.entry) == 1 and len(next(iter(recipe.entry.values()))) == 1


@pytest.mark.parametrize("kind", plugins.KINDS)
def test_only_the_jobs_are_due_that_it_explains(alone, kind):
    due = alone[kind][1]
    assert {rule for rule, _ in due} == DUE[kind]
    assert trainings(due) == TRAINED.get(kind, set())
    own = [output for rule, output in due if rule not in SUMMARIES]
    named = (RECIPES[kind].entered, RECIPES[kind].name, "bound.json")
    assert all(any(name in output for name in named) for output in own), own


def test_nothing_else_was_touched(extended):
    files = {f"?? {recipe.path}" for recipe in EVERY}
    assert changed(extended) == {*files, " M params.yaml"}
    assert not extended.due()


def test_the_new_model_is_a_row_of_table_1(numbers, tables):
    assert len(numbers("model == 'linear-vae' and dataset == 'mnist' and metric == 'parzen'")) == 1
    assert re.search(r"^\| linear VAE +\| +\**-?\d+\.\d\d", tables, re.M)


def test_the_new_data_set_is_a_column(numbers, tables):
    rows = numbers("dataset == 'digits' and metric == 'parzen'")
    assert set(rows.model) >= {"vae", "linear-vae"}
    assert re.search(r"^\| model .*\| +digits, 8 x 8, ours", tables, re.M)


def test_the_new_metric_is_a_column(numbers, tables):
    rows = numbers("metric == 'brightness'")
    assert list(rows.model) == ["vae"] and 0 < rows.value.iloc[0] < 3
    assert re.search(r"\| +brightness +\|", tables.split("## Sample quality")[1]), "of one model"


def test_the_new_control_is_a_row(numbers, tables):
    assert len(numbers("model == 'shuffled' and metric == 'parzen'")) == 1
    assert re.search(r"^\| training images, pixels shuffled +\|", tables, re.M)


def test_the_new_figure_is_a_picture(extended):
    png = extended.folder / "results/figures/means.png"
    assert png.read_bytes().startswith(b"\x89PNG")
    assert (extended.folder / "results/vector/means.svg").exists()


def test_the_new_table_is_there_with_its_numbers(numbers, tables):
    assert len(numbers("metric == 'bound'")) == 2
    section = tables.split("## Two estimates by depth")[1]
    assert len(re.findall(r"^\| (?:VAE|GAE) .*\d\.\d\d", section, re.M)) == 2


def test_a_model_in_closed_form_is_a_model(extended, numbers, tables):
    """No stages, no parameters, no epochs: it lands in the tables and in the figure of epochs."""
    [number] = numbers("model == 'ppca' and dataset == 'mnist' and metric == 'parzen'").value
    assert (
        number > numbers("model == 'vae' and dataset == 'mnist' and metric == 'parzen'").value.max()
    )
    assert re.search(r"^\| PPCA +\|", tables, re.M)
    history = extended.folder / "results/runs/mnist/ppca/0/history.csv"
    assert history.read_text() == "stage,epoch,loss,score\n"


@pytest.fixture(scope="module")
def contract_tests(extended: Project) -> list[str]:
    """The contract tests of the new plugins that passed in the project; none failed."""
    places = [p for r in EVERY for p in (f"[{r.name}", f"{r.kind}-{r.name}]")]
    kinds = ("models", "datasets", "plugins", "controls", "figures", "tables", "contracts")
    files = [f"tests/test_{name}.py" for name in (*kinds, "device")]
    output = extended.run(
        "pytest", "-v", "-p", "no:cacheprovider", "-k", " or ".join(places), *files
    )
    assert "skipped" not in output.splitlines()[-1]
    return re.findall(r"^(tests/\S+) PASSED", output, re.M)


@pytest.mark.parametrize("recipe", EVERY, ids=lambda recipe: recipe.name)
def test_the_contract_tests_find_the_file_and_pass(contract_tests, recipe):
    file = {"metrics": "plugins"}.get(recipe.kind, recipe.kind)
    passed = [name for name in contract_tests if re.search(rf"[\[-]{recipe.name}\b", name)]
    assert any(name.startswith(f"tests/test_{file}.py::") for name in passed)
    assert any("test_the_plugins_there_are_keep_their_contract" in name for name in passed)


def test_an_authors_fault_is_told_before_anything_runs(extended, tmp_path):
    path = extended.folder / RECIPES["metrics"].path
    path.write_text(RECIPES["metrics"].source.replace('"samples"', '"sample"', 1))
    output = extended.run("snakemake", "-n", status=1)
    assert f"{RECIPES['metrics'].path}, line 9: NEEDS is 'sample'; did you mean" in output
    assert "Traceback" not in output
    path.write_text(RECIPES["metrics"].source)
    assert not extended.due()


def test_an_authors_fault_that_shows_in_a_job_is_told_with_its_line(extended):
    path = extended.folder / RECIPES["metrics"].path
    path.write_text(RECIPES["metrics"].source.replace("/ pixel, ", "/ (pixel - pixel), ", 1))
    path.write_text(path.read_text().replace("source.mean(1) /", "float(source.mean()) /"))
    output = extended.run("snakemake", "results/runs/mnist/vae/0/brightness.json", status=1)
    place = rf"\[mnist/vae/0/brightness\] error: an error in {path.relative_to(extended.folder)}"
    told = r", line 27, in evaluate: ZeroDivisionError: .*a fault of that file, not of your param"
    assert re.search(place + told, output)
    assert "please report" not in output
    path.write_text(RECIPES["metrics"].source)
