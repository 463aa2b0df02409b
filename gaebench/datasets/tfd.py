"""The Toronto Face Database, 48 x 48 grey levels (Susskind, Anderson, Hinton 2010): licence-gated.

It has no public address. The user, who got it from its keeper, puts ``TFD_48x48.mat`` where
``params.yaml`` says.
"""

import hashlib
from pathlib import Path

import numpy as np

from gaebench.data import Dataset
from gaebench.errors import DataError, Unavailable
from gaebench.files import expanded
from gaebench.raw import matlab
from gaebench.raw.file import RawFile

LABEL = "TFD"
NOTE = (
    "TFD: the mean over its five folds. The epoch is picked on validation images of the first "
    "folds, which may be test images of others."
)

SOURCE = "tfd"
BINARY = False
FILES: dict[str, RawFile] = {}

SIDE, FOLDS = 48, 5
UNLABELLED, TRAIN, VALID, TEST = range(4)
ROLES = {TRAIN: "train", VALID: "validation", TEST: "test"}
KEYS = ("images", "folds", "labs_ex")
EXPRESSIONS = (-1, 1, 2, 3, 4, 5, 6, 7)


def fetch(folder: Path, *, path: str) -> dict[str, str]:
    """Find the user's file: its name and SHA-256.

    Raises
    ------
    Unavailable
        If there is no file at ``path``.
    """
    place = expanded(path)
    if not place.is_file():
        raise Unavailable(f"TFD is licence-gated: put TFD_48x48.mat at {path}")
    with open(place, "rb") as file:
        return {place.name: hashlib.file_digest(file, "sha256").hexdigest()}


def read(raw: Path, *, path: str) -> Dataset:
    """Read the faces: train on the unlabelled ones; per fold, its validation and test images.

    An image in the validation (or test) sets of several folds has a row for each. Their labels are
    the expressions, 1 to 7, or -1; training images have none.

    Parameters
    ----------
    raw
        Not used: nothing is downloaded.
    path
        The user's ``TFD_48x48.mat``, MATLAB v5 or v7.3; ``~`` and ``$HOME`` are understood.

    Raises
    ------
    DataError
        If the file is missing, not a MATLAB file, or lacks a key or has a malformed one.
    """
    file = expanded(path)
    if not file.is_file():
        raise DataError(f"{file} does not exist: put TFD_48x48.mat there")
    arrays = matlab.read(file, KEYS)
    images, folds, labels = (arrays[key] for key in KEYS)
    _check_images(images, file)
    _check_folds(folds, len(images), file)
    _check_labels(labels, len(images), file)
    images, labels = images.reshape(len(images), -1), labels[:, 0].astype(np.int64)
    train = np.flatnonzero(folds[:, 0] == UNLABELLED)
    valid_fold, valid = np.nonzero(folds.T == VALID)
    test_fold, test = np.nonzero(folds.T == TEST)
    return Dataset(
        train=images[train],
        valid=images[valid],
        test=images[test],
        shape=(SIDE, SIDE),
        valid_labels=labels[valid],
        test_labels=labels[test],
        valid_fold=valid_fold,
        test_fold=test_fold,
    )


def _check_images(images: np.ndarray, file: Path) -> None:
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        _malformed(file, "images", f"uint8 of shape (N, {SIDE}, {SIDE})", images)


def _check_folds(folds: np.ndarray, n: int, file: Path) -> None:
    if folds.dtype.kind not in "iuf" or folds.shape != (n, FOLDS):
        _malformed(file, "folds", f"numbers of shape ({n}, {FOLDS}), a row per image", folds)
    if not np.isin(folds, (UNLABELLED, *ROLES)).all():
        raise DataError(f"{file}: key 'folds' has values other than 0, 1, 2 and 3")
    unlabelled = folds == UNLABELLED
    if (unlabelled != unlabelled[:, :1]).any():
        raise DataError(f"{file}: key 'folds': the unlabelled images (0) differ between folds")
    if not unlabelled.any():
        raise DataError(f"{file}: key 'folds' marks no image as unlabelled (0)")
    for role, name in ROLES.items():
        for fold in np.flatnonzero(~(folds == role).any(axis=0)):
            raise DataError(f"{file}: key 'folds': fold {fold + 1} has no {name} images ({role})")


def _check_labels(labels: np.ndarray, n: int, file: Path) -> None:
    if labels.dtype.kind not in "iuf" or labels.shape != (n, 1):
        _malformed(file, "labs_ex", f"numbers of shape ({n}, 1), a row per image", labels)
    if not np.isin(labels, EXPRESSIONS).all():
        raise DataError(f"{file}: key 'labs_ex' has values other than -1 and 1 to 7")


def _malformed(file: Path, key: str, expected: str, found: np.ndarray) -> None:
    raise DataError(
        f"{file}: key {key!r} must be {expected}, not {found.dtype} of shape {found.shape}"
    )
