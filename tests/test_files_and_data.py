"""Files are written whole; data sets keep their bytes; samples are checked as they come in."""

import errno
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from gaebench import data, plugins, runs
from gaebench.errors import DataError, GaebenchError
from gaebench.files import whole, write_text
from gaebench.model import ImageSpec
from gaebench.seeding import stream


@pytest.fixture
def dataset():
    rng = np.random.default_rng(0)
    splits = [rng.integers(256, size=(n, 12), dtype=np.uint8) for n in (9, 5, 4)]
    return data.Dataset(*splits, shape=(3, 4), test_labels=np.arange(4))


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    target = tmp_path / "file"
    write_text(target, "old")
    with pytest.raises(ZeroDivisionError), whole(target) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_full_disk_is_named_with_its_remedy(tmp_path):
    with pytest.raises(GaebenchError, match=r"cannot write .*[Ff]ree some space"):  # noqa: SIM117
        with whole(tmp_path / "file"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_file_in_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "results").write_text("not a folder")
    with pytest.raises(GaebenchError, match="results"):
        write_text(tmp_path / "results" / "tables.md", "text")


def test_a_killed_process_leaves_nothing_that_looks_whole(tmp_path):
    code = (
        "import sys, time; from gaebench.files import whole\n"
        "with whole(sys.argv[1]) as part:\n"
        "    part.write_text('half'); print('writing', flush=True); time.sleep(60)"
    )
    target = tmp_path / "file"
    process = subprocess.Popen([sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not target.exists()


def test_data_sets_come_back_equal_and_have_the_same_bytes(dataset, tmp_path):
    data.save(dataset, tmp_path / "one.npz")
    time.sleep(1.1)
    data.save(dataset, tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    back = data.load(tmp_path / "one.npz")
    assert back.shape == (3, 4) and back.levels == 255
    np.testing.assert_array_equal(back.train, dataset.train)
    np.testing.assert_array_equal(back.test_labels, dataset.test_labels)


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.99])
def test_a_truncated_data_set_is_named(dataset, tmp_path, keep):
    path = tmp_path / "mnist.npz"
    data.save(dataset, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(keep if keep > 1 else keep * len(content))])
    with pytest.raises(DataError, match=r"mnist\.npz.*Delete it"):
        data.load(path)


def test_a_missing_data_set_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.npz"):
        data.load(tmp_path / "none.npz")


def test_pixels_are_in_the_unit_interval(dataset):
    images = dataset.images("train")
    assert images.dtype == np.float32
    np.testing.assert_array_equal(images, dataset.train.astype(np.float32) / np.float32(255))


def test_without_folds_there_is_one(dataset):
    ((valid, test),) = dataset.folds()
    assert valid.shape == (5, 12) and test.shape == (4, 12)


@pytest.mark.parametrize(
    "wrong",
    [
        {"train": np.zeros((9, 11), np.uint8)},
        {"valid": np.zeros((0, 12), np.uint8)},
        {"test": np.zeros((4, 12), np.float32)},
        {"levels": 1},
        {"test_labels": np.arange(3)},
        {"test_labels": np.arange(4.0)},
        {"test_labels": np.eye(4, dtype=np.int64)},
        {"train_labels": np.arange(9)},
        {"test_fold": np.arange(4)},
        {"train_labels": np.arange(9) - 1, "valid_labels": np.arange(5)},
        {"train_labels": np.arange(9) * 10**12, "valid_labels": np.arange(5)},
        {"train": [[0] * 12]},
        {"levels": 1000},
        {"levels": 255.0},
        {"shape": (3.0, 4.0)},
        {"shape": (-3, -4)},
        {"shape": (12,)},
    ],
)
def test_wrong_data_sets_are_refused(dataset, wrong):
    fields = {name: getattr(dataset, name) for name in dataset.__dataclass_fields__}
    with pytest.raises(DataError):
        data.Dataset(**fields | wrong)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32, np.float64])
def test_samples_of_any_origin_become_pixels(tmp_path, dtype):
    white = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    np.save(tmp_path / "s.npy", np.array([[0, white]], dtype=dtype))
    assert runs.load_samples(tmp_path / "s.npy", 2).tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((3, 5)),
        np.zeros(4),
        np.zeros((0, 4)),
        np.zeros((3, 4), complex),
        np.full((3, 4), 1.5),
        np.full((3, 4), np.nan),
    ],
)
def test_wrong_samples_are_refused(tmp_path, wrong):
    np.save(tmp_path / "s.npy", wrong)
    with pytest.raises(DataError, match=r"s\.npy"):
        runs.load_samples(tmp_path / "s.npy", 4)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (np.zeros(4), r"shape \(n, pixels\), n at least 1, not \(4,\)"),
        (np.zeros((0, 4)), r"not \(0, 4\)"),
        (np.zeros((3, 4), complex), "real numbers, not complex128"),
        (np.arange(256, dtype=np.uint8)[None], "theirs are 0 to 255"),
        (np.full((3, 4), 255.0, np.float32), r"pixels in \[0, 1\].*theirs are 255 to 255"),
        (np.linspace(-0.5, 0.5, 12).reshape(3, 4), "theirs are -0.5 to 0.5"),
        (np.full((3, 4), 1 + 1e-6), "theirs are"),
        (np.full((3, 4), np.nan), "pixels that are NaN"),
        (np.array([[0.0, np.nan]]), "pixels that are NaN"),
        (np.array([[0.0, -np.inf]]), "pixels that are infinite"),
    ],
)
def test_what_is_no_image_is_never_stored(tmp_path, wrong, reason):
    with pytest.raises(GaebenchError, match=f"^mine .*{reason}"):
        runs.stored(wrong, "mine")
    with pytest.raises(GaebenchError, match=reason):
        runs.save_samples(wrong, tmp_path / "s.npy")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float16, np.float32, np.float64])
def test_black_and_white_are_stored_as_such(dtype):
    assert runs.stored(np.array([[0, 1]], dtype), "mine").tolist() == [[0, runs.WHITE]]


def untrained():
    return plugins.model("vae")(ImageSpec(12, binary=False), stream(0, "init"), hidden=4)


def test_a_model_that_makes_no_images_is_not_sampled():
    model = untrained()
    assert runs.sample(model, 5, stream(0)).shape == (5, 12)
    with torch.no_grad():
        model.decoder.net[-1].bias[3] = torch.nan
    with pytest.raises(GaebenchError, match=r"images of VAE are not finite.*lower learning_rate"):
        runs.sample(model, 5, stream(0))


def test_damaged_samples_and_models_are_named(dataset, tmp_path):
    path = tmp_path / "broken"
    path.write_bytes(b"\x93NUMPY half")
    with pytest.raises(DataError, match="broken"):
        runs.load_samples(path, 12)
    with pytest.raises(DataError, match=r"broken.*trained anew"):
        runs.restore(path, dataset, "vae", {"hidden": 4})
