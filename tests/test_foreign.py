"""Images of other people's models: every usual form is read, what is none is refused in words."""

import io
import os
import pickle
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gaebench import runs
from gaebench.data import Dataset
from gaebench.errors import DataError, Failed, ShortOfMemory
from gaebench.foreign import chunks, files, fitted, looks, models, pixels, pngs, read, size
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


def test_levels_of_the_data_set_are_no_bytes():
    images = np.random.default_rng(0).integers(0, 17, (40, 20), dtype=np.uint8)
    sixteen = Dataset(*[images] * 3, SHAPE, levels=16)
    with pytest.raises(DataError, match=r"no value above 16, .* divided by 16"):
        fitted(images, sixteen, 40)
    found = fitted(images / 16, sixteen, 40).images
    assert np.abs(found - images / 16).max() < 1e-5
    assert fitted(images * 15, sixteen, 40).images.max() <= 1, "bytes are bytes"


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


def wide(image: np.ndarray) -> bytes:
    """Grey with alpha, of 16 bits each: Pillow drops the lower 8 without a word."""
    pairs = np.stack([image.astype(">u2") * 257, np.full(image.shape, 65535, ">u2")], axis=-1)
    rows = b"".join(b"\0" + row.tobytes() for row in pairs)
    return png(16, 4, rows)


def huge(image: np.ndarray) -> bytes:
    return save_png(np.zeros((4000, 4000), np.uint8))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (coloured, "in colour"),
        (transparent, "transparent"),
        (animated, "animation"),
        (wide, "16 bits a channel, and several"),
        (lambda image: png(3, 0, bytes(100)), "its header is damaged"),
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
    monkeypatch.setattr(size, "LARGEST", 1000)
    np.savez_compressed(tmp_path / "a.npz", np.zeros(10_000, np.uint8))
    with pytest.raises(DataError, match="at most 1,000"):
        files.array(tmp_path / "a.npz", SHAPE)


# ---- what is damaged, doubled, linked, or larger than it looks


def png(bits: int, kind: int, pixels: bytes, *parts: tuple[bytes, bytes]) -> bytes:
    """A PNG of the data set's size, with chunks before its pixels."""
    header = struct.pack(">IIBBBBB", SHAPE[1], SHAPE[0], bits, kind, 0, 0, 0)
    packed = zlib.compress(pixels)
    every = ((b"IHDR", header), *parts, (b"IDAT", packed), (b"IEND", b""))
    return chunks.SIGNATURE + b"".join(chunk(*part) for part in every)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


ROWS = (b"\0" + b"\x12" * 4) * 5
GREY, PALETTE = 0, 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (png(8, GREY, ROWS[:-5]), "take 25 bytes and it has 20"),
        (png(8, GREY, ROWS + b"\0"), "take 25 bytes and it has 26"),
        (png(8, GREY, ROWS, (b"tRNS", b"\0\x12")), "transparent"),
        (png(16, GREY, (b"\0" + b"\x12" * 8) * 5, (b"tRNS", b"\0\x12")), "transparent"),
        (png(8, PALETTE, ROWS), "no palette"),
        (png(8, PALETTE, ROWS, (b"PLTE", b"\x80" * 3)), "no colour of its palette"),
        (png(8, GREY, ROWS, (b"IHDR", b"")), "no order"),
        (png(8, GREY, ROWS, (b"IDAT", b""), (b"tIME", b"")), "no order"),
        (png(3, GREY, ROWS), "no PNG image"),
        (png(8, 5, ROWS), "no PNG image"),
        (png(8, GREY, ROWS)[:-12] + chunk(b"iCCP", b"") + chunk(b"IEND", b""), "no PNG image"),
        (png(8, GREY, ROWS)[:-12], "ends early"),
    ],
)
def test_a_png_that_others_read_as_other_pixels_is_refused(content, words):
    with pytest.raises(DataError, match=words):
        pngs._decoded(content, "a.png", SHAPE)


def test_no_flipped_bit_and_no_lost_byte_of_a_png_gives_other_pixels(grey):
    good = save_png(grey[0])
    odd = [good[:end] for end in range(len(good))]
    for place in range(8 * len(good)):
        flipped = bytearray(good)
        flipped[place // 8] ^= 1 << place % 8
        odd.append(bytes(flipped))
    for content in odd:
        with pytest.raises(DataError):
            pngs._decoded(content, "a.png", SHAPE)


@pytest.mark.parametrize("width", range(1, 10))
def test_interlaced_pixels_are_counted_by_their_passes(width):
    header = struct.pack(">IIBBBBB", width, 3, 8, 0, 0, 0, 1)
    starts = [(x, y, dx, dy) for x, y, dx, dy in chunks.ADAM7 if x < width and y < 3]
    count = sum(len(range(y, 3, dy)) * (1 + len(range(x, width, dx))) for x, y, dx, dy in starts)
    chunks.check_pixels({b"IHDR": header, b"IDAT": zlib.compress(bytes(count))})
    with pytest.raises(ValueError, match="pixels"):
        chunks.check_pixels({b"IHDR": header, b"IDAT": zlib.compress(bytes(count - 1))})


def test_linked_folders_are_read_once_and_said(tmp_path, grey):
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder, images in ((home, grey[:2]), (elsewhere, grey[2:4])):
        folder.mkdir()
        for number, image in enumerate(images):
            (folder / f"{number}.png").write_bytes(save_png(image))
    (home / "sub").symlink_to(elsewhere)
    (home / "sub2").symlink_to(elsewhere)
    (home / "loop").symlink_to(home)
    images, remarks = files.array(home, SHAPE)
    np.testing.assert_array_equal(images, grey[:4])
    assert remarks == ["2 folders that links lead to again left out: loop, sub2"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.symlink_to("/nowhere.png"), "cannot be read"),
        (lambda path: path.symlink_to(path), "cannot be read"),
        (os.mkfifo, "is no file"),
    ],
)
def test_what_is_called_png_and_is_no_file_is_named(tmp_path, grey, make, words):
    (tmp_path / "0.png").write_bytes(save_png(grey[0]))
    make(tmp_path / "odd\n.png")
    with pytest.raises(DataError, match=r"odd\\n.png: " + words):
        files.array(tmp_path, SHAPE)


def test_a_folder_that_cannot_be_read_is_named(tmp_path, grey, monkeypatch):
    (tmp_path / "0.png").write_bytes(save_png(grey[0]))
    (tmp_path / "closed").mkdir()
    scandir = os.scandir

    def closed(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(DataError, match=r"closed: cannot be read \(Permission denied"):
        files.array(tmp_path, SHAPE)


def zipped(path: Path, *entries: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name", ["../{}.png", "./{}.png", "/{}.png", "{}/a.png", "9" * 5000 + "{}.png"]
)
def test_entries_of_any_name_are_read(tmp_path, grey, name):
    entries = [(name.format(number), save_png(grey[number])) for number in range(3)]
    images, remarks = files.array(zipped(tmp_path / "a.zip", *entries, (".", b"")), SHAPE)
    np.testing.assert_array_equal(images, grey[:3])
    assert remarks == ["1 file not called .png left out: ."]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_entries_of_one_name_are_refused(tmp_path, grey):
    entries = [("0.png", save_png(image)) for image in grey[:6]]
    with pytest.raises(DataError, match=r"6 files in it are called 0\.png"):
        files.array(zipped(tmp_path / "a.zip", *entries), SHAPE)


def test_no_name_in_an_archive_reaches_the_terminal_as_it_is(tmp_path, grey):
    good, name = save_png(grey[0]), "a\n\x1b[31mall well"
    path = zipped(tmp_path / "a.zip", ("0.png", good), ("1.png", good), (f"{name}.txt", b""))
    (remark,) = files.array(path, SHAPE)[1]
    assert remark.isprintable() and r"a\n\x1b[31mall well.txt" in remark
    path = zipped(tmp_path / "b.zip", ("0.png", good), (f"{name}.png", b"x"))
    with pytest.raises(DataError, match="all well") as raised:
        files.array(path, SHAPE)
    assert str(raised.value).isprintable()


def saved_npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def headed(shape: str, body: int = 40, spaces: int = 0) -> bytes:
    text = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }" + " " * spaces
    header = text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(body)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "content",
    [
        headed("(True, 20)"),
        headed("(100000000000, 20)"),
        headed("(-1, 20)"),
        headed("(2, 20)", spaces=20_000),
        headed("(" * 5000),
        headed("-" * 9000),
        headed("("),
        saved_npy(np.ones((2, 20)))[:-1],
        saved_npy(np.ones((2, 20))) + b"x",
    ],
)
def test_an_odd_header_is_told_as_damage(tmp_path, content, packed):
    path = tmp_path / ("a.npz" if packed else "a.npy")
    zipped(path, ("images.npy", content)) if packed else path.write_bytes(content)
    with pytest.raises(DataError, match="no array can be read from it"):
        files.array(path, SHAPE)


def flagged(content: bytes, local: int, central: int, value: int) -> bytes:
    """An archive of one entry with a byte of its two headers set."""
    odd = bytearray(content)
    odd[odd.find(b"PK\x03\x04") + local] = value
    odd[odd.find(b"PK\x01\x02") + central] = value
    return bytes(odd)


@pytest.mark.parametrize("suffix", [".npz", ".zip"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda b: b[:60] + bytes(20 * [255]) + b[80:],
        lambda b: flagged(b, 6, 8, 1),
        *(lambda b, method=method: flagged(b, 8, 10, method) for method in (12, 14, 97)),
        lambda b: b[:-30],
    ],
)
def test_a_damaged_archive_is_told_with_its_name(tmp_path, grey, suffix, damage):
    entry = ("images.npy", saved_npy(grey)) if suffix == ".npz" else ("0.png", save_png(grey[0]))
    path = zipped(tmp_path / f"a{suffix}", entry)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match="a" + suffix):
        files.array(path, SHAPE)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: torch.eye(20).to_sparse(), "sparse"),
        (lambda: torch.eye(20).to_sparse_csr(), "sparse"),
        (lambda: torch.zeros(2, 20, device="meta"), "meta"),
        (lambda: torch.quantize_per_tensor(torch.ones(2, 20), 0.1, 0, torch.quint8), "quint8"),
        (
            lambda: torch.nested.nested_tensor([torch.zeros(3), torch.zeros(2)]),
            "nnot be read|plain",
        ),
        (lambda: {0: torch.ones(2, 20), 1: torch.ones(2, 20)}, "There are: 0, 1"),
    ],
)
def test_a_tensor_that_numpy_has_not_is_told(tmp_path, make, words):
    torch.save(make(), tmp_path / "a.pt")
    with pytest.raises(DataError, match=rf"a\.pt.*({words})"):
        files.array(tmp_path / "a.pt", SHAPE)


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16, torch.float8_e4m3fn])
def test_short_floats_are_read(tmp_path, kind):
    torch.save({3: torch.full((4, 20), 0.5).to(kind)}, tmp_path / "a.pt")
    np.testing.assert_array_equal(files.array(tmp_path / "a.pt", SHAPE)[0], np.full((4, 20), 0.5))


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_little_memory_is_not_told_as_damage(tmp_path, monkeypatch, grey, name):
    written(tmp_path, grey)
    np.savez(tmp_path / "a.npz", images=grey)

    def short(*_: object, **__: object) -> None:
        raise MemoryError("no more")

    monkeypatch.setattr("numpy.lib.format.read_array", short)
    with pytest.raises(ShortOfMemory, match="not enough memory"):
        files.array(tmp_path / name, SHAPE)


@pytest.mark.parametrize("name", ["a.npy", "b.npz", "c.npz", "d.pt", "f", "g.zip"])
def test_every_form_has_the_same_largest_size(tmp_path, monkeypatch, grey, name):
    written(tmp_path, grey)
    monkeypatch.setattr(size, "LARGEST", 590)
    with pytest.raises(DataError, match="at most 590"):
        files.array(tmp_path / name, SHAPE)


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_an_expanded_tensor_takes_the_memory_of_its_chosen_rows(tmp_path, data, kind, monkeypatch):
    torch.save(torch.full((1,), 0.5, dtype=kind).expand(10**6, 20), tmp_path / "a.pt")
    tracemalloc.start()
    array, _ = files.array(tmp_path / "a.pt", SHAPE)
    pixels.scaled(array, SHAPE, False, 30)
    assert tracemalloc.get_traced_memory()[1] < 2 * 10**7
    tracemalloc.stop()
    monkeypatch.setattr(size, "LARGEST", 10**7)
    with pytest.raises(DataError, match="at most"):
        files.array(tmp_path / "a.pt", SHAPE)


@pytest.mark.parametrize("kind", ["u1", "<u2", ">u2", "<f4", ">f4", "<f8", ">f8", "f2"])
@pytest.mark.parametrize("channels", [False, True])
def test_rows_are_chosen_before_they_are_converted(grey, kind, channels):
    """And none of the others goes unchecked."""
    white = {"u1": 1, "u2": 257}.get(kind[-2:], 1 / 255)
    array = (grey.astype(float) * white).astype(kind)
    array = np.repeat(array[:, None], 3, axis=1) if channels else array
    every, _ = pixels.scaled(array, SHAPE, False)
    some, _ = pixels.scaled(array, SHAPE, False, 10)
    np.testing.assert_array_equal(some, every[::3])
    np.testing.assert_allclose(every, grey.reshape(30, PIXELS) / 255, atol=5e-4)
    if "f" in kind:
        array[1] = np.nan
        with pytest.raises(DataError, match=r"NaN|colour"):
            pixels.scaled(array, SHAPE, False, 10)


@pytest.mark.parametrize("text", ["{[]:1}", "(" * 500, "-" * 20_000 + "1", "9" * 5000, "'", "a b"])
def test_a_setting_that_is_no_literal_is_a_text(text):
    assert models.given((f"latent={text}",)) == {"latent": text}


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


def test_two_arrays_that_may_both_be_meant(tmp_path):
    images = np.zeros((3, PIXELS), np.float32)
    np.savez(tmp_path / "a.npz", images=images, samples=images)
    with pytest.raises(DataError, match=r"which array .* There are: images, samples"):
        files.array(tmp_path / "a.npz", SHAPE)
    torch.save({"images": torch.from_numpy(images), "samples": torch.ones(3)}, tmp_path / "a.pt")
    with pytest.raises(DataError, match="which tensor"):
        files.array(tmp_path / "a.pt", SHAPE)


# ---- arrays that are refused

ones = np.ones((10, PIXELS))


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (ones * 255, "such as 255"),
        (ones * 16, "up to 16"),
        (np.linspace(-0.1, 1, 200).reshape(10, PIXELS), r"x\.clip\(0, 1\)"),
        (np.linspace(0, 1.1, 200).reshape(10, PIXELS), r"x\.clip\(0, 1\)"),
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


@pytest.mark.parametrize("shade", [0.0, 1.0])
def test_images_of_one_shade_lie_in_no_way(shade, digits):
    (repeats, alike) = looks.remarks(np.full((200, 784), shade, np.float32), digits)
    assert "are 1 different ones" in repeats and "nearly all alike" in alike


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
