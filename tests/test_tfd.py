"""TFD, on small made-up files with the keys of the real one, in both of MATLAB's formats."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy.io import savemat

from gaebench.datasets import tfd
from gaebench.errors import DataError, Unavailable
from gaebench.project import Project
from gaebench.raw.fetch import fetch_dataset

Arrays = dict[str, np.ndarray]
N = 60


def made_up() -> Arrays:
    """60 images: 40 unlabelled, 20 dealt to train, validation and test differently in each fold."""
    draw = np.random.default_rng(0)
    folds = np.zeros((N, 5), dtype=np.uint8)
    labelled = np.sort(draw.permutation(N)[:20])
    for fold in range(5):
        folds[labelled, fold] = draw.permutation([1] * 12 + [2] * 5 + [3] * 3)
    expression = np.full((N, 1), -1, dtype=np.int16)
    expression[labelled, 0] = draw.integers(1, 8, 20)
    return {
        "images": draw.integers(0, 256, (N, 48, 48)).astype(np.uint8),
        "folds": folds,
        "labs_ex": expression,
        "labs_id": np.arange(N, dtype=np.int32)[:, None],
    }


def save_v5(arrays: Arrays, path: Path) -> None:
    savemat(path, arrays, do_compression=True)


def save_v73(arrays: Arrays, path: Path) -> None:
    """As MATLAB does: a text header of 512 bytes, then HDF5 with the axes in reverse."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for key, array in arrays.items():
            file[key] = array.T
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM")


@pytest.fixture(params=[save_v5, save_v73])
def path_with(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Arrays], Path]:
    def write(arrays: Arrays) -> Path:
        request.param(arrays, tmp_path / "TFD_48x48.mat")
        return tmp_path / "TFD_48x48.mat"

    return write


def read(path: Path) -> tfd.Dataset:
    return tfd.read(path.parent, path=str(path))


def test_splits_follow_the_folds(path_with: Callable[[Arrays], Path]) -> None:
    arrays = made_up()
    faces = read(path_with(arrays))
    images, folds = arrays["images"], arrays["folds"]
    assert faces.shape == (48, 48)
    assert np.array_equal(faces.train.reshape(-1, 48, 48), images[folds[:, 0] == 0])
    assert not len(faces.train_labels), "they are the unlabelled ones"
    for fold in range(5):
        for split, role in (("valid", 2), ("test", 3)):
            rows = getattr(faces, f"{split}_fold") == fold
            expected = folds[:, fold] == role
            mine = getattr(faces, split)[rows].reshape(-1, 48, 48)
            assert np.array_equal(mine, images[expected])
            labels = getattr(faces, f"{split}_labels")[rows]
            assert np.array_equal(labels, arrays["labs_ex"][expected, 0])
    sizes = [(len(valid), len(test)) for valid, test in faces.folds()]
    assert sizes == [(5, 3)] * 5


def test_images_are_upright(path_with: Callable[[Arrays], Path]) -> None:
    arrays = made_up()
    arrays["images"][:] = np.arange(48, dtype=np.uint8)[None, :, None]  # darker at the top
    face = read(path_with(arrays)).train[0].reshape(48, 48)
    assert (np.diff(face.astype(int), axis=0) == 1).all() and (np.diff(face, axis=1) == 0).all()


def test_folds_may_be_doubles(path_with: Callable[[Arrays], Path]) -> None:
    arrays = made_up()
    arrays["folds"] = arrays["folds"].astype(float)
    assert len(read(path_with(arrays)).train) == 40


def change(key: str, edit: Callable[[np.ndarray], object]) -> Callable[[Arrays], None]:
    """A defect: the array under ``key`` edited in place, or replaced by what ``edit`` returns."""

    def apply(arrays: Arrays) -> None:
        result = edit(arrays[key])
        if result is not None:
            arrays[key] = result

    return apply


def put(*place: object, value: int) -> Callable[[np.ndarray], None]:
    return lambda array: array.__setitem__(place, value)


def without_role(role: int, fold: int) -> Callable[[Arrays], None]:
    return change(
        "folds", lambda folds: put(folds[:, fold] == role, fold, value=role % 3 + 1)(folds)
    )


def all_labelled(folds: np.ndarray) -> None:
    folds[folds == 0] = 1


@pytest.mark.parametrize(
    ("defect", "reason"),
    [
        (lambda arrays: arrays.pop("images"), "no key 'images'"),
        (lambda arrays: arrays.pop("folds"), "no key 'folds'"),
        (lambda arrays: arrays.pop("labs_ex"), "no key 'labs_ex'"),
        (change("images", lambda a: a[:, :, :47]), r"'images' must be .*\(N, 48, 48\), not uint8"),
        (change("images", lambda a: a.reshape(N, -1)), r"'images' must be .* shape \(60, 2304\)"),
        (change("images", lambda a: a.T), r"'images' must be .* shape \(48, 48, 60\)"),
        (change("images", lambda a: a / 255), "'images' must be uint8 .* not float64"),
        (change("folds", lambda a: a.T), r"'folds' must be .*\(60, 5\).* not .*\(5, 60\)"),
        (change("folds", lambda a: a[:-1]), r"'folds' must be .* shape \(59, 5\)"),
        (change("folds", lambda a: a[:, :4]), r"'folds' must be .* shape \(60, 4\)"),
        (change("folds", put(0, 0, value=4)), "'folds' has values other than 0, 1, 2 and 3"),
        (change("folds", lambda a: a + 0.5), "'folds' has values other than"),
        (change("folds", lambda a: a * np.nan), "'folds' has values other than"),
        (change("folds", lambda a: put(a[:, 0] == 0, 3, value=1)(a)), "unlabelled .* differ"),
        (change("folds", all_labelled), "marks no image as unlabelled"),
        (without_role(1, 0), r"fold 1 has no train images \(1\)"),
        (without_role(2, 2), r"fold 3 has no validation images \(2\)"),
        (without_role(3, 4), r"fold 5 has no test images \(3\)"),
        (change("labs_ex", lambda a: a[:10]), r"'labs_ex' must be .* shape \(10, 1\)"),
        (change("labs_ex", put(0, 0, value=8)), "'labs_ex' has values other than -1 and 1 to 7"),
    ],
)
def test_malformed_files_are_refused(
    path_with: Callable[[Arrays], Path], defect: Callable[[Arrays], object], reason: str
) -> None:
    arrays = made_up()
    defect(arrays)
    with pytest.raises(DataError, match=f"TFD_48x48.mat.*{reason}"):
        read(path_with(arrays))


@pytest.mark.parametrize("keep", [0, 1, 100, 700, 5000, 0.5, 0.99])
def test_truncated_files_are_refused(path_with: Callable[[Arrays], Path], keep: float) -> None:
    path = path_with(made_up())
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content)) if isinstance(keep, float) else keep])
    with pytest.raises(DataError, match=r"TFD_48x48\.mat"):
        read(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "TFD_48x48.mat"
    for content in (b"<html>Not found</html>" * 100, b"PK\x03\x04" * 1000, bytes(5000)):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"TFD_48x48.mat .*(MATLAB|key)"):
            read(path)


def test_cells_are_refused(tmp_path: Path) -> None:
    cells = np.empty(N, dtype=object)
    cells[:] = list(made_up()["images"])
    save_v5(made_up() | {"images": cells}, tmp_path / "TFD_48x48.mat")
    with pytest.raises(DataError, match="'images' must be"):
        read(tmp_path / "TFD_48x48.mat")


def test_the_file_is_found_or_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "mine.mat"
    with pytest.raises(Unavailable, match=f"TFD is licence-gated: put TFD_48x48.mat at {path}"):
        fetch_dataset(tfd, tmp_path, path=str(path))
    with pytest.raises(DataError, match="does not exist"):
        read(path)
    save_v5(made_up(), path)
    one = fetch_dataset(tfd, tmp_path, path=str(path))
    save_v5(made_up() | {"folds": np.zeros((N, 5))}, path)
    assert list(one) == ["mine.mat"] and fetch_dataset(tfd, tmp_path, path=str(path)) != one


@pytest.mark.parametrize("fault", ["external", "virtual", "soft link", "external link", "huge"])
def test_content_from_elsewhere_or_from_nowhere_is_refused(tmp_path: Path, fault: str) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(60 * 48 * 48))
    arrays, path = made_up(), tmp_path / "TFD_48x48.mat"
    shape = arrays["images"].T.shape
    save_v73({key: array for key, array in arrays.items() if key != "images"}, path)
    with h5py.File(path, "r+") as file:
        if fault == "external":
            place = [(str(secret), 0, h5py.h5f.UNLIMITED)]
            file.create_dataset("images", shape, "u1", external=place)
        elif fault == "virtual":
            layout = h5py.VirtualLayout(shape, "u1")
            layout[:] = h5py.VirtualSource(str(secret), "images", shape)
            file.create_virtual_dataset("images", layout)
        elif fault == "soft link":
            file["images"] = h5py.SoftLink("/folds")
        elif fault == "external link":
            file["images"] = h5py.ExternalLink(str(secret), "/images")
        else:
            file.create_dataset("images", (48, 48, 10**7), "u1", chunks=(48, 48, 1))
    with pytest.raises(DataError, match=r"stored in another|link to elsewhere|more than the file"):
        read(path)


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_v5(made_up(), tmp_path / "TFD_48x48.mat")
    monkeypatch.setenv("HOME", str(tmp_path))
    for path in ("~/TFD_48x48.mat", "$HOME/TFD_48x48.mat", "${HOME}/TFD_48x48.mat"):
        assert set(tfd.fetch(tmp_path, path=path)) == {"TFD_48x48.mat"}
        assert tfd.read(tmp_path, path=path).shape == (48, 48)
    for path in ("~/TFD_48x48.mat", "$HOME/TFD_48x48.mat"):
        (tmp_path / "over.yaml").write_text(f"datasets: {{tfd: {{options: {{path: '{path}'}}}}}}")
        project = Project.here().reading(over=[tmp_path / "over.yaml"])
        assert project.load("tfd").shape == (48, 48)
