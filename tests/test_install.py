"""From `make` to an environment: which Python, made when, used again when, and by which path.

A small checkout stands in for this one: the same Makefile and scripts, but a package without
dependencies, whose only command says how it was called.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import install
import pytest
import yaml
from params import place

ROOT = Path(__file__).parents[1]
PARTS = ("Makefile", "workflow/install.sh", "workflow/install.py", "workflow/params/place.py")
TARGETS = (
    *("quick", "all", "tune", "adopt", "bench", "gpu", "torture", "readme", "docs", "upgrade"),
    *("verify", "test", "test-slurm", "test-remotes", "lint", "format"),
)
FURTHER = ("-bench", "-docs", "-slurm", "-remotes")
"""Environments with further extras."""
BASE = getattr(sys, "_base_executable", sys.executable)
HERE = "{}.{}".format(*sys.version_info[:2])
TOOLS = ("sh", "env", "head", "tail", "mkdir", "test", "echo", "make", "git", "dirname", "bash")

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "toy"
version = "1.0"
[project.optional-dependencies]
test = []
bench = []
install = [
  "uv==1.0",
]
[tool.toy]
stands-in-for = [
  "torch==2.13.0",
]
"""
BACKEND = """
import zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    about = "toy-1.0.dist-info"
    files = {
        "toy.py": "def main():\\n    import json, os, sys\\n"
        "    print(json.dumps([sys.argv, dict(os.environ)]))\\n",
        f"{about}/METADATA": "Metadata-Version: 2.1\\nName: toy\\nVersion: 1.0\\n"
        "Provides-Extra: test\\nProvides-Extra: bench\\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        f"{about}/entry_points.txt": "[console_scripts]\\nsnakemake = toy:main\\n",
    }
    record = "".join(f"{name},,\\n" for name in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(f"{folder}/toy-1.0-py3-none-any.whl", "w") as wheel:
        for name, content in {**files, f"{about}/RECORD": record}.items():
            wheel.writestr(name, content)
    return "toy-1.0-py3-none-any.whl"
"""


def checkout(folder: Path) -> Path:
    """The small checkout."""
    for part in PARTS:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, folder / part)
    (folder / "workflow/params/__init__.py").touch()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "workflow/pins.txt").write_text("# nothing\n")
    wheel(folder / "wheels", "torch", "2.13.0")
    return folder


def wheel(folder: Path, name: str, version: str) -> None:
    """An empty package."""
    folder.mkdir()
    about = f"{name}-{version}.dist-info"
    files = {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        for path, content in files.items():
            file.writestr(path, content)


def programs(folder: Path, **pythons: str) -> str:
    """A search path of the tools that make needs, and of Pythons: name -> what the script does."""
    folder.mkdir(parents=True)
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool))
    for name, body in pythons.items():
        script(folder / name.replace("_", "."), body)
    return str(folder)


def script(path: Path, body: str) -> None:
    """A shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def fake(version: str, venv: int = 0) -> str:
    """A Python of a version that says how it was called instead of installing."""
    probed = f"echo {version}; echo $0; exit {1 - venv if venv else 0}"
    return f'case $1 in -c) {probed} ;; esac; echo "$0 $*" >> asked; exit 1'


REAL = f'exec {BASE} "$@"'
BROKEN = "echo 'command not found' >&2; exit 127"
WITHOUT_VENV = 'case $1 in -c) echo 3.12; echo $0; exit 1 ;; esac; echo "$0 $*" >> asked'


def make(folder: Path, *words: str, path: str, **more: str) -> subprocess.CompletedProcess:
    """Run make in a checkout, with nothing in the environment but a search path."""
    command = [shutil.which("make"), *words]
    settings = {
        "PATH": path,
        "HOME": str(folder),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(folder / "wheels"),
        **more,
    }
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True)


def offline(folder: Path) -> dict[str, str]:
    """Packages come from the checkout's own wheels."""
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder / "wheels"), "UV_OFFLINE": "1"}


def called(done: subprocess.CompletedProcess) -> tuple[list[str], dict[str, str]]:
    """The words and the environment that the toy's snakemake was called with."""
    assert done.returncode == 0, done.stdout + done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("[[")]
    return tuple(json.loads(line))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A search path with a single Python, that of the tests, and no snakemake."""
    return programs(tmp_path_factory.mktemp("programs") / "bin", python3=REAL)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, path: str) -> Path:
    """A checkout in which two makes, started at once, have made the environment."""
    folder = checkout(tmp_path_factory.mktemp("made") / "toy")
    settings = {"PATH": path, "HOME": str(folder), **offline(folder)}
    both = [
        subprocess.Popen(
            [shutil.which("make"), "quick"],
            cwd=folder,
            env=settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sum("making .venv" in output for output in outputs) == 1, outputs
    assert sum("waiting for it" in output for output in outputs) == 1, outputs
    return folder


# ---- with real processes


def test_an_environment_that_is_whole_is_used_as_it_is(made, path):
    done = make(made, "quick", path=path)
    words, _ = called(done)
    assert words[1:] == ["--cores", "all", "--configfile", "workflow/quick.yaml", "--", "all"]
    assert Path(words[0]) == Path(".venv/bin/snakemake")
    assert "making" not in done.stdout and "pip" not in done.stdout


def test_it_is_used_when_no_python_on_the_path_fits(made, tmp_path):
    path = programs(tmp_path / "bin", python3=fake("3.10"), python=fake("2.7"))
    called(make(made, "quick", path=path))


def test_a_new_project_file_is_installed_whatever_other_programs_are_told(made, path):
    (made / "pyproject.toml").write_text(PROJECT + "# A comment.\n")
    (made / ".venv/kept").touch()
    told = {"PYTHONHOME": "/none", "PYTHONPATH": "/none", "PYTHONWARNINGS": "error"}
    told |= {"SNAKEMAKE_PROFILE": "cluster", "PYTHONINSPECT": "1", "PIP_TARGET": "/none"}
    done = make(made, "quick", path=path, **told, PIP_USER="1")
    _, environment = called(done)
    assert not {name for name in environment if name.startswith(("PYTHON", "SNAKEMAKE"))}
    assert "Successfully installed toy" in done.stdout and (made / ".venv/kept").exists()


def test_a_home_that_cannot_be_written_is_not_needed(made, path):
    _, environment = called(make(made, "quick", path=path, HOME="/proc/none"))
    assert environment["XDG_CACHE_HOME"] == f"{made}/.snakemake/cache"
    _, environment = called(make(made, "quick", path=path))
    assert "XDG_CACHE_HOME" not in environment


def test_from_another_folder_the_remedy_is_named_and_helps(made, path):
    done = make(made / "workflow", "-f", "../Makefile", "quick", path=path)
    assert done.returncode
    [remedy] = re.findall(r"make (-C \S+) \.\.\.", done.stderr)
    called(make(made / "workflow", *remedy.split(), "quick", path=path))


def test_a_moved_checkout_has_a_new_one_even_if_its_own_python_is_asked_to_make_it(
    made, path, tmp_path
):
    """To a path that is odd, but not to a shell."""
    moved = shutil.copytree(made, tmp_path / "a%41#b,=@+~^!é日", symlinks=True)
    done = make(moved, "PYTHON=.venv/bin/python", "quick", path=path)
    called(done)
    assert "making .venv anew" in done.stdout
    assert str(moved) in (moved / ".venv/bin/snakemake").read_text().splitlines()[0]
    assert not (moved / ".venv/kept").exists()


@pytest.mark.parametrize("character", list(" '\"$&*(;`\\{:"))
def test_a_path_that_a_shell_reads_otherwise_is_refused_in_one_line(tmp_path, path, character):
    folder = checkout(tmp_path / f"my{character}project")
    done = make(folder, "quick", path=path)
    assert done.returncode
    line, *rest = done.stderr.splitlines()
    assert line == place.problem(folder, folder / ".venv/bin/python")
    assert all(text.startswith("make: ***") for text in rest)
    assert not (folder / ".venv").exists()


# ---- which Python


def chosen(folder: Path, path: str, *words: str) -> tuple[str, str]:
    """The Python that was to install, and what was said."""
    (folder / "asked").unlink(missing_ok=True)
    done = make(folder, *words, "quick", path=path)
    assert done.returncode
    asked = folder / "asked"
    return (asked.read_text().split()[0] if asked.exists() else ""), done.stderr


@pytest.mark.parametrize(
    ("pythons", "expected"),
    [
        ({"python3": "3.12", "python3_13": "3.13"}, "python3"),
        ({"python3": "3.10", "python3_12": "3.12"}, "python3.12"),
        ({"python3": "3.14", "python3_11": "3.11", "python3_13": "3.13"}, "python3.13"),
        ({"python3": "3.9", "python": "3.11"}, "python"),
        ({"python": "2.7", "python3_11": "3.11"}, "python3.11"),
    ],
)
def test_the_first_that_fits_is_taken(tmp_path, pythons, expected):
    bodies = {name: fake(version) for name, version in pythons.items()}
    path = programs(tmp_path / "bin", **bodies)
    assert chosen(checkout(tmp_path / "toy"), path)[0] == f"{path}/{expected}"


def test_where_none_fits_it_says_what_is_needed_and_what_was_found(tmp_path):
    pythons = {"python3": fake("3.10"), "python3_13": BROKEN, "python3_12": WITHOUT_VENV}
    path = programs(tmp_path / "bin", **pythons, python=fake("2.7"))
    folder = checkout(tmp_path / "toy")
    python, said = chosen(folder, path)
    assert not python and not (folder / ".venv").exists()
    assert said.splitlines()[0] == (
        "gaebench needs Python 3.11, 3.12 or 3.13; found: python3 is 3.10, python3.12 is 3.12 "
        "without venv (is there a package python3.12-venv?), python is 2.7. "
        "Install one, or name it: make PYTHON=/path/to/python3.12 ..."
    )


def test_where_there_is_none_it_says_so(tmp_path):
    path = programs(tmp_path / "bin")
    assert "found: none." in chosen(checkout(tmp_path / "toy"), path)[1]


def test_a_python_can_be_named(tmp_path):
    path = programs(tmp_path / "bin", python3=fake("3.12"))
    script(tmp_path / "my python/python", fake("3.11"))
    folder = checkout(tmp_path / "toy")
    asked = chosen(folder, path, f"PYTHON={tmp_path}/my python/python")
    assert asked[0].startswith(f"{tmp_path}/my")
    assert "found: no none." in chosen(folder, path, "PYTHON=none")[1]
    script(tmp_path / "old", fake("3.9"))
    assert f"found: {tmp_path}/old is 3.9." in chosen(folder, path, f"PYTHON={tmp_path}/old")[1]


def test_an_old_environment_does_not_make_the_new_one(tmp_path):
    path = programs(tmp_path / "bin", python3=fake("3.11"))
    folder = checkout(tmp_path / "toy")
    script(folder / ".venv/bin/python", fake("3.10"))
    script(folder / ".venv/bin/python3", fake("3.10"))
    assert chosen(folder, path)[0] == f"{path}/python3"
    (folder / ".venv/bin/python").unlink()
    (folder / ".venv/bin/python").symlink_to("/no/such/python")
    assert chosen(folder, path)[0] == f"{path}/python3"


def test_the_versions_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    low, high = map(int, re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"]).groups())
    wanted = [f"3.{minor}" for minor in range(low, high)]
    text = (ROOT / "workflow/install.sh").read_text()
    assert f"    {' | '.join(wanted)})" in text
    assert f"Python {', '.join(wanted[:-1])} or {wanted[-1]};" in text
    assert all(f" python{version} " in text for version in wanted)


# ---- which environment


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """An environment that is said to be whole, and the commands that are run for it."""
    folder = checkout(tmp_path / "toy")
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").symlink_to(sys.executable)
    for name, value in {
        "ROOT": folder,
        "VENV": folder / ".venv",
        "PYTHON": folder / ".venv/bin/python",
        "PINS": folder / "workflow/pins.txt",
        "STAMP": folder / ".venv/.installed",
    }.items():
        monkeypatch.setattr(install, name, value)
    ran: list[list[str]] = []
    monkeypatch.setattr(install, "run", lambda *words: ran.append([*map(str, words[2:])]))
    monkeypatch.delenv("PYTHON", raising=False)
    install.write(whole())
    return ran


def whole(**other: object) -> dict:
    """What a whole environment says of itself."""
    there = {"checkout": str(install.ROOT), "python": HERE, "extras": ["test"]}
    return there | {"project": install.project()} | other


def installed(further: str = "") -> list[list[str]]:
    """What is asked for, by uv and by pip."""
    hashed = ["--require-hashes", "--requirement", str(install.ROOT / "workflow/pins.txt")]
    return [
        ["pip", "install", "uv==1.0"],
        ["install", "--python", str(install.PYTHON), "--compile-bytecode", *hashed],
        ["pip", "install", "torch==2.13.0"],
        ["pip", "install", "--no-deps", "--no-build-isolation", "--editable", "."],
        *([["pip", "install", "--editable", f".[{further}]"]] if further else []),
    ]


def venv() -> list[str]:
    return ["venv", "--clear", str(install.VENV)]


def test_a_whole_one_is_left_alone(commands):
    install.main(["test"])
    assert commands == []


@pytest.mark.parametrize("other", [{"checkout": "/elsewhere"}, {"python": "3.9"}])
def test_one_of_another_place_or_python_is_made_anew(commands, other):
    install.write(whole(**other))
    install.main(["test"])
    assert commands == [venv(), *installed()]
    install.main(["test"])
    assert len(commands) == 5, "it is whole now"


@pytest.mark.parametrize("content", [None, "", "{"])
def test_one_that_is_half_made_is_made_anew(commands, content):
    install.STAMP.unlink()
    if content is not None:
        install.STAMP.write_text(content)
    install.main(["test"])
    assert commands == [venv(), *installed()]


def test_one_whose_python_is_gone_is_made_anew(commands, monkeypatch):
    install.PYTHON.unlink()
    install.PYTHON.symlink_to("/no/such/python")
    install.main(["test"])
    assert commands == [venv(), *installed()]


def test_one_of_another_python_than_was_asked_for_is_made_anew(commands, monkeypatch):
    monkeypatch.setenv("PYTHON", sys.executable)
    install.main(["test"])
    assert commands == []
    monkeypatch.setattr(
        install, "version", lambda python: "3.12" if python == sys.executable else HERE
    )
    install.main(["test"])
    assert commands == ([] if HERE == "3.12" else [venv(), *installed()])


def test_further_extras_stay_when_the_project_changes(commands):
    install.main(["test", "bench"])
    install.main(["test"])
    assert commands == installed("bench")
    (install.ROOT / "workflow/pins.txt").write_text("# other pins\n")
    install.main(["test"])
    assert commands == installed("bench") * 2


def test_what_pip_cannot_better_is_tried_again_and_what_was_cut_short_is_made_anew(
    commands, monkeypatch
):
    def failing(*words: object) -> None:
        raise ended

    (install.ROOT / "workflow/pins.txt").write_text("# other pins\n")
    record = install.run
    for ended, after in [
        (SystemExit(1), installed()),
        (KeyboardInterrupt(), [venv(), *installed()]),
    ]:
        install.write(whole(project="another"))
        monkeypatch.setattr(install, "run", failing)
        with pytest.raises(type(ended)):
            install.main(["test"])
        monkeypatch.setattr(install, "run", record)
        commands.clear()
        install.main(["test"])
        assert commands == after


@pytest.mark.parametrize("failing", ["uv==1.0", "--python"])
def test_where_uv_cannot_be_had_pip_does_it(commands, monkeypatch, capsys, failing):
    record = install.run

    def run(*words: object) -> None:
        record(*words)
        if failing in words:
            sys.exit("no such package")

    monkeypatch.setattr(install, "run", run)
    install.STAMP.unlink()
    install.main(["test"])
    pins = ["--require-hashes", "--requirement", str(install.PINS)]
    assert ["pip", "install", *pins] in commands
    assert "without uv, which takes longer: no such package" in capsys.readouterr().err
    assert install.up_to_date(["test"])


def test_where_nothing_can_be_written_it_says_so(commands, monkeypatch):
    install.STAMP.unlink()
    (install.ROOT / ".venv.lock").mkdir()
    with pytest.raises(SystemExit, match=r"could not be made: .*\.venv\.lock"):
        install.main(["test"])
    assert commands == []


# ---- by which path


@pytest.mark.parametrize("target", TARGETS)
def test_no_recipe_looks_a_tool_up(target, path):
    done = subprocess.run(
        [shutil.which("make"), "-n", target],
        cwd=ROOT,
        env={"PATH": path, "HOME": os.environ["HOME"]},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.replace("\\\n", " ").splitlines()
    words = [next(word for word in line.split() if "=" not in word) for line in lines]
    assert {word for word in words if not word.startswith(".venv/bin/")} <= {"sh"}
    assert lines[0].startswith("sh workflow/install.sh test") and len(lines) > 1


def test_every_target_is_tried_and_no_search_path_is_exported():
    text = (ROOT / "Makefile").read_text()
    named = " ".join(re.findall(r"^\.PHONY: (.*)$", text, re.M)).split()
    assert {*named} == {*TARGETS, *(f"environment{extra}" for extra in ("", *FURTHER))}
    assert not re.search(r"^\s*(export )?PATH\b", text, re.M)


@pytest.mark.parametrize("stage", ["data", "runs", "report"])
def test_dvc_finds_snakemake_in_the_environment_that_it_lies_in(tmp_path, path, stage):
    script(tmp_path / ".venv/bin/snakemake", "echo the environment\\'s")
    command = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"][stage]["cmd"]

    def run(search_path: str) -> str:
        settings = {"PATH": search_path}
        return subprocess.check_output(
            command, shell=True, cwd=tmp_path, env=settings, text=True
        ).strip()

    assert run(path) == "the environment's"
    script(tmp_path / "mine/snakemake", "echo mine")
    assert run(f"{tmp_path}/mine:{path}") == "mine"


# ---- where a checkout may lie


@pytest.mark.parametrize("character", ["{", "}", ":", "\n"])
def test_no_path_may_have(character):
    odd = Path(f"/home/me/a{character}b")
    assert "of this checkout" in place.problem(odd, Path("/usr/bin/python3"))
    assert "of Python" in place.problem(Path("/home/me/plain"), odd / "bin/python3")


@pytest.mark.parametrize("character", list(" \t\"'`$&;|<>()*?[]\\"))
def test_a_checkout_may_have_where_python_is_elsewhere(character):
    odd = Path(f"/home/me/a{character}b")
    assert place.problem(odd, Path("/usr/bin/python3")) is None
    assert "of this checkout" in place.problem(odd, odd / ".venv/bin/python")
    assert "of Python" in place.problem(Path("/home/me/plain"), odd / "bin/python3")


def test_a_message_is_one_line():
    assert "\n" not in place.problem(Path("/a\nb"), Path("/usr/bin/python3"))


@pytest.mark.pipeline
def test_snakemake_runs_where_only_the_checkout_has_a_space_and_refuses_a_brace(
    tmp_path, mnist_raw
):
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "data/processed/mnist.npz"]
    spaced = _copy(tmp_path / "my project & it's", mnist_raw)
    done = subprocess.run(command, cwd=spaced, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        command, cwd=_copy(tmp_path / "a{b}", mnist_raw), capture_output=True, text=True
    )
    assert done.returncode and "the path of this checkout has a brace" in done.stderr
    assert "Traceback" not in done.stderr


def _copy(folder: Path, raw: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    for part in ("gaebench", "workflow"):
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    for part in ("params.yaml", "environment.yml"):
        shutil.copy(ROOT / part, folder / part)
    shutil.copytree(raw, folder / "data/raw/mnist")
    return folder


# ---- line ends


def test_a_checkout_with_other_line_ends_has_the_same_bytes(tmp_path, path):
    origin = tmp_path / "origin"
    parts = [".gitattributes", ".ci/run", "Makefile", "params.yaml", "workflow/install.sh"]
    parts += ["gaebench/published/numbers.csv", "dvc.lock", "results/figures/samples.png"]
    for part in parts:
        (origin / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, origin / part)
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    git(origin, "init", "--quiet")
    git(origin, "add", ".")
    git(origin, *who, "commit", "--quiet", "--message", "All")
    git(tmp_path, "-c", "core.autocrlf=true", "clone", "--quiet", "origin", "windows")
    for part in parts:
        assert (tmp_path / "windows" / part).read_bytes() == (ROOT / part).read_bytes()
    script(tmp_path / "windows/workflow/install.sh", "echo started; exit 1")
    done = subprocess.run(
        [tmp_path / "windows/.ci/run"], env={"PATH": path}, capture_output=True, text=True
    )
    assert "started" in done.stdout


def git(folder: Path, *words: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", *words], cwd=folder, check=True)
