"""What every file of gaebench/figures must do, shown on runs that take a second."""

import inspect
import os
import subprocess
import sys
from functools import cache

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from gaebench import data, jobs, plugins, runs, training
from gaebench.data import Dataset
from gaebench.features import Embedded, Embedding
from gaebench.report import shown, style
from gaebench.seeding import stream

FIGURES = plugins.names("figures")
TINY = {"draws": 200, "images": 20, "few": 5, "subset": 3, "validation": 40, "samples": 1000}
"""Settings of metrics, where they take them..."""
TINY |= {"low": 0.02, "high": 2.0, "step": 0.1, "chains": 1, "steps": 3, "leapfrogs": 1}
"""...so that they are quick, and made for few pixels."""
SIZES = {"train": 200, "valid": 50, "test": 50}
CONTROL = "train-images"


@cache
def images() -> Dataset:
    """Three classes of binary images, 16 x 16 pixels."""
    rng = np.random.default_rng(0)
    means = rng.choice([0.1, 0.9], (3, 256))
    labels = {split: rng.integers(0, 3, n) for split, n in SIZES.items()}
    bits = {split: rng.random((n, 256)) < means[labels[split]] for split, n in SIZES.items()}
    return Dataset(
        **{split: rows.astype(np.uint8) for split, rows in bits.items()},
        **{f"{split}_labels": classes for split, classes in labels.items()},
        shape=(16, 16),
        levels=1,
    )


def restoring(layers: int) -> dict:
    return {"family": "gae", "settings": {"layers": layers, "hidden": 30, "latent": 2}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the workflow makes of the data set, two models and a control, but for metrics."""
    jobs.use_torch("cpu")
    home = tmp_path_factory.mktemp("runs")
    data.save(images(), home / "images.npz")
    for layers in (1, 2):
        run = home / f"gae-{layers}"
        run.mkdir()
        model, history, _ = training.train(
            images(),
            **restoring(layers),
            seed=0,
            labels=("images", run.name),
            stop_on="bound",
            valid_images=50,
            epochs=3,
            batch=20,
            patience=3,
        )
        runs.save(model, run / "model.pt")
        runs.save_samples(runs.sample(model, 120, stream(0, run.name)), run / "samples.npy")
        history.to_csv(run / "history.csv", index=False)
    (home / CONTROL).mkdir()
    runs.save_samples(images().images("train"), home / CONTROL / "samples.npy")
    return home


def needs_of(figure: str, control: bool = False) -> tuple[str, ...]:
    needs = plugins.constant("figures", figure, "NEEDS")
    return plugins.constant("figures", figure, "CONTROLS_NEED", needs) if control else needs


def looks_into_models(need: str) -> bool:
    return need in ("model", "history") or (
        need in plugins.names("metrics") and plugins.constant("metrics", need, "NEEDS") == "model"
    )


def embedded(samples: np.ndarray) -> Embedded:
    """Pixels in place of features."""
    truth = images()
    real = {
        split: Embedding(truth.images(split), getattr(truth, f"{split}_labels"))
        for split in data.SPLITS
    }
    return Embedded(Embedding(samples, np.arange(len(samples)) % 3), real)


def measure(run, metric: str, path) -> None:
    """Write a metric's file, which the workflow would make with the same function."""
    settings = {key: TINY[key] for key in plugins.settings("metrics", metric) if key in TINY}
    kind = plugins.constant("metrics", metric, "NEEDS")
    if kind == "model":
        source = runs.restore(run / "model.pt", images(), **restoring(int(run.name[-1])))
    else:
        source = runs.load_samples(run / "samples.npy", images().pixels)
        source = embedded(source) if kind == "features" else source
    estimate = plugins.load("metrics", metric).evaluate(source, images(), stream(0), **settings)
    path.write_text(estimate.to_json())


def file_of(run, need: str):
    names = {"samples": "samples.npy", "model": "model.pt", "history": "history.csv"}
    path = run / names.get(need, f"{need}.json")
    if not path.exists():
        measure(run, need, path)
    return path


@pytest.fixture
def drawn(folder):
    """A function: figure -> it is drawn as the workflow does."""

    def draw(figure: str) -> Figure:
        controls = [] if any(map(looks_into_models, needs_of(figure, True))) else [CONTROL]
        entries = [
            {
                "dataset": "images",
                "model": model,
                "seed": 0,
                "control": model in controls,
                "needs": needs_of(figure, model in controls),
                "restore": None if model in controls else restoring(int(model[-1])),
            }
            for model in ("gae-1", "gae-2", *controls)
        ]
        files = [
            file_of(folder / entry["model"], need) for entry in entries for need in entry["needs"]
        ]
        names = {
            f"gae-{layers}": {"text": f"GAE ({layers} layers)", "family": "GAE", "layers": layers}
            for layers in (1, 2)
        }
        content = {"runs": entries, "samples": 120, "names": {"models": names, "datasets": {}}}
        listed = shown.listed(content, [folder / "images.npz"], files)
        with style.styled():
            return plugins.load("figures", figure).draw(listed, "cpu")

    return draw


@pytest.mark.parametrize("figure", FIGURES)
def test_the_caption_is_a_sentence(figure):
    caption = plugins.constant("figures", figure, "CAPTION")
    assert caption == plugins.load("figures", figure).CAPTION
    assert caption[0].isupper() and caption.endswith(".") and "  " not in caption


@pytest.mark.parametrize("figure", FIGURES)
def test_needs_are_files_of_a_run(figure):
    known = {"samples", "model", "history", *plugins.names("metrics")}
    assert needs_of(figure) and set(needs_of(figure)) <= known
    assert set(needs_of(figure, control=True)) <= known


@pytest.mark.parametrize("figure", FIGURES)
def test_required_settings_are_settings_of_models(figure):
    required = plugins.constant("figures", figure, "REQUIRES", {})
    families = [plugins.settings("models", name) for name in plugins.names("models")]
    assert all(any(name in family for family in families) for name in required)


@pytest.mark.parametrize("figure", FIGURES)
def test_draw_takes_the_runs_and_a_device(figure):
    assert list(inspect.signature(plugins.load("figures", figure).draw).parameters) == [
        "runs",
        "device",
    ]


@pytest.mark.parametrize("figure", FIGURES)
def test_same_runs_same_bytes(drawn, figure, tmp_path):
    """Whatever the settings of the person whose machine it is."""
    style.save(drawn(figure), tmp_path / "a.png", tmp_path / "a.svg")
    with matplotlib.rc_context({"font.size": 30, "savefig.bbox": "tight"}):
        style.save(drawn(figure), tmp_path / "b.png", tmp_path / "b.svg")
    for end in ("png", "svg"):
        assert (tmp_path / f"a.{end}").read_bytes() == (tmp_path / f"b.{end}").read_bytes()
    svg = (tmp_path / "a.svg").read_text()
    assert "<dc:date>" not in svg and "Matplotlib v" not in svg
    assert b"Software" not in (tmp_path / "a.png").read_bytes()
    assert len(svg) < 1_500_000


@pytest.mark.parametrize("figure", FIGURES)
def test_nothing_is_clipped(drawn, figure):
    picture = drawn(figure)
    with style.styled():
        picture.draw_without_rendering()
        box, canvas = picture.get_tightbbox(), picture.bbox_inches
    assert box.x0 >= 0 and box.y0 >= 0
    assert box.x1 <= canvas.x1 and box.y1 <= canvas.y1


@pytest.mark.parametrize("module", ["report.style", f"figures.{FIGURES[0]}"])
def test_the_backend_of_a_notebook_plays_no_part(module):
    inherited = os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    program = (
        f"import gaebench.{module}, matplotlib\n"
        "assert matplotlib.get_backend() == 'agg', matplotlib.get_backend()"
    )
    subprocess.run([sys.executable, "-c", program], env=inherited, check=True)


@pytest.mark.parametrize(
    "personal",
    [
        {"MATPLOTLIBRC": "personal"},
        {"MATPLOTLIBRC": "/no/such"},
        {"MPLCONFIGDIR": "/proc/none"},
        {"HOME": "/proc/none"},
        {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "LC_ALL": "C"},
    ],
    ids=str,
)
def test_personal_settings_give_the_same_bytes(tmp_path, personal):
    (tmp_path / "personal").write_text(
        "text.usetex: True\nsavefig.transparent: True\nbackend: tkagg\nfont.family: monospace\n"
    )
    program = """
from matplotlib.figure import Figure
from gaebench.report import style
with style.styled():
    figure = Figure(figsize=(1, 1))
    figure.add_subplot(title="a $b$")
    style.save(figure, "a.png", "a.svg")
"""
    drawn = []
    for settings in ({}, personal):
        environment = os.environ | {"PYTHONPATH": os.getcwd()} | settings
        command = [sys.executable, "-c", program]
        subprocess.run(command, env=environment, cwd=tmp_path, check=True)
        drawn.append([(tmp_path / name).read_bytes() for name in ("a.png", "a.svg")])
    assert drawn[0] == drawn[1]
