"""The data sets: what every module promises, and what each one holds."""

import ast
import hashlib
import inspect
import re
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import get_args

import numpy as np
import pytest

from gaebench import plugins
from gaebench.data import SPLITS, Dataset, load, save
from gaebench.datasets import bimnist, faces, fashion, mnist
from gaebench.errors import DataError, SettingsError

NAMES = plugins.names("datasets")


@pytest.fixture(scope="session")
def digits(mnist_raw: Path) -> Dataset:
    return mnist.read(mnist_raw)


@pytest.fixture(scope="session")
def people(faces_raw: Path) -> Dataset:
    return faces.read(faces_raw)


@pytest.mark.parametrize("name", NAMES)
def test_contract(name: str) -> None:
    module = plugins.load("datasets", name)
    assert module.__doc__
    assert plugins.constant("datasets", name, "SOURCE") == module.SOURCE
    for file, raw in module.FILES.items():
        assert Path(file).name == file
        assert re.fullmatch("[0-9a-f]{64}", raw.sha256) and raw.bytes > 0
        assert raw.sources and all(str(source) for source in raw.sources)
    first, *options = inspect.signature(module.read).parameters.values()
    assert first.name == "raw" and first.annotation is Path
    assert all(option.kind is option.KEYWORD_ONLY for option in options)
    plain = (str, int, float, bool)
    assert all(get_args(option.annotation) or option.annotation in plain for option in options)
    assert inspect.signature(module.read).return_annotation is Dataset


@pytest.mark.parametrize("name", NAMES)
def test_a_data_set_needs_no_torch(name: str) -> None:
    tree = ast.parse(plugins.source_path("datasets", name).read_text())
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert not {module.split(".")[0] for module in imported} & {"torch", "snakemake", "yaml", "dvc"}


@pytest.mark.parametrize("name", [name for name in NAMES if plugins.load("datasets", name).FILES])
def test_missing_files_are_named(name: str, tmp_path: Path) -> None:
    module = plugins.load("datasets", name)
    with pytest.raises(DataError, match=re.escape(next(iter(module.FILES)))):
        module.read(tmp_path)


def copy_of(folder: Path, target: Path) -> Path:
    return Path(shutil.copytree(folder, target / folder.name))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [flip, truncate, empty])
@pytest.mark.parametrize(
    ("module", "name"),
    [(mnist, "t10k-images-idx3-ubyte"), (mnist, "train-labels-idx1-ubyte"), (faces, faces.WHEEL)],
)
def test_damage_is_found(
    module: ModuleType,
    name: str,
    damage: Callable[[Path], None],
    raw_of: Callable[[ModuleType], Path],
    tmp_path: Path,
) -> None:
    raw = copy_of(raw_of(module), tmp_path)
    damage(raw / name)
    with pytest.raises(DataError, match=f"{name} is not the expected file.*Delete it"):
        module.read(raw)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"),
    ],
)
def test_swapped_files_are_found(one: str, other: str, mnist_raw: Path, tmp_path: Path) -> None:
    raw = copy_of(mnist_raw, tmp_path)
    (raw / one).rename(raw / "x")
    (raw / other).rename(raw / one)
    (raw / "x").rename(raw / other)
    with pytest.raises(DataError, match="is not the expected file"):
        mnist.read(raw)


def test_fashion_is_not_mnist(mnist_raw: Path, fashion_raw: Path) -> None:
    with pytest.raises(DataError, match="train-images"):
        fashion.read(mnist_raw)
    clothes = fashion.read(fashion_raw)
    assert [len(getattr(clothes, split)) for split in SPLITS] == [50_000, 10_000, 10_000]
    assert np.bincount(clothes.test_labels).tolist() == [1000] * 10
    assert clothes.levels == 255 and fashion.BINARY is False


def test_mnist_splits(digits: Dataset) -> None:
    assert [len(getattr(digits, split)) for split in SPLITS] == [50_000, 10_000, 10_000]
    assert digits.shape == (28, 28) and digits.levels == 255 and mnist.BINARY is False
    assert digits.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert digits.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert digits.valid_labels[:5].tolist() == [3, 8, 6, 9, 6]
    mean = np.concatenate([digits.train, digits.valid]).mean() / 255
    assert mean == pytest.approx(0.1307, abs=5e-5)  # the constant everybody normalises with


def test_mnist_is_upright(digits: Dataset) -> None:
    ones = digits.images("test")[digits.test_labels == 1].reshape(-1, 28, 28).mean(axis=0)
    assert ones.sum(axis=0).max() > 2 * ones.sum(axis=1).max()  # a "1" is a vertical stroke


def test_prepared_data_come_back(people: Dataset, tmp_path: Path) -> None:
    save(people, tmp_path / "one.npz")
    save(people, tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    back = load(tmp_path / "one.npz")
    assert back.shape == people.shape and np.array_equal(back.test, people.test)


@pytest.mark.parametrize("binarise", ["bernoulli", "threshold"])
def test_bits(binarise: str, mnist_raw: Path, digits: Dataset) -> None:
    bits = bimnist.read(mnist_raw, binarise=binarise)  # checks the pinned digest
    assert bits.binary and bimnist.BINARY and bits.pixels == 784
    assert np.array_equal(bits.test_labels, digits.test_labels)
    if binarise == "threshold":
        assert np.array_equal(bits.test, digits.test / 255 > 0.5)


def test_bernoulli_by_the_slow_formula(digits: Dataset) -> None:
    grey = digits.test[:20]
    stream = hashlib.shake_128(b"gaebench/bimnist/bernoulli/test").digest(4 * grey.size)
    words = struct.unpack(f"<{grey.size}I", stream)
    slow = [word * 255 < int(level) * 2**32 for word, level in zip(words, grey.flat, strict=True)]
    assert np.array_equal(bimnist.bernoulli(grey, "test").ravel(), slow)


def test_bernoulli_draws_with_the_grey_value_as_probability() -> None:
    levels = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 40_000, axis=1)
    share = bimnist.bernoulli(levels, "toy").mean(axis=1)
    p = np.arange(256) / 255
    assert share[0] == 0 and share[-1] == 1
    assert (np.abs(share - p) <= 4.5 * np.sqrt(p * (1 - p) / 40_000)).all()
    assert not np.array_equal(
        bimnist.bernoulli(levels, "train"), bimnist.bernoulli(levels, "valid")
    )


def test_a_changed_draw_is_found(mnist_raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bimnist.RULES, "threshold", lambda grey, split: (grey > 126).view(np.uint8))
    with pytest.raises(DataError, match="the bits have SHA-256"):
        bimnist.read(mnist_raw, binarise="threshold")


def test_an_unknown_binarisation_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'bernouli' is unknown, choose from bernoulli, thresh"):
        bimnist.read(tmp_path, binarise="bernouli")


def test_faces_splits(people: Dataset) -> None:
    assert people.shape == (48, 48) and people.levels == 255 and faces.BINARY is False
    persons = [set(getattr(people, f"{split}_labels").tolist()) for split in SPLITS]
    assert [len(split) for split in persons] == [30, 5, 5]
    assert set.union(*persons) == set(range(1, 41))
    counts = np.concatenate([np.bincount(getattr(people, f"{s}_labels"))[-5:] for s in SPLITS])
    assert (counts == 10).all()


def test_faces_of_one_person_look_alike(people: Dataset) -> None:
    """Upright, aligned and in order: the nearest picture nearly always shows the same person."""
    images = people.images("train")
    square = (images**2).sum(axis=1)
    distance = square[:, None] + square - 2 * images @ images.T
    np.fill_diagonal(distance, np.inf)
    nearest = people.train_labels[distance.argmin(axis=1)]
    assert (nearest == people.train_labels).mean() > 0.95


def test_shrinking_is_the_mean_over_the_area() -> None:
    image = np.random.default_rng(0).integers(0, 256, (1, 92, 92)).astype(np.uint8)
    fine = np.kron(image[0], np.ones((12, 12)))  # 1104 = 92 * 12 = 48 * 23
    slow = np.floor(fine.reshape(48, 23, 48, 23).mean(axis=(1, 3)) + 0.5)
    assert np.array_equal(faces.shrink(image, 48)[0], slow)
    assert (faces.shrink(np.full((1, 92, 92), 255, np.uint8), 48) == 255).all()
