"""Fixtures that several tests share: the real raw files, fetched once."""

import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

# One thread, as a job has: tests side by side do not wait for each other's.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from gaebench.datasets import faces, fashion, mnist
from gaebench.raw.fetch import fetch

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def raw_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[ModuleType], Path]:
    """A function: data set module -> folder with its real raw files.

    They are the repository's own where they are whole, else fetched into the folder named by the
    environment variable GAEBENCH_TEST_DATA, or a temporary one.
    """
    cache = Path(os.environ.get("GAEBENCH_TEST_DATA") or tmp_path_factory.mktemp("raw"))

    def folder(module: ModuleType) -> Path:
        own = REPOSITORY / "data" / "raw" / module.SOURCE
        if all(file.is_at(own / name) for name, file in module.FILES.items()):
            return own
        fetch(module.FILES, cache / module.SOURCE)
        return cache / module.SOURCE

    return folder


@pytest.fixture(scope="session")
def mnist_raw(raw_of: Callable[[ModuleType], Path]) -> Path:
    """The folder of MNIST's four files."""
    return raw_of(mnist)


@pytest.fixture(scope="session")
def fashion_raw(raw_of: Callable[[ModuleType], Path]) -> Path:
    """The folder of Fashion-MNIST's four files."""
    return raw_of(fashion)


@pytest.fixture(scope="session")
def faces_raw(raw_of: Callable[[ModuleType], Path]) -> Path:
    """The folder of the wheel that holds the ORL faces."""
    return raw_of(faces)
