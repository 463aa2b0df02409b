"""Images of other people's models in the graph: a file changes, its row follows, and no other."""

import json
import os
import re
import time
from pathlib import Path

import numpy as np
import pytest
from test_pipeline import RAN, Project, tiny_config

import gaebench.data
from gaebench import metrics
from gaebench.foreign import read
from gaebench.seeding import stream

pytestmark = pytest.mark.pipeline

ENTRY = {
    "label": "my model",
    "by": "A. Author 2026",
    "dataset": "mnist",
    "file": "data/foreign/mine.npy",
}
FEW = {"label": "my few images", "file": "data/foreign/few.npy"}


def config() -> dict:
    """One model, and the images of another."""
    found = tiny_config()
    table = {"models": ["vae-1"], "seeds": {"mnist": [0, 1]}}
    return found | {
        "models": {"vae-1": found["models"]["vae-1"]},
        "foreign": {"mine": dict(ENTRY), "few": ENTRY | FEW},
        "tables": {"table1": table},
        "figures": {},
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, mnist_raw: Path) -> Project:
    made = Project.create(tmp_path_factory.mktemp("foreign") / "project", mnist_raw)
    pixels = np.random.default_rng(0).integers(0, 256, (150, 28, 28), np.uint8)
    np.save(made.folder / "data/foreign/mine.npy", pixels)
    np.save(made.folder / "data/foreign/few.npy", pixels[:20])
    made.configure(config())
    made.run("snakemake", "--cores", "2", "results/tables.md")
    return made


def test_the_row_stands_beside_the_models(project: Project):
    text = (project.folder / "results/tables.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert [row.split("|")[1].split("<")[0].strip() for row in rows[1:]] == [
        "VAE (1 layer)",
        "my model",
        "my few images",
    ]
    assert "failed" in rows[-1]
    assert "Images by A. Author 2026, as given in `data/foreign/mine.npy`" in text
    assert "there are 20 images, and a table compares models at 100" in text


def test_its_number_is_that_of_the_command(project: Project):
    folder = project.folder
    data = gaebench.data.load(folder / "data/processed/mnist.npz")
    images = read(folder / "data/foreign/mine.npy", data, 100).images
    draws = stream(0, "parzen", "mnist", "mine")
    expected = metrics.measured("parzen", images, data, draws, config()["metrics"]["parzen"])
    found = json.loads((folder / "results/runs/mnist/mine/0/parzen.json").read_text())
    assert found["value"] == expected.value


@pytest.mark.parametrize("age", [0, 200_000], ids=["new", "two days old"])
def test_a_changed_file_is_read_again_and_nothing_else(project: Project, age: int):
    path = project.folder / "data/foreign/mine.npy"
    np.save(path, np.roll(np.load(path), 1, axis=1))
    os.utime(path, (time.time() - age,) * 2)
    done = project.run("snakemake", "-n", "results/tables.md")
    rules = set(re.findall(r"^(?:local)?rule (\w+):", done, re.M))
    assert rules == {"foreign", "evaluate_samples", "tables"}


def test_dvc_sees_a_changed_file_and_scores_it_anew(project: Project, tmp_path: Path):
    copy = project.copy(tmp_path / "copy")
    copy.edit(lambda config: config["foreign"].pop("few"))
    number = copy.folder / "results/runs/mnist/mine/0/parzen.json"
    path = copy.folder / "data/foreign/mine.npy"
    copy.run("dvc", "repro")
    assert "up to date" in copy.run("dvc", "status")
    before = json.loads(number.read_text())["value"]
    np.save(path, np.full_like(np.load(path), 9))
    assert re.search(r"modified: +data/foreign", copy.run("dvc", "status"))
    said = copy.run("dvc", "repro")
    assert set(RAN.findall(said)) >= {("foreign", "mnist/mine/0")} and "train" not in said
    assert json.loads(number.read_text())["value"] != before
    assert "up to date" in copy.run("dvc", "status")
