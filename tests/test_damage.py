"""Damage between two runs, with real processes: it is found, and made good, by the next run.

One project is run once; then each test damages a copy of it. File times stay as they were.
"""

import os
import sys
from pathlib import Path

import pytest
import yaml
from test_identity import DAMAGE, spoil, swap
from test_pipeline import Project, tiny_config

from gaebench.identity import record, tree

pytestmark = pytest.mark.pipeline

RUNS = "results/runs"


def config() -> dict:
    """Two small models, three runs, metrics of samples, features and models, one figure."""
    tiny = tiny_config()
    pair = {"models": ["vae-1", "gae-1"], "seeds": {"mnist": [0]}}
    return tiny | {
        "classifier": tiny["classifier"] | {"epochs": 1, "batch": 1000},
        "metrics": {"parzen": {"validation": 100}, "loglik_prior": {"draws": 50}},
        "tables": {
            "table2": {"models": ["vae-1"], "seeds": {"bimnist": [0]}},
            "table1": pair | {"seeds": {"tfd": [0], "mnist": [0]}},
            "quality": pair,
        },
        "figures": {"samples": {"dataset": "mnist", "models": ["vae-1", "gae-1"], "seed": 0}},
    }


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, mnist_raw: Path) -> Project:
    """A project after `snakemake all`."""
    project = Project.create(tmp_path_factory.mktemp("finished") / "project", mnist_raw)
    project.configure(config())
    project.run("snakemake", "all")
    assert verify(project) == set()
    return project


@pytest.fixture
def project(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of the finished project, to be damaged; the working directory."""
    copy = finished.copy(tmp_path / "copy")
    monkeypatch.chdir(copy.folder)
    return copy


def verify(project: Project) -> set[str]:
    """The files that are not what was made."""
    found = {finding.file for finding in tree.verify(project.folder)}
    output = project.run(sys.executable, "-m", "gaebench", "verify", status=1 if found else 0)
    assert all(file in output for file in found)
    return found


def edit(path: str, old: str, new: str) -> None:
    """Change a text; its times stay."""
    times, text = os.stat(path), Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new, 1))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def digit(path: str) -> None:
    """Change the last digit of a text."""
    text = Path(path).read_text()
    last = max(place for place, char in enumerate(text) if char.isdigit())
    edit(path, text[last - 3 :], text[last - 3 : last] + str((int(text[last]) + 1) % 10) + "\n}\n")


SPOILT = {
    f"{RUNS}/mnist/classifier.pt": "a bit flipped",
    f"{RUNS}/mnist/features.npz": "second half zero",
    f"{RUNS}/mnist/classifier.json": "emptied",
    f"{RUNS}/mnist/gae-1/0/history.csv": "cut",
    "data/raw/tfd.json": "emptied",
    "results/metrics.json": "emptied",
    "results/tables.md": "emptied",
    "results/claims.md": "last bit flipped",
    "results/index.html": "cut",
    "results/figures/samples.png": "a bit flipped",
    "results/vector/samples.svg": "emptied",
}


def test_everything_that_is_damaged_at_once_is_found_and_made_anew(project, finished):
    swap(f"{RUNS}/mnist/vae-1/0/samples.npy", f"{RUNS}/mnist/gae-1/0/samples.npy")
    one, other = (f"{RUNS}/{dataset}/vae-1/0/model.pt" for dataset in ("mnist", "bimnist"))
    swap(one, other)
    swap(record.place(one), record.place(other))
    swap(*(f"{RUNS}/mnist/{model}/0/parzen.json" for model in ("vae-1", "gae-1")))
    edit("results/metrics.csv", ".", ".1")
    for file, damage in SPOILT.items():
        spoil(file, damage)
    damaged = {
        *SPOILT,
        "results/metrics.csv",
        one,
        other,
        *(
            f"{RUNS}/mnist/{m}/0/{f}"
            for m in ("vae-1", "gae-1")
            for f in ("samples.npy", "parzen.json")
        ),
    }
    assert verify(project) >= damaged
    before = project.files()
    output = project.run("snakemake", "-n")
    assert project.files() == before, "a dry run changes nothing"
    assert "is not what was made" in output and "more files: make verify" in output
    assert "figures/samples.png" in str(project.due())
    project.run("snakemake", "all")
    assert project.files() == finished.files()
    assert verify(project) == set()
    assert not project.due()


def test_swapped_data_sets_are_made_anew_and_nothing_is_trained(project, finished):
    names = [f"data/processed/{name}.npz" for name in ("mnist", "bimnist")]
    swap(*names)
    output = project.run("snakemake", "-n")
    [said] = [line for line in output.splitlines() if "nothing else, first: snakemake" in line]
    command = said.partition("first: ")[2].split()
    assert set(command[1:]) == set(names)
    project.run(*command)
    assert project.files() == finished.files()
    assert not project.due()


def test_a_job_refuses_what_was_changed_since_the_run_began(project):
    """As it would in a long run: the script is given a file that the start did not see."""
    file = f"{RUNS}/mnist/vae-1/0/samples.npy"
    rule = project.folder / "workflow/Snakefile"
    rule.write_text(rule.read_text().replace("redo.mark(", "(lambda *_: None)("))
    spoil(file, "a bit flipped")
    output = project.run("snakemake", "--forcerun", f"{RUNS}/mnist/vae-1/0/parzen.json", status=1)
    assert f"error: {file} is not what was made (rule sample: dataset mnist" in output
    assert "Traceback" not in output


def test_an_earlier_version_of_a_text_is_made_anew(project, finished):
    """`git checkout HEAD~1 -- results`, say: whole in itself, but not of today's runs."""
    old = {path: path.read_bytes() for path in (project.folder / "results").glob("*.md")}
    old |= {record.place(path): record.place(path).read_bytes() for path in old}
    project.edit(lambda config: config["metrics"]["parzen"].update(validation=90))
    project.run("snakemake", "all")
    new = project.files()
    for path, content in old.items():
        path.write_bytes(content)
    assert "results/tables.md" in verify(project)
    project.run("snakemake", "all")
    assert project.files() == new


# ---- DVC


def flip(path: Path) -> None:
    """Flip a bit of an object in DVC's cache or in a remote; mode and times stay."""
    mode, times = path.stat().st_mode, path.stat()
    path.chmod(0o644)
    path.write_bytes(DAMAGE["a bit flipped"](path.read_bytes()))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    path.chmod(mode)


def object_of(project: Project, file: str, folder: Path) -> Path:
    """The object with the content of a file."""
    content = (project.folder / file).read_bytes()
    [found] = [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content
    ]
    return found


SAMPLES = f"{RUNS}/mnist/vae-1/0/samples.npy"


@pytest.fixture(scope="module")
def recorded(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project in DVC, pushed to a folder next to it."""
    folder = tmp_path_factory.mktemp("recorded")
    project = finished.copy(folder / "project")
    project.run("dvc", "remote", "add", "--default", "storage", str(folder / "remote"))
    project.run("dvc", "remote", "modify", "storage", "verify", "true")
    project.run("dvc", "repro", "--quiet")
    project.run("git", "add", ".")
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    project.run("git", *who, "commit", "--quiet", "--message", "Results")
    project.run("dvc", "push", "--quiet")
    return project


@pytest.fixture
def stored(recorded: Project, tmp_path: Path) -> Project:
    """A copy of it, to be damaged; the remote is shared."""
    return recorded.copy(tmp_path / "copy")


def test_a_bit_flipped_in_dvcs_cache_is_found_after_checkout(stored):
    flip(object_of(stored, SAMPLES, stored.folder / ".dvc/cache"))
    (stored.folder / SAMPLES).unlink()
    stored.run("dvc", "checkout", "--quiet")
    assert "up to date" in stored.run("dvc", "status")
    assert verify(stored) == {SAMPLES}
    assert ("sample", SAMPLES) in stored.due()


def test_a_bit_flipped_in_a_remote_ends_the_pull(recorded, tmp_path):
    damaged = object_of(recorded, SAMPLES, recorded.folder.with_name("remote"))
    clone = Project(tmp_path / "clone")
    recorded.run("git", "clone", "--quiet", str(recorded.folder), str(clone.folder))
    flip(damaged)
    output = clone.run("dvc", "pull", status=1)
    flip(damaged)
    assert "failed to pull data from the cloud" in output
    assert not (clone.folder / SAMPLES).exists()


def recorded_runs(project: Project) -> list[dict]:
    """The hash of the runs' folder that DVC has recorded."""
    lock = yaml.safe_load((project.folder / "dvc.lock").read_text())
    return lock["stages"]["runs"]["outs"]


def test_a_bit_flipped_in_the_workspace_is_made_good_by_dvc_repro_not_recorded(stored):
    before = recorded_runs(stored)
    path = stored.folder / SAMPLES
    path.write_bytes(DAMAGE["a bit flipped"](path.read_bytes()))
    assert verify(stored) == {SAMPLES}
    stored.run("dvc", "repro")
    assert verify(stored) == set()
    assert recorded_runs(stored) == before


def test_a_fresh_clone_has_every_identity(recorded, tmp_path):
    clone = Project(tmp_path / "clone")
    recorded.run("git", "clone", "--quiet", str(recorded.folder), str(clone.folder))
    clone.run("dvc", "pull", "--quiet")
    assert verify(clone) == set()
    assert not clone.due()
