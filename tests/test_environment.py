"""pyproject.toml, environment.yml and pins.txt name the same packages at the same versions."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import install
import pins
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


def pinned() -> dict[str, str]:
    """Package -> version in pins.txt; of one that has several, what other Pythons have."""
    entries = re.findall(r"^([\w.-]+)==(\S+)(?: ;.*)? \\$", install.PINS.read_text(), re.M)
    assert entries
    return dict(entries)


def test_every_package_asked_for_is_pinned():
    wanted = {name: version for name, version in pins_of_pip().items() if name != "pytorch"}
    found = pinned()
    assert {name: found.get(name) for name in wanted} == wanted, "make upgrade"


def test_every_pin_has_hashes_and_none_names_an_index():
    text = install.PINS.read_text()
    entries = re.split(r"^(?=[^\s#])", text, flags=re.M)[1:]
    assert len(entries) > 100
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert not re.search(r"https?:|--index|--find-links", text)


def needed(name: str, extras: tuple[str, ...] = ()) -> set[str]:
    """The packages that one needs here, theirs too; not those of torch's build."""
    found, left = set(), [(name, extras)]
    while left:
        package, wanted = left.pop()
        for text in metadata.requires(package) or []:
            need = Requirement(text)
            holds = [
                need.marker is None or need.marker.evaluate({"extra": e}) for e in ("", *wanted)
            ]
            known = canonicalize_name(need.name)
            if any(holds) and known not in found and not pins.OF_TORCHS_BUILD.match(f"{known}=="):
                found.add(known)
                left.append((need.name, tuple(need.extras)))
    return found


def test_every_package_that_others_need_is_pinned():
    known = {canonicalize_name(name) for name in pinned()}
    assert len(known) > 100
    assert needed("gaebench", ("test",)) <= known, "make upgrade"


def test_what_depends_on_torchs_build_is_left_out():
    text = "a==1 \\\n    --hash=sha256:0\nnvidia-cublas==1 ; x \\\n    --hash=sha256:1\ntorch==2\n"
    assert pins.without_torch(text + "triton==3\ntorchless==1\n") == (
        "a==1 \\\n    --hash=sha256:0\ntorchless==1\n"
    )


def test_pip_is_there_at_run_time():
    done = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True)
    assert done.returncode == 0, done.stderr


def test_the_python_versions_are_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert f"python {project['requires-python']}" in wanted
