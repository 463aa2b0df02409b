"""Every parser of this project, and files that it takes.

`PARSERS` maps a name to a function of bytes; `examples` gives it content that is right.
"""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import torch
import yaml
from params import checks, reading, resolve, space
from params import search as searching
from params.targets import Targets
from scipy.io import savemat
from test_pipeline import tiny_config

from gaebench import data, features, plugins, runs
from gaebench.data import Dataset
from gaebench.datasets import faces, tfd
from gaebench.features import Embedding
from gaebench.model import ImageSpec
from gaebench.networks import classifier
from gaebench.raw import amat, idx
from gaebench.report import cells, collect, shown
from gaebench.seeding import stream
from gaebench.training.checkpoints import Checkpoint

ROOT = Path(__file__).parents[1]
FOLDER = Path(tempfile.mkdtemp(prefix="gaebench-parsers-"))
SETTINGS = {"layers": 1, "hidden": 4, "latent": 2}


def _at(name: str, content: bytes) -> Path:
    path = FOLDER / name
    path.write_bytes(content)
    return path


def small() -> Dataset:
    """A data set of a few images with labels."""
    images = np.arange(12 * 16, dtype=np.uint8).reshape(12, 16)
    labels = np.arange(4) % 2
    return Dataset(images[:4], images[4:8], images[8:], (4, 4), 255, labels, labels, labels)


SMALL = small()


def embedding(seed: int = 0) -> dict[str, Embedding]:
    draws = np.random.default_rng(seed)
    return {
        split: Embedding(draws.normal(size=(4, 3)).astype(np.float32), np.arange(4))
        for split in data.SPLITS
    }


def history(path: Path) -> object:
    return _shown({"history": path}).history()


def metric(path: Path) -> object:
    return _shown({"parzen": path}).metric("parzen")


def _shown(files: dict[str, Path]) -> shown.ShownRun:
    return shown.ShownRun(
        "mnist", "vae", 0, False, None, None, 10, lambda: SMALL, files, "vae", SETTINGS
    )


def number(path: Path) -> object:
    """A metric file as tables and `metrics.csv` read it."""
    cells.number(cells.content(path), "", str(path))
    place = FOLDER / "mnist/vae/0/parzen.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(path.read_bytes())
    return collect.collect([cells.Cell.at(place)], {"parzen": 1})


def params(path: Path) -> object:
    """Parameters up to the names of all files; what is in order must come through."""
    config, found = reading.loaded([path])
    if found:
        raise_problems(found)
    return settled(config)


def settled(config: dict) -> object:
    """Parameters that were read: refused in words, or good for the names of all files."""
    if found := checks.problems(config):
        raise_problems(found)
    targets = Targets(resolve.resolved(config))
    return [targets.runs(dataset) for dataset in targets.datasets]


def searched(search: dict) -> object:
    """A search that was read, likewise."""
    if found := space.problems(search, RESOLVED):
        raise_problems(found)
    spaces = search["spaces"]
    return [
        searching.records(search, dataset, model) for dataset in spaces for model in spaces[dataset]
    ]


class Problems(Exception):
    """What is wrong with parameters, in lines for their author."""


def raise_problems(lines: list[str]) -> None:
    assert all(isinstance(line, str) and line.strip() for line in lines)
    raise Problems("\n".join(lines))


CONFIG = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
RESOLVED = resolve.resolved(CONFIG)


def trained() -> dict[str, torch.nn.Module]:
    model = plugins.model("vae")(ImageSpec(16, False), stream(0, "test"), **SETTINGS)
    return {"model": model, "classifier": classifier.build(SMALL, stream(0, "test"))}


def checkpoint(path: Path) -> object:
    return Checkpoint(path, minutes=0, code={}).read()


PARSERS: dict[str, Callable[[bytes], object]] = {
    "idx": idx.parse,
    "amat": lambda content: amat.parse(content, 16),
    "pgm": faces.repaired,
    "matlab": lambda content: tfd.read(FOLDER, path=str(_at("tfd.mat", content))),
    "npz": lambda content: data.load(_at("data.npz", content)),
    "npy": lambda content: runs.load_samples(_at("samples.npy", content), 16),
    "features": lambda content: features.load(_at("features.npz", content)),
    "model": lambda content: runs.restore(_at("model.pt", content), SMALL, "vae", SETTINGS),
    "classifier": lambda content: classifier.restore(_at("classifier.pt", content), SMALL),
    "checkpoint": lambda content: checkpoint(_at("checkpoint.pt", content)),
    "metrics.csv": lambda content: collect.read(_at("metrics.csv", content)),
    "metric": lambda content: number(_at("parzen.json", content)),
    "shown metric": lambda content: metric(_at("shown.json", content)),
    "history.csv": lambda content: history(_at("history.csv", content)),
    "params.yaml": lambda content: params(_at("params.yaml", content)),
    "search.yaml": lambda content: searching.load(CONFIG, _at("search.yaml", content)),
}
"""Name -> a function that reads content, and raises what is documented if it is not right."""


def examples() -> dict[str, list[bytes]]:
    """Content that each parser takes."""
    writers = {
        "npz": lambda path: data.save(SMALL, path),
        "npy": lambda path: runs.save_samples(SMALL.images("train"), path),
        "features": lambda path: features.save(embedding(), path),
        **{
            name: lambda path, model=model: runs.save(model, path)
            for name, model in trained().items()
        },
    }
    written = {name: [_written(write)] for name, write in writers.items()}
    floats, columns = io.BytesIO(), io.BytesIO()
    np.save(floats, SMALL.images("train"))
    np.save(columns, np.asfortranarray(SMALL.images("train")))
    return written | {
        "npy": [*written["npy"], floats.getvalue(), columns.getvalue()],
        "idx": [bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]) + bytes(range(24))],
        "amat": [b"0 1 1 0 0 1 1 0 0 1 1 0 0 1 1 0\n" * 3],
        "pgm": [b"P5\n92 112\n255\n" + bytes(range(224)) * 46],
        "matlab": [_mat5(), _mat73()],
        "checkpoint": [_checkpoint()],
        "metrics.csv": [
            b"dataset,model,seed,metric,value,sem,version\nmnist,vae,0,parzen,1.5000,0.2500,1\n"
        ],
        "metric": [b'{"value": 1.5, "sem": 0.25, "recall": {"value": 1, "sem": 0}}'],
        "shown metric": [b'{"value": 1.5, "sem": 0.25, "curve": [1, 2]}'],
        "history.csv": [b"stage,epoch,loss,score\nvae,1,100.5,-90.25\nvae,2,99.5,-89.25\n"],
        "params.yaml": [yaml.safe_dump(tiny_config(), sort_keys=False).encode()],
        "search.yaml": [(ROOT / "workflow/search.yaml").read_bytes()],
    }


def _written(write: Callable[[Path], None]) -> bytes:
    path = FOLDER / "written"
    write(path)
    return path.read_bytes()


def _tfd() -> dict[str, np.ndarray]:
    folds = np.repeat([[tfd.UNLABELLED], [tfd.TRAIN], [tfd.VALID], [tfd.TEST]], tfd.FOLDS, 1)
    return {
        "images": np.full((4, tfd.SIDE, tfd.SIDE), 7, np.uint8),
        "folds": folds.astype(np.float64),
        "labs_ex": np.array([[-1.0], [1.0], [2.0], [7.0]]),
    }


def _mat5() -> bytes:
    buffer = io.BytesIO()
    savemat(buffer, _tfd())
    return buffer.getvalue()


def _mat73() -> bytes:
    path = FOLDER / "v73.mat"
    with h5py.File(path, "w") as file:
        for key, array in _tfd().items():
            file[key] = array.T
    return path.read_bytes()


def _checkpoint() -> bytes:
    found = Checkpoint(FOLDER / "made.pt", minutes=0, code={})
    found.offer(lambda: {"weights": torch.zeros(3)})
    found.write()
    return found.path.read_bytes()
