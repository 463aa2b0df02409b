"""A finished run that takes no training: every file that the results page is made of, small."""

import json
from pathlib import Path

import numpy as np
import yaml
from params import jobs, resolve
from params import page as paged
from params.targets import Targets
from PIL import Image

from gaebench import data, failures, runs
from gaebench.data import Dataset
from gaebench.metrics import parzen
from gaebench.page.content import Content, Files
from gaebench.report import cells, collect
from gaebench.seeding import stream

ROOT = Path(__file__).parents[1]
SIDE = 8
MODELS = ["vae", "gan", "gae-1", "gae-2"]
DEPTHS = ["vae-1", "vae-2", "gae-1", "gae-2"]


def config() -> dict:
    """Resolved parameters: three tables, one by entries, a data set that is missing, figures."""
    asked = yaml.safe_load((ROOT / "params.yaml").read_text())
    seeds = {"mnist": [0, 1, 2], "tfd": [0], "faces": [0]}
    tables = {
        "table1": {"models": MODELS, "controls": ["train-images", "k-means"], "seeds": seeds},
        "table2": {"models": DEPTHS, "seeds": {"bimnist": [0, 1, 2]}},
    }
    tables["reach-table2"] = {"models": DEPTHS, "seeds": {"bimnist": [0]}}
    figures = {
        "samples": {"dataset": "mnist", "models": ["gae-2", "vae"]},
        "faces": {"dataset": "tfd", "models": ["gae-1"]},
    }
    models = {name: entry | {"tables": []} for name, entry in asked["models"].items()}
    few = {"samples": 300, "models": models, "tables": tables, "figures": figures}
    return resolve.resolved(asked | few)


def images() -> Dataset:
    """Two kinds of blurred bars, 8 x 8 pixels."""
    rng = np.random.default_rng(0)
    lit = np.indices((SIDE, SIDE))[1].ravel() // 4
    drawn = [
        (60 + 120 * (lit == rng.integers(0, 2, (n, 1))) + rng.normal(0, 12, (n, SIDE * SIDE)))
        for n in (300, 60, 80)
    ]
    splits = [np.clip(rows, 0, 255).astype(np.uint8) for rows in drawn]
    return Dataset(*splits, shape=(SIDE, SIDE))


def samples(number: int) -> np.ndarray:
    """What the model of that number generates: the larger, the better."""
    rng = np.random.default_rng(number)
    noise = rng.normal(0, 0.3 / (1 + number), (300, SIDE * SIDE))
    return np.clip(images().images("train") + noise, 0, 1).astype(np.float32)


def make(folder: Path) -> Content:
    """Write the files below a folder; what a page is made of."""
    asked = config()
    targets, told = Targets(asked), json.loads(paged.settings(asked))
    folder.mkdir(parents=True, exist_ok=True)
    data.save(images(), folder / "mnist.npz")
    (folder / "tfd.json").write_text(json.dumps({"unavailable": "no file TFD_48x48.mat"}))
    told["manifests"] = {"tfd": str(folder / "tfd.json")}
    told["retry"] = told["retry"].format("data/raw/tfd.json")
    measured = [folder / path for name in targets.required for path in targets.metrics(name)]
    drawn = {run: samples(MODELS.index(run.model)) for run in paged.scored(asked)}
    for path in measured:
        _write(path, drawn)
    table = folder / "results/metrics.csv"
    collect.write(collect.collect(map(cells.Cell.at, measured), jobs.versions(asked)), table)
    (folder / "results/figures").mkdir()
    Image.fromarray(np.zeros((40, 60), np.uint8)).save(folder / "results/figures/samples.png")
    stored = [folder / targets.at(run, "samples.npy") for run in drawn]
    for path, made in zip(stored, drawn.values(), strict=True):
        runs.save_samples(made, path)
    histories = [
        _history(folder / path)
        for name in targets.required
        for path in paged.histories(asked, name)
    ]
    files = Files(
        table=table,
        metrics=measured,
        accuracies=[],
        figures=[folder / "results/figures/samples.png"],
        histories=histories,
        images=[folder / "mnist.npz"],
        samples=stored,
        cost=[],
    )
    return Content(told, files, "cpu")


def _write(path: Path, drawn: dict) -> None:
    """A metric's file: of the runs with samples the real one, else a number by model and seed."""
    cell = cells.Cell.at(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if cell[:3] in drawn:
        made = runs.stored(drawn[cell[:3]], "samples") / np.float32(runs.WHITE)
        path.write_text(parzen.evaluate(made.astype(np.float32), images(), stream(0)).to_json())
        return
    rank = ["vae", "gan", "vae-1", "vae-2", "gae-1", "gae-2"]
    place = rank.index(cell.model) if cell.model in rank else 3
    value = (80.0 if cell.metric == "parzen" else -110.0) + 4 * place + 0.1 * cell.seed
    found = {"value": value, "sem": 0.5}
    if cell.metric == "loglik_prior":
        found["curve"] = {str(10**k): value - 10 / k for k in (2, 3, 4)}
    path.write_text(json.dumps(found))


def _history(path: Path) -> Path:
    lines = [f"vae,{epoch},1.0,{-100 + 3 * epoch - 0.2 * epoch**2:.3f}" for epoch in range(1, 13)]
    path.write_text("\n".join(["stage,epoch,loss,score", *lines]) + "\n")
    return path


def fail(content: Content, run: tuple[str, str, int], reason: str) -> None:
    """Have a run fail, as the workflow says it: in the place of its files."""
    parts = content.files
    paths = [*parts.metrics, *parts.histories, *parts.samples]
    wanted = [path for path in paths if path.parts[-4:-1] == tuple(map(str, run))]
    failures.write(wanted, reason)
