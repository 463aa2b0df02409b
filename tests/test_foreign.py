"""Images of other people's models: every usual form is read, what is none is refused in words."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gaebench import runs
from gaebench.data import Dataset
from gaebench.errors import DataError, Failed
from gaebench.foreign import files, fitted, looks, pixels, read
from gaebench.foreign.pngs import natural

SHAPE = (5, 4)
PIXELS = 20


@pytest.fixture(scope="module")
def grey() -> np.ndarray:
    """Thirty images that no turn or inversion leaves alike, uint8, shape (n, 5, 4)."""
    draws = np.random.default_rng(0)
    ramp = np.arange(PIXELS).reshape(SHAPE) * 6
    return (draws.integers(0, 60, (30, *SHAPE)) + ramp).astype(np.uint8)


@pytest.fixture(scope="module")
def data() -> Dataset:
    draws = np.random.default_rng(1)
    ramp = np.arange(PIXELS) * 6
    parts = [(draws.integers(0, 60, (n, PIXELS)) + ramp).astype(np.uint8) for n in (200, 40, 40)]
    return Dataset(*parts, shape=SHAPE)


def save_png(image: np.ndarray, **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", **options)
    return buffer.getvalue()


# ---- forms


def written(folder: Path, images: np.ndarray) -> dict[str, Path]:
    """The same images in every form."""
    np.save(folder / "a.npy", images)
    np.savez(folder / "b.npz", labels=np.arange(len(images)), images=images)
    np.savez_compressed(folder / "c.npz", anything=images)
    torch.save(torch.from_numpy(images), folder / "d.pt")
    torch.save({"samples": torch.from_numpy(images), "step": 3}, folder / "e.pth")
    (folder / "f").mkdir()
    with zipfile.ZipFile(folder / "g.zip", "w") as archive:
        for number, image in enumerate(images):
            (folder / "f" / f"{number}.png").write_bytes(save_png(image))
            archive.writestr(f"images/sample-{number}.PNG", save_png(image))
    return {path.name: path for path in folder.iterdir()}


def test_every_form_gives_the_same_images(tmp_path, grey):
    found = {name: files.array(path, SHAPE)[0] for name, path in written(tmp_path, grey).items()}
    assert len(found) == 7
    for name, array in found.items():
        np.testing.assert_array_equal(array, grey, err_msg=name)


@pytest.mark.parametrize(
    "reshape",
    [
        lambda x: x.reshape(len(x), -1),
        lambda x: x,
        lambda x: x[:, None],
        lambda x: x[..., None],
        lambda x: np.repeat(x[:, None], 3, axis=1),
        lambda x: np.repeat(x[..., None], 3, axis=-1),
    ],
)
@pytest.mark.parametrize(
    "retype",
    [
        lambda x: x,
        lambda x: x.astype(np.uint16) * 257,
        lambda x: (x / 255).astype(np.float32),
        lambda x: x / 255,
    ],
)
def test_every_shape_and_type_gives_the_same_pixels(grey, reshape, retype):
    found, _ = pixels.scaled(reshape(retype(grey)), SHAPE, binary=False)
    np.testing.assert_allclose(found, grey.reshape(30, PIXELS) / 255, atol=1e-7)


@pytest.mark.parametrize("kind", [bool, np.uint8, np.int64, np.float32])
def test_bits_are_bits_of_any_type(kind):
    bits = np.random.default_rng(0).random((10, PIXELS)) < 0.5
    found, _ = pixels.scaled(bits.astype(kind), SHAPE, binary=True)
    np.testing.assert_array_equal(found, bits)
    assert found.dtype == np.float32


def test_images_are_stored_as_the_benchmarks_own(grey, data):
    """uint8, uint16 and their floats are the same numbers once in the graph."""
    flat = grey.reshape(30, PIXELS)
    forms = (flat, flat.astype(np.uint16) * 257, flat / 255, (flat / 255).astype(np.float32))
    first, *others = (fitted(form, data, 30).images for form in forms)
    assert all(np.array_equal(first, other) for other in others)
    np.testing.assert_array_equal(first, flat.astype(np.float32) / np.float32(255))
    np.testing.assert_array_equal(
        runs.stored(first, "they").astype(np.float32) / np.float32(65535), first
    )


# ---- folders and archives


def test_files_are_in_natural_order():
    names = ["b/1.png", "a/10.png", "a/2.png", "x10y2.png", "x9y11.png", "a.png", "2.png"]
    ordered = ["2.png", "a/2.png", "a/10.png", "a.png", "b/1.png", "x9y11.png", "x10y2.png"]
    assert sorted(names, key=natural) == ordered


def test_hidden_files_are_passed_over_and_others_said(tmp_path, grey):
    for name, content in {
        "0.png": save_png(grey[0]),
        "1.png": save_png(grey[1]),
        ".DS_Store": b"x",
        "._0.png": b"x",
        "__MACOSX/0.png": b"x",
        "labels.csv": b"x",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    images, remarks = files.array(tmp_path, SHAPE)
    np.testing.assert_array_equal(images, grey[:2])
    (remark,) = remarks
    assert "labels.csv" in remark and "DS_Store" not in remark


def test_every_kind_of_grey_png_is_read(tmp_path, grey):
    image = grey[0]
    Image.fromarray(image).save(tmp_path / "0.png")
    Image.fromarray(image).convert("RGB").save(tmp_path / "1.png")
    Image.fromarray(image).convert("RGBA").save(tmp_path / "2.png")
    Image.fromarray(image).convert("P").save(tmp_path / "3.png")
    Image.fromarray(image).convert("LA").save(tmp_path / "4.png")
    Image.fromarray(image.astype(np.uint16) * 257).save(tmp_path / "5.png")
    images, _ = files.array(tmp_path, SHAPE)
    assert images.dtype == np.uint16
    assert all(np.array_equal(found, image.astype(np.uint16) * 257) for found in images)


def coloured(image: np.ndarray) -> bytes:
    return save_png(np.stack([image, image, 255 - image], axis=-1))


def transparent(image: np.ndarray) -> bytes:
    return save_png(np.stack([image, image, image, image], axis=-1))


def animated(image: np.ndarray) -> bytes:
    return save_png(image, save_all=True, append_images=[Image.fromarray(255 - image)])


def huge(image: np.ndarray) -> bytes:
    return save_png(np.zeros((4000, 4000), np.uint8))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (coloured, "in colour"),
        (transparent, "transparent"),
        (animated, "animation"),
        (huge, "4000 x 4000 pixels; the data set's images have 5 x 4"),
        (lambda image: save_png(image.T), "4 x 5 pixels"),
        (lambda image: b"no image", "no PNG image"),
        (lambda image: save_png(image)[:60], "no PNG image"),
        (lambda image: b"", "no PNG image"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_an_odd_png_is_named(tmp_path, grey, make, words, packed):
    contents = {"good.png": save_png(grey[0]), "odd.png": make(grey[0])}
    path = tmp_path / ("a.zip" if packed else "a")
    if packed:
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
    else:
        path.mkdir()
        for name, content in contents.items():
            (path / name).write_bytes(content)
    with pytest.raises(DataError, match=f"odd.png.*{words}"):
        files.array(path, SHAPE)


def test_an_archive_that_expands_beyond_all_measure_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.png", bytes(2**24 + 1))
    assert (tmp_path / "bomb.zip").stat().st_size < 2**16
    with pytest.raises(DataError, match="more than"):
        files.array(tmp_path / "bomb.zip", SHAPE)


def test_an_array_that_says_it_is_huge_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", 1000)
    np.savez_compressed(tmp_path / "a.npz", np.zeros(10_000, np.uint8))
    with pytest.raises(DataError, match="at most 1,000"):
        files.array(tmp_path / "a.npz", SHAPE)


# ---- files that are refused


class Evil:
    """Its pickle would make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


def pickled_npy(path: Path, mark: Path) -> None:
    with open(path, "wb") as file:
        np.save(file, np.array([Evil(mark)], dtype=object), allow_pickle=True)


def pickled_npz(path: Path, mark: Path) -> None:
    with open(path, "wb") as file:
        np.savez(file, images=np.array([Evil(mark)], dtype=object))


@pytest.mark.parametrize(
    ("suffix", "write"),
    [
        (".npy", pickled_npy),
        (".npy", lambda path, mark: path.write_bytes(pickle.dumps(Evil(mark)))),
        (".npz", pickled_npz),
        (".pt", lambda path, mark: torch.save(Evil(mark), path)),
        (".pt", lambda path, mark: path.write_bytes(pickle.dumps(Evil(mark)))),
        (".pth", lambda path, mark: torch.save({"images": Evil(mark)}, path)),
    ],
)
def test_no_code_in_a_file_is_run(tmp_path, suffix, write):
    path, mark = tmp_path / f"a{suffix}", tmp_path / "mark"
    write(path, mark)
    mark.unlink(missing_ok=True)
    with pytest.raises(DataError, match=r"code|array"):
        files.array(path, SHAPE)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.npy", b"", "no array"),
        ("a.npy", b"\x93NUMPY\x01\x00", "no array"),
        ("a.npz", b"PK", "no array"),
        ("a.zip", b"PK", "cannot be unpacked"),
        ("a.pt", b"", "no plain tensor"),
        ("a.jpg", b"", "a .npy or .npz file"),
        ("a", b"", "a .npy or .npz file"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=words) as raised:
        files.array(tmp_path / name, SHAPE)
    assert str(tmp_path / name) in str(raised.value)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        files.array(tmp_path / "a.npy", SHAPE)
    with pytest.raises(DataError, match="no PNG images"):
        files.array(tmp_path, SHAPE)


def test_several_arrays_of_which_none_is_called_images(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros(2), y=np.zeros(2))
    with pytest.raises(DataError, match="There are: x, y"):
        files.array(tmp_path / "a.npz", SHAPE)
    torch.save({"step": 1}, tmp_path / "a.pt")
    with pytest.raises(DataError, match="There are: none"):
        files.array(tmp_path / "a.pt", SHAPE)


# ---- arrays that are refused

ones = np.ones((10, PIXELS))


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (ones * 255, "Divide by 255"),
        (np.linspace(-1, 1, 200).reshape(10, PIXELS), r"\(x \+ 1\) / 2"),
        (np.linspace(-8, 8, 200).reshape(10, PIXELS), "sigmoid"),
        (np.where(np.eye(10, PIXELS), np.nan, 0.5), "NaN or infinite pixels, in 10 of 10"),
        (np.where(np.eye(10, PIXELS), np.inf, 0.5), "NaN or infinite"),
        (ones / 255, "twice"),
        (ones.astype(np.int64) * 200, "int64"),
        (ones.astype(np.uint8), "are these bits"),
        (np.zeros((10, PIXELS), np.uint8), "black"),
        ((ones * 200).astype(np.uint16), "Make it uint8"),
        (ones.astype(complex), "numbers"),
        (ones.astype(str), "numbers"),
        (np.array([["a"]], dtype=object), "numbers"),
        (np.zeros((10, PIXELS), dtype="datetime64[s]"), "numbers"),
        (ones.T, "transpose it"),
        (np.zeros((*SHAPE, 10)), "moveaxis"),
        (np.zeros(SHAPE), "a single image"),
        (np.zeros((10, 21)), r"\(n, 20\) or \(n, 5, 4\)"),
        (np.zeros((10, 4, 5)), r"\(n, 5, 4\)"),
        (np.zeros((0, PIXELS)), "no images"),
        (np.zeros(PIXELS), "no images"),
        (np.float64(3), "no images"),
        (np.random.default_rng(0).random((10, 3, *SHAPE)), "in colour"),
    ],
)
def test_what_is_no_image_is_refused_with_a_remedy(array, words):
    with pytest.raises(DataError, match=words):
        pixels.scaled(np.asarray(array), SHAPE, binary=False)


def test_rounding_beyond_the_range_is_cut_and_said():
    found, remarks = pixels.scaled(np.array([[-1e-4, 1.0005] * 10] * 2), SHAPE, binary=False)
    assert found.min() == 0 and found.max() == 1
    assert "cut to [0, 1]" in remarks[0]


# ---- what is odd about them


def odd(images: np.ndarray, data: Dataset, wanted: int = 30) -> str:
    return "\n".join(fitted(images, data, wanted).remarks)


def test_nothing_is_said_of_good_images(grey, data):
    assert odd(grey, data) == ""


def test_more_than_wanted_are_spaced_evenly_and_said(grey, data):
    found = fitted(grey, data, 10)
    assert found.comparable and found.given == 30
    np.testing.assert_array_equal(found.images, fitted(grey[::3], data, 10).images)
    assert "10 of them are scored, evenly spaced" in found.remarks[0]


def test_fewer_than_wanted_do_not_compare(grey, data):
    found = fitted(grey, data, 100)
    assert not found.comparable
    assert "30 images, but models are compared at 100" in found.remarks[0]
    with pytest.raises(Failed, match="30 images, and a table compares models at 100"):
        found.require_comparable()
    with pytest.raises(DataError, match="one image"):
        fitted(grey[:1], data, 100)


def test_copies_repeats_and_sameness_are_said(grey, data):
    assert "30 of the 30 images equal training" in odd(data.train[:30], data)
    assert "equal test images" in odd(data.test[:30], data)
    assert "equal validation images" in odd(data.valid[:30], data)
    assert "30 images are 10 different" in odd(np.tile(grey[:10], (3, 1, 1)), data)
    flat = np.full((30, PIXELS), 0.5) + np.arange(30)[:, None] * 1e-4
    assert "nearly all alike" in odd(flat, data)


@pytest.fixture(scope="module")
def digits(mnist_raw: Path) -> Dataset:
    from gaebench.datasets import mnist

    return mnist.read(mnist_raw)


@pytest.mark.parametrize("turn", looks.TURNS)
@pytest.mark.parametrize("inverted", [False, True])
def test_the_posture_of_digits_is_told(digits, turn, inverted):
    """Of any two thousand digits, and of real images no complaint."""
    images = digits.valid[3000:5000].reshape(-1, 28, 28) / np.float32(255)
    images = np.stack([looks.TURNS[turn](image) for image in images]).reshape(2000, -1)
    found = "".join(looks._posture(1 - images if inverted else images, digits))
    assert ("inverted" in found) == inverted
    assert turn in found and bool(found) == bool(turn or inverted)


def test_a_model_that_makes_one_class_is_not_taken_for_a_turned_one(digits):
    for digit in range(10):
        images = digits.images("train")[digits.train_labels == digit][:1000]
        assert looks._posture(images, digits) == []


def test_read_names_the_file(tmp_path, data):
    np.save(tmp_path / "mine.npy", ones * 255)
    with pytest.raises(DataError, match=r"mine.npy: pixels must be in \[0, 1\]"):
        read(tmp_path / "mine.npy", data, 10)
