"""environment.yml and pyproject.toml name the same packages at the same versions."""

import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"torch": "pytorch"}


def pins_of_pip() -> dict[str, str]:
    """Package -> version in pyproject.toml, under conda's names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    pairs = [requirement.split("==") for requirement in wanted if requirement != "pip"]
    assert len(pairs) == len(wanted) - 1, "every package but pip has an exact version"
    return {CONDA_NAMES.get(name, name): version for name, version in pairs}


def pins_of_conda() -> dict[str, str]:
    """Package -> version in environment.yml, less Python and pip themselves."""
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pairs = [entry.split(" =") for entry in wanted if " =" in entry]
    assert len(pairs) == len(wanted) - 2, "every package but python and pip has an exact version"
    return dict(pairs)


def test_the_pins_are_the_same():
    assert pins_of_conda() == pins_of_pip()


def test_pip_is_there_at_run_time():
    done = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True)
    assert done.returncode == 0, done.stderr


def test_the_python_versions_are_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert f"python {project['requires-python']}" in wanted
