"""The controls are what they say: which images they are, and how many."""

import json
import re
import runpy
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import yaml

from gaebench import controls, plugins, runs
from gaebench import data as prepared
from gaebench.data import Dataset
from gaebench.errors import SettingsError
from gaebench.identity.job import Job
from gaebench.seeding import stream

ROOT = Path(__file__).parents[1]


def dataset(sizes=(60, 30, 20), levels=255, **folds):
    """Random 4 x 4 images, all different."""
    rng = np.random.default_rng(0)
    parts = [rng.integers(0, levels + 1, (size, 16), dtype=np.uint8) for size in sizes]
    return Dataset(*parts, shape=(4, 4), levels=levels, **folds)


def rows(images):
    return {row.tobytes() for row in images}


def make(name, data, n, seed=0, **settings):
    return plugins.load("controls", name).images(data, n, stream(seed, "control", name), **settings)


@pytest.mark.parametrize("levels", [255, 1])
@pytest.mark.parametrize("name", plugins.names("controls"))
def test_a_control_gives_pixels_and_the_same_ones_again(name, levels):
    """With its defaults, on a data set that has images to spare."""
    data = dataset(sizes=(60, 1100, 20), levels=levels)
    images = controls.made(name, data, 15, stream(0, "control", name), {})
    assert images.dtype == np.float32 and images.shape == (15, 16)
    assert images.min() >= 0 and images.max() <= 1
    np.testing.assert_array_equal(images, make(name, data, 15))


def test_smooth_held_out_images_are_means_of_near_ones():
    data = dataset(sizes=(60, 30, 20))
    fresh = data.images("valid")[10:]
    found = make("smooth-held-out", data, 7, neighbours=3, skip=10)
    for own, mean in enumerate(found):
        near = np.argsort(np.square(fresh - fresh[own]).sum(1))[:3]
        assert near[0] == own
        np.testing.assert_allclose(mean, fresh[near].mean(0), rtol=1e-5)
    with pytest.raises(SettingsError, match="neighbours must be between 1 and 20"):
        make("smooth-held-out", data, 7, neighbours=21, skip=10)


def test_near_copies_are_training_images_with_noise():
    data = dataset()
    copies = make("near-copies", data, 25, noise=0.01)
    away = np.abs(copies[:, None] - data.images("train")[None])
    own = away.mean(2).argmin(1)
    assert len(set(own)) == 25, "each of another image"
    assert 0.005 < away[np.arange(25), own].mean() < 0.01
    with pytest.raises(SettingsError, match="noise must be positive"):
        make("near-copies", data, 25, noise=0.0)


def test_training_images_are_training_images_each_once():
    data = dataset()
    images = make("train-images", data, 25)
    assert len(rows(images)) == 25
    assert rows(images) <= rows(data.images("train"))
    assert rows(images) != rows(data.images("train")[:25])
    assert rows(images) != rows(make("train-images", data, 25, seed=1))


def test_where_there_are_fewer_training_images_than_asked_for_all_are_taken_once():
    data = dataset()
    images = make("train-images", data, 1000)
    assert len(images) == 60 and rows(images) == rows(data.images("train"))


def test_held_out_images_are_neither_trained_on_nor_looked_at_nor_tested():
    data = dataset()
    images = make("held-out", data, 1000, skip=10)
    assert len(images) == 20
    assert rows(images) == rows(data.images("valid")[10:])
    for others in (data.images("train"), data.images("valid")[:10], data.images("test")):
        assert not rows(images) & rows(others)
    assert len(make("held-out", data, 7, skip=10)) == 7


@pytest.mark.parametrize("skip", [30, 1000])
def test_a_data_set_without_an_image_to_spare_has_none_held_out(skip):
    with pytest.raises(SettingsError, match="all 30 validation images are among the first"):
        make("held-out", dataset(), 10, skip=skip)


def test_folds_hold_no_image_out_of_all_of_them():
    folds = {"valid_fold": np.arange(30) % 2, "test_fold": np.arange(20) % 2}
    with pytest.raises(SettingsError, match="folds"):
        make("held-out", dataset(**folds), 10, skip=5)


def blobs():
    """100 images about each of five points far apart, 0.02 of noise."""
    rng = np.random.default_rng(1)
    points = np.eye(16)[:5] * 0.6 + 0.2
    noisy = np.repeat(points, 100, 0) + 0.02 * rng.normal(size=(500, 16))
    train = np.round(noisy * 255).clip(0, 255).astype(np.uint8)
    return points, Dataset(train, train[:10], train[:10], shape=(4, 4))


def test_centroids_are_nearer_to_the_middle_of_the_clusters_than_images_are():
    points, data = blobs()

    def distances(images):
        return np.linalg.norm(images[:, None] - points, axis=2)

    centroids = make("k-means", data, 25, passes=5)
    drawn = make("train-images", data, 25)
    assert distances(centroids).min(1).mean() < 0.7 * distances(drawn).min(1).mean()
    assert distances(centroids).min(0).max() < 0.03, "each cluster has one"


def test_there_are_at_most_as_many_centroids_as_images():
    assert make("k-means", dataset(), 1000, passes=1).shape == (60, 16)


def test_stored_images_are_the_images(tmp_path):
    data = dataset()
    images = make("train-images", data, 25)
    runs.save_samples(runs.stored(images, "mine"), tmp_path / "samples.npy")
    np.testing.assert_array_equal(runs.load_samples(tmp_path / "samples.npy", 16), images)


class Named(list):
    """A list whose members have names, as Snakemake gives them to scripts."""

    def __init__(self, **members):
        super().__init__(members.values())
        vars(self).update(members)

    def items(self):
        return vars(self).items()


def run_script(folder, data):
    """Run workflow/scripts/control.py as Snakemake does; the exit status."""
    prepared.save(data, folder / "data.npz")
    Job("prepare", {}, {}, [], [str(folder / "data.npz")]).end()
    job = types.SimpleNamespace(
        rule="control",
        wildcards=Named(dataset="small", control="train-images", seed="0"),
        log=[str(folder / "control.log")],
        params=Named(settings=json.dumps({"images": 20, "control": {}})),
        input=Named(data=str(folder / "data.npz")),
        output=Named(samples=str(folder / "samples.npy")),
    )
    try:
        runpy.run_path(str(ROOT / "workflow/scripts/control.py"), init_globals={"snakemake": job})
    except SystemExit as stop:
        return stop.code
    return 0


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda images: images * 255, r"must have pixels in \[0, 1\], 0 black and 1 white; theirs"),
        (lambda images: images - 0.5, r"theirs are -0.5 to 0.5"),
        (lambda images: images * np.nan, "pixels that are NaN"),
        (lambda images: images / 0, "pixels that are"),
        (lambda images: images[0], r"must give 1 to 20 images .*, not float32 of \(16,\)"),
        (lambda images: images[:0], r"must give 1 to 20 images .*, not float32 of \(0, 16\)"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_a_control_that_makes_no_images_fails_and_leaves_none(tmp_path, monkeypatch, spoil, reason):
    control = plugins.load("controls", "train-images")
    assert run_script(tmp_path, dataset()) == 0
    assert runs.load_samples(tmp_path / "samples.npy", 16).shape == (20, 16)
    (tmp_path / "samples.npy").unlink()
    make_well = control.images
    monkeypatch.setattr(control, "images", lambda *args, **more: spoil(make_well(*args, **more)))
    assert run_script(tmp_path, dataset()) == 1
    log = (tmp_path / "control.log").read_text()
    assert re.search(f"(error|failed): .*{reason}", log), log
    assert not (tmp_path / "samples.npy").exists()


def test_a_data_set_of_one_training_image_has_no_centroids():
    with pytest.raises(SettingsError, match=r"at least 2 training images.*controls\.k-means"):
        make("k-means", dataset((1, 30, 20)), 10)


@pytest.mark.parametrize("sizes", [(2, 30, 20), (3, 30, 20), (60, 30, 20)])
@pytest.mark.parametrize("name", plugins.names("controls"))
@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_images_are_made_of_few(name, sizes, n):
    few = {"skip": 5, "neighbours": 3}
    taken = plugins.settings("controls", name)
    settings = {setting: few[setting] for setting in few if setting in taken}
    images = make(name, dataset(sizes), n, **settings)
    assert len(images) == (min(n, sizes[0]) if "held-out" not in name else n)
    runs.check_images(images, name, 16)


def test_an_unknown_control_lists_the_known_ones():
    with pytest.raises(SettingsError, match=r"no 'k_means' in .*; there are: held-out, k-means"):
        plugins.load("controls", "k_means")


def test_what_choose_epochs_and_bandwidths_is_not_held_out():
    config = yaml.safe_load((ROOT / "params.yaml").read_text())
    skip = config["controls"]["held-out"]["settings"]["skip"]
    assert skip >= config["metrics"]["parzen"]["validation"]
    assert skip >= config["train"]["valid_images"]


def test_names_and_settings_are_read_without_torch():
    program = (
        "import sys; from gaebench import plugins\n"
        "[plugins.settings('controls', name) for name in plugins.names('controls')]\n"
        "sys.exit('torch' in sys.modules or 'sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
