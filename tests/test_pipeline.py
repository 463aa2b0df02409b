"""The whole graph with real processes on real MNIST, tiny: what runs again, and what does not.

One project is run once; then each test edits a copy of it and asks Snakemake which jobs are due.
"""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml
from test_view import Seen

from torture import project as torture

pytestmark = pytest.mark.pipeline

ROOT = Path(__file__).parents[1]
PARTS = (
    "gaebench",
    "workflow",
    ".dvc/config",
    ".dvc/.gitignore",
    ".dvcignore",
    ".gitignore",
    "dvc.yaml",
    "environment.yml",
    "data/licensed",
    "data/foreign",
)
JOB = re.compile(
    r"^(?:local)?(?:rule|checkpoint) (\w+):\n(?:    .*\n)*?    output: ([^,\n]*)", re.M
)
RAN = re.compile(r"^\[\d+/\d+\] (\w+) ?(\S*) \(", re.M)
"""A line of a run without a terminal: rule and wildcards of a job that ended."""
TRAINING = re.compile(r"results/runs/(.*)/model\.pt")


SUMMARIES = {"collect", "tables", "claims", "page", "outcome"}
"""Rules that are about all numbers."""
LATENT = ("latent_density", "latent_classes", "latent_depths")


def tiny_config() -> dict:
    """Two small models, three runs, a control, two metrics, every figure, a data set missing."""
    config = yaml.safe_load((ROOT / "params.yaml").read_text())
    small = {"layers": 1, "hidden": 8, "latent": 2}
    panel = {"dataset": "mnist", "models": ["vae-1", "gae-1"], "seed": 0}
    parzen = {"models": ["vae-1", "gae-1"], "seeds": {"tfd": [0], "mnist": [0]}}
    return config | {
        "device": "cpu",
        "train": config["train"]
        | {"epochs": 1, "batch": 5000, "budget": 1.0, "stop_on": "bound", "valid_images": 100},
        "models": {
            "vae-1": {"family": "vae", "settings": dict(small)},
            "gae-1": {"family": "gae", "settings": dict(small)},
        },
        "samples": 100,
        "metrics": {
            "parzen": {"validation": 100},
            "parzen_protocols": {"samples": 100, "validation": 100, "images": 100},
            "parzen_curve": {"samples": 1000, "validation": 100, "images": 100},
            "loglik_prior": {"draws": 50},
            "negentropy": {"draws": 100},
            "modes": {"step": 0.2},
            "loglik_is": {"draws": 50, "images": 20, "subset": 5},
        },
        "tables": {
            "table2": {"models": ["vae-1"], "seeds": {"bimnist": [0]}},
            "table1": parzen | {"controls": ["train-images"]},
            "reach": parzen,
        },
        "figures": dict.fromkeys(("samples", "faces", *LATENT), panel)
        | {"nearest": panel | {"controls": ["held-out"]}}
        | {"curves": {"panels": {"mnist": ["vae-1", "gae-1"]}}}
        | {"parzen_curves": panel | {"models": ["vae-1"], "controls": ["train-images"]}}
        | {"likelihood_curves": panel | {"dataset": "bimnist", "models": ["vae-1"]}},
    }


def only_one_run(config: dict) -> None:
    """One model, one metric, one figure: for tests of every rule rather than of every number."""
    config["tables"] = {"table1": {"models": ["vae-1"], "seeds": {"mnist": [0]}}}
    config["figures"] = {"samples": {"dataset": "mnist", "models": ["vae-1"], "seed": 0}}


class Project(torture.Project):
    """A checkout of this project in a folder of its own."""

    @classmethod
    def create(cls, folder: Path, raw: Path) -> "Project":
        """Copy the code, write the tiny parameters, place MNIST where its fetching finds it."""
        project = cls(folder)
        for part in PARTS:
            source, target = ROOT / part, folder / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        project.configure(tiny_config())
        (folder / "data/raw").mkdir()
        shutil.copytree(raw, folder / "data/raw/mnist")
        project.run("git", "init", "--quiet")
        return project

    @staticmethod
    def environment() -> dict[str, str]:
        """That of its processes."""
        return environment()

    def configure(self, config: dict) -> None:
        """Write params.yaml."""
        # Through a dumper without anchors: DVC would keep them.
        dumper = type("Plain", (yaml.SafeDumper,), {"ignore_aliases": lambda *_: True})
        (self.folder / "params.yaml").write_text(yaml.dump(config, Dumper=dumper, sort_keys=False))

    def edit(self, change: Callable[[dict], None]) -> None:
        """Change params.yaml."""
        config = yaml.safe_load((self.folder / "params.yaml").read_text())
        change(config)
        self.configure(config)

    def run(self, *command: str, status: int = 0) -> str:
        """Run a command to its end; its output."""
        process = self.start(*command)
        output, _ = process.communicate(timeout=1800)
        assert process.returncode == status, output
        return output

    def due(self, *options: str) -> set[tuple[str, str]]:
        """The jobs that would run: rule and first output."""
        return set(JOB.findall(self.run("snakemake", "-n", *options)))

    def files(self) -> dict[str, bytes]:
        """What data and results hold, less the logs and the temporary names of killed jobs."""
        found = [*self.folder.glob("results/**/*"), *self.folder.glob("data/processed/*")]
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in found
            if path.is_file() and "logs" not in path.parts and path.suffix not in (".part", ".kept")
        }


def environment() -> dict[str, str]:
    """The environment of the processes: this Python's programs first, no settings from outside."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SNAKEMAKE")}
    kept.pop("PYTHONPATH", None)
    path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    return kept | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "DVC_NO_ANALYTICS": "1"}


def trainings(jobs: set[tuple[str, str]]) -> set[str]:
    """The runs among some jobs that would be trained."""
    return {TRAINING.fullmatch(output)[1] for rule, output in jobs if rule == "train"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, mnist_raw: Path) -> Project:
    """A project after `snakemake all`."""
    project = Project.create(tmp_path_factory.mktemp("finished") / "project", mnist_raw)
    project.run("snakemake", "all")
    return project


@pytest.fixture(scope="module")
def recorded(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The finished project after `dvc repro`, a commit and `dvc push` to a folder."""
    remote = tmp_path_factory.mktemp("remote")
    before = {path: path.stat().st_mtime_ns for path in finished.folder.glob("results/**/*.pt")}
    finished.run("dvc", "remote", "add", "--default", "folder", str(remote))
    finished.run("dvc", "remote", "modify", "folder", "verify", "true")
    output = finished.run("dvc", "repro")
    assert not RAN.findall(output), "DVC finds nothing to run after Snakemake, and records"
    assert before == {path: path.stat().st_mtime_ns for path in before}
    finished.run("git", "add", ".")
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    finished.run("git", *who, "commit", "--quiet", "--message", "Results")
    finished.run("dvc", "push", "--quiet")
    return finished


@pytest.fixture
def project(finished: Project, tmp_path: Path) -> Project:
    """A copy of the finished project, to be edited."""
    return finished.copy(tmp_path / "copy")


def test_the_results_are_complete(finished):
    folder = finished.folder / "results"
    drawn = ("curves", "parzen_curves", "likelihood_curves")
    names = ("samples", "faces", "nearest", *LATENT, *drawn)
    assert {path.stem for path in (folder / "figures").glob("*.png")} == set(names)
    assert {path.stem for path in (folder / "vector").glob("*.svg")} == set(names)
    lines = (folder / "metrics.csv").read_text().splitlines()
    assert lines[0] == "dataset,model,seed,metric,value,sem,version"
    measured = [tuple(line.split(",")[1::2][:2]) for line in lines[1:]]
    assert measured[:4] == [
        ("vae-1", "loglik_prior"),
        ("vae-1", "parzen"),
        ("gae-1", "parzen"),
        ("train-images", "parzen"),
    ], "the order of params.yaml"
    reach = {"parzen_protocols", "parzen_curve"}
    figures = {"negentropy", "modes", "loglik_is"}
    metrics = {metric.split(".")[0] for _, metric in measured}
    assert metrics == {"loglik_prior", "parzen"} | reach | figures
    assert {line.split(",")[-1] for line in lines[1:]} == {"1"}
    assert not (folder / "runs/mnist/train-images/0/model.pt").exists()
    tables = (folder / "tables.md").read_text()
    assert "| training images" in tables
    number = r" +-?\d+\.\d\d ± \d+\.\d\d +\|"
    assert re.search(rf"\| MNIST +\| +the protocol of Table 1 +\|({number}){{2}}", tables)
    assert "TFD_48x48.mat" in tables
    assert "snakemake -f data/raw/tfd.json" in tables
    order = ("## Table 2", "## Table 1", "TFD, ours", "MNIST, ours")
    assert sorted(order, key=tables.index) == list(order), "the order of params.yaml"


def test_the_page_shows_what_came_out(finished):
    """The numbers of both tables, the figures, and the scores of the test images."""
    folder = finished.folder / "results"
    page = (folder / "index.html").read_text()
    text = re.sub(r"<[^>]*>", "", page)
    for metric, count in {"parzen": 3, "loglik_prior": 1}.items():
        files = sorted((folder / "runs").rglob(f"{metric}.json"))
        values = [json.loads(file.read_text())["value"] for file in files]
        assert len(values) >= count and all(f"{value:.2f}" in text for value in values)
    for figure in sorted((folder / "figures").glob("*.png")):
        assert base64.b64encode(figure.read_bytes()).decode() in page
    assert page.count('<section class="scores">') == 2
    assert "TFD is not here" in page and str(finished.folder) not in page


def test_every_job_has_a_log_and_a_benchmark(finished):
    logs = finished.folder / "results/logs"
    run = logs / "train/mnist/gae-1/0"
    assert "epoch 1/1" in run.with_suffix(".log").read_text()
    assert run.with_suffix(".tsv").exists()


def test_nothing_is_due_after_a_run_even_when_every_file_is_touched(project):
    assert not project.due()
    for path in sorted(project.folder.rglob("*"), reverse=True):
        if (
            path.is_file()
            and ".git/" not in path.as_posix()
            and ".snakemake/" not in path.as_posix()
        ):
            path.touch()
    assert not project.due()


def test_one_models_parameter_trains_that_model_and_no_other(project):
    project.edit(lambda config: config["models"]["gae-1"]["settings"].update(hidden=9))
    due = project.due()
    assert trainings(due) == {"mnist/gae-1/0"}
    assert not {rule for rule, _ in due} & {"fetch", "prepare"}
    evaluated = {output for rule, output in due if rule == "evaluate_model"}
    assert evaluated == {
        f"results/runs/mnist/gae-1/0/{metric}.json"
        for metric in ("negentropy", "modes", "parzen_curve", "parzen_protocols")
    }


def test_swapped_values_are_noticed(project):
    project.edit(lambda config: config["models"]["vae-1"]["settings"].update(hidden=1, layers=8))
    assert trainings(project.due()) == {"mnist/vae-1/0", "bimnist/vae-1/0"}


def test_the_longest_training_begins_first_and_scores_wait_for_none(project):
    shutil.rmtree(project.folder / "results")
    project.edit(lambda config: config["models"]["vae-1"].update(train={"epochs": 4}))
    scores = [f"results/runs/mnist/{model}/0/parzen.json" for model in ("gae-1", "vae-1")]
    ran = RAN.findall(project.run("snakemake", "--cores", "1", *scores))
    each = ("train", "sample", "evaluate")
    assert [rule for rule, _ in ran if rule in each] == [*each, *each]
    assert [place for rule, place in ran if rule == "train"] == ["mnist/vae-1/0", "mnist/gae-1/0"]


def test_a_new_metric_trains_nothing(project):
    def add(config: dict) -> None:
        config["tables"]["bounds"] = config["tables"]["table2"]

    project.edit(add)
    due = project.due()
    assert ("evaluate_model", "results/runs/bimnist/vae-1/0/bound.json") in due
    assert {rule for rule, _ in due} == {"evaluate_model", *SUMMARIES}


def test_costs_are_told_when_asked_for_and_the_page_shows_them(project):
    before = project.files()
    project.run("snakemake", "cost")
    told = pd.read_csv(project.folder / "results/cost.csv").set_index(["dataset", "model"])
    assert set(told.index) == {("mnist", "vae-1"), ("mnist", "gae-1"), ("bimnist", "vae-1")}
    one = told.loc["mnist", "vae-1"]
    assert (
        one.parameters > 1000
        and one.seconds > 0
        and one.images_a_second > 0
        and one.gigabytes > 0.1
    )
    assert "Training" in (project.folder / "results/cost.md").read_text()
    made = {name: there for name, there in project.files().items() if "cost" not in name}
    assert made == before, "nothing else is made for it"
    assert project.due() == {("page", "results/index.html"), ("outcome", "results/outcome.md")}
    project.run("snakemake", "all")
    page = (project.folder / "results/index.html").read_text()
    assert "What it cost" in page and not project.due("all", "cost")


def test_the_number_of_samples_trains_nothing(project):
    project.edit(lambda config: config.update(samples=101))
    due = project.due()
    assert not trainings(due)
    assert {output for rule, output in due if rule == "sample"} == {
        f"results/runs/mnist/{model}/0/samples.npy" for model in ("vae-1", "gae-1")
    }


def test_a_dropped_model_leaves_the_tables_and_trains_nothing(project):
    project.edit(lambda config: config["tables"]["table1"]["models"].remove("gae-1"))
    assert {rule for rule, _ in project.due()} == SUMMARIES


def test_neither_device_nor_checkpoints_are_a_reason_to_run_again(project):
    project.edit(lambda config: config.update(device="auto", tf32=True, checkpoint_minutes=1))
    assert not project.due()


def test_an_edited_module_trains_what_imports_it_and_a_comment_trains_nothing(project):
    module = project.folder / "gaebench/models/gae.py"
    text = module.read_text()
    module.write_text(text + "\n# A comment.\n")
    assert not project.due()
    module.write_text(text + "\nEDITED = True\n")
    assert trainings(project.due()) == {"mnist/gae-1/0"}
    module.write_text(text)
    blocks = project.folder / "gaebench/networks/blocks.py"
    blocks.write_text(blocks.read_text() + "\nEDITED = True\n")
    assert trainings(project.due()) == {"mnist/gae-1/0", "mnist/vae-1/0", "bimnist/vae-1/0"}


def test_an_edited_published_number_renders_the_tables_anew(project):
    numbers = project.folder / "gaebench/published/numbers.csv"
    numbers.write_text(numbers.read_text().replace("296.77", "296.78"))
    assert {rule for rule, _ in project.due()} == SUMMARIES - {"collect"}


def test_a_data_set_that_turns_up_is_used(project):
    (project.folder / "data/licensed/TFD_48x48.mat").write_bytes(b"not really")
    assert ("fetch", "data/raw/tfd.json") in project.due()


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_raw_file_is_fetched_anew(project, mnist_raw, monkeypatch, damage):
    raw = project.folder / "data/raw/mnist/train-images-idx3-ubyte"
    whole = raw.read_bytes()
    raw.unlink()
    if damage == "cut":
        raw.write_bytes(whole[:-100])
    monkeypatch.setenv("GAEBENCH_MIRROR", str(mnist_raw))
    before = (project.folder / "data/processed/mnist.npz").read_bytes()
    (project.folder / "data/processed/mnist.npz").unlink()
    project.run("snakemake", "data/processed/mnist.npz")
    assert raw.read_bytes() == whole
    assert (project.folder / "data/processed/mnist.npz").read_bytes() == before


def test_a_mistake_of_yaml_is_named_with_file_and_line(project):
    path = project.folder / "params.yaml"
    path.write_text(path.read_text() + "samples: 7\n")
    output = project.run("snakemake", "-n", status=1)
    assert re.search(r"params\.yaml, line \d+: samples stands here a second time", output)
    (project.folder / "over.yaml").write_text("models:\n  vae-1: {}\n  vae-1: {}\n")
    path.write_text(path.read_text().removesuffix("samples: 7\n"))
    output = project.run("snakemake", "-n", "--configfile", "over.yaml", status=1)
    assert "over.yaml, line 3: models.vae-1 stands here a second time" in output


def test_a_figure_of_what_cannot_be_had_is_left_out_and_said_until_it_can(
    project, faces_raw, monkeypatch
):
    def ask(config: dict) -> None:
        seen = {"dataset": "faces", "models": ["vae-1"]}
        config["datasets"]["faces"]["optional"] = True
        config["tables"]["table1"]["seeds"]["faces"] = [0]
        config["figures"] = {"faces": seen, "curves": {"panels": {"mnist": ["vae-1"]}}}
        config["figures"]["curves"]["panels"]["faces"] = ["vae-1"]

    figures = project.folder / "results/figures"
    (figures / "faces.png").unlink()
    project.edit(ask)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("GAEBENCH_MIRROR", raising=False)
    output = project.run("snakemake", "all")
    assert not (figures / "faces.png").exists()
    assert ",faces," not in (project.folder / "results/metrics.csv").read_text()
    assert "left out: orl: " in (project.folder / "results/logs/figures/curves.log").read_text()
    [said] = [line for line in output.splitlines() if line.startswith("figure faces left out: ")]
    assert not project.due(), "a second run has nothing to do"
    asked = project.run("snakemake", "results/figures/faces.png", status=1)
    assert "[figure/faces] error: nothing to draw: orl: " in asked
    one_panel = (figures / "curves.png").read_bytes()
    monkeypatch.setenv("GAEBENCH_MIRROR", str(faces_raw))
    project.run(*said.partition("To try again: ")[2].split())
    assert "left out" not in project.run("snakemake", "all")
    assert (figures / "faces.png").exists() and (figures / "curves.png").read_bytes() != one_panel
    rows = (project.folder / "results/metrics.csv").read_text().splitlines()
    measured = [row.split(",")[1] for row in rows if row.startswith("faces,")]
    assert measured == ["vae-1", "gae-1", "train-images"]


def test_bad_parameters_end_before_anything_runs(project):
    project.edit(lambda config: config["models"]["gae-1"]["settings"].update(hiden=9))
    output = project.run("snakemake", "-n", status=1)
    assert "models.gae-1.settings.hiden: unknown key; did you mean 'hidden'?" in output
    assert "Traceback" not in output


def test_a_study_does_not_write_over_the_results(project):
    output = project.run("snakemake", "-n", "study", status=1)
    assert "a study must not write over results: give it results of its own" in output


def test_a_study_with_a_run_that_failed_ends_with_an_error(project):
    def study(rate: float) -> list[str]:
        table = {"models": ["vae-1"], "seeds": {"mnist": [0]}}
        laid = {
            "results": "results/steep",
            "models": {"vae-1": {"settings": {"learning_rate": rate}}},
            "tables": {"table1": table, "table2": None, "reach": None},
            "figures": None,
        }
        (project.folder / "steep.yaml").write_text(yaml.safe_dump(laid))
        return ["snakemake", "--configfile", "steep.yaml", "--", "study"]

    output = project.run(*study(1e30), status=1)
    assert re.search(r"1 run failed.*\n.*mnist/vae-1/0: .*diverged", output)
    assert "failed" in (project.folder / "results/steep/tables.md").read_text()
    project.run(*study(1e-3))


def test_files_of_parameters_are_laid_one_over_another(project):
    (project.folder / "one.yaml").write_text("tables: {table1: null}\n")
    (project.folder / "two.yaml").write_text("tables: {table1: {models: [vae]}}\n")
    output = project.run("snakemake", "-n", "--configfile", "one.yaml", "two.yaml", status=1)
    assert "tables.table1.seeds: missing" in output, "null leaves nothing of it"


def test_a_failing_job_tells_why_without_a_traceback(project):
    project.edit(lambda config: config["models"]["gae-1"].update(train={"batch": 60_000}))
    output = project.run("snakemake", "results/runs/mnist/gae-1/0/model.pt", status=1)
    assert "[mnist/gae-1/0] error: batch 60000 exceeds the 50000 training images" in output
    assert "Traceback (most recent call last)" not in output
    log = project.folder / "results/logs/train/mnist/gae-1/0.log"
    assert "error: batch 60000" in log.read_text()


def test_a_run_that_diverges_is_a_cell_that_says_so_and_all_others_are_new(project):
    def break_one(config: dict) -> None:
        settings = {"layers": 1, "hidden": 8, "latent": 2, "learning_rate": 1e30}
        config["models"]["vae-9"] = {"family": "vae", "settings": settings, "tables": ["table1"]}
        config["metrics"]["parzen"]["validation"] = 90

    before = (project.folder / "results/tables.md").read_text()
    project.edit(break_one)
    output = project.run("snakemake", "all", status=1)
    last = "\n".join(output.splitlines()[-40:])
    assert re.search(r"mnist/vae-9/0: .*diverged", last)
    tables = (project.folder / "results/tables.md").read_text()
    assert re.search(r"\| vae-9 .*\| +failed<sup>\[\d+\]</sup> \|", tables)
    assert re.search(r"^\d+\. .*training diverged", tables, re.M)
    row = r"\| VAE \(1 layer\).*"
    assert (
        re.search(row, tables.split("## Table 1")[1])[0]
        != re.search(row, before.split("## Table 1")[1])[0]
    )
    metrics = (project.folder / "results/metrics.csv").read_text()
    assert "vae-9" not in metrics and "mnist,vae-1,0,parzen" in metrics
    assert project.run("snakemake", "all", status=1).count("failed: outcome") >= 1
    project.edit(lambda config: config["models"]["vae-9"]["settings"].update(learning_rate=0.001))
    project.run("snakemake", "all")
    assert "failed" not in (project.folder / "results/tables.md").read_text()


def test_killed_runs_leave_nothing_half_written_and_two_folders_hold_equal_bytes(
    finished, mnist_raw, tmp_path
):
    project = Project.create(tmp_path / "another", mnist_raw)
    process = project.start("snakemake", "all")
    await_file(project.folder / "results/logs/train/mnist/gae-1/0.log", process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    expected = finished.files()
    left = project.files()
    assert left.items() <= expected.items()
    assert "results/tables.md" not in left
    assert "The last run here was killed" in project.run("snakemake", "all")
    assert project.files() == expected


def await_file(path: Path, process: subprocess.Popen, text: str = "", seconds: float = 300) -> None:
    """Wait until a running process has made a file, with some text in it."""
    deadline = time.monotonic() + seconds
    while not (path.exists() and text.encode() in path.read_bytes()):
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.05)


MODEL = "results/runs/mnist/vae-1/0/model.pt"
HISTORY = "results/runs/mnist/vae-1/0/history.csv"
LOG = "results/logs/train/mnist/vae-1/0.log"
CHECKPOINT = "results/checkpoints/mnist/vae-1/0.pt"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, mnist_raw: Path) -> Project:
    """A project in which a model was trained for some seconds."""
    project = Project.create(tmp_path_factory.mktemp("undisturbed") / "project", mnist_raw)
    longer = {"epochs": 20, "score_every": 4, "batch": 1000}
    project.edit(lambda config: config["models"]["vae-1"].update(train=longer))
    project.run("snakemake", MODEL)
    return project


@pytest.mark.parametrize(
    ("kind", "minutes"),
    [(signal.SIGKILL, 0), (signal.SIGTERM, 1000)],
    ids=["SIGKILL", "SIGTERM"],
)
def test_a_killed_training_goes_on_from_its_checkpoint_to_the_same_bytes(
    undisturbed, tmp_path, kind, minutes
):
    expected = undisturbed.files()
    assert MODEL in expected
    assert HISTORY in expected
    project = undisturbed.copy(tmp_path / "copy")
    for path in (MODEL, HISTORY, LOG):
        (project.folder / path).unlink()
    project.edit(lambda config: config.update(checkpoint_minutes=minutes))
    log = project.folder / LOG
    process = project.start("snakemake", MODEL)
    await_file(log, process, text="epoch 8/20")
    os.killpg(process.pid, kind)
    process.communicate()
    assert not (project.folder / MODEL).exists()
    assert (project.folder / CHECKPOINT).is_file()
    project.run("git", "check-ignore", CHECKPOINT)
    project.run("snakemake", MODEL)
    assert "goes on from its checkpoint: stage vae" in log.read_text()
    assert "epoch 4/20" not in log.read_text()
    assert project.files() == expected
    assert not (project.folder / CHECKPOINT).exists()


def test_dvc_finds_nothing_to_do_after_snakemake(recorded):
    assert "up to date" in recorded.run("dvc", "status")
    assert not recorded.run("git", "status", "--short")


def test_a_fresh_clone_after_dvc_pull_has_nothing_to_do_and_then_exactly_its_jobs(
    recorded, tmp_path
):
    clone = Project(tmp_path / "clone")
    recorded.run("git", "clone", "--quiet", str(recorded.folder), str(clone.folder))
    clone.run("dvc", "pull", "--quiet")
    assert not clone.due()
    assert "up to date" in clone.run("dvc", "status")
    assert clone.files() == recorded.files()
    clone.edit(lambda config: config["models"]["gae-1"]["settings"].update(hidden=9))
    assert trainings(clone.due()) == {"mnist/gae-1/0"}
    before = (clone.folder / "results/runs/bimnist/vae-1/0/model.pt").stat().st_mtime_ns
    trained = {name for rule, name in RAN.findall(clone.run("dvc", "repro")) if rule == "train"}
    assert trained == {"mnist/gae-1/0"}
    assert (clone.folder / "results/runs/bimnist/vae-1/0/model.pt").stat().st_mtime_ns == before
    assert "up to date" in clone.run("dvc", "status")
    assert "parzen.mnist.gae-1.mean" in clone.run("dvc", "metrics", "diff", "--md")


def test_runs_that_another_machine_made_are_joined_and_not_made_again(
    finished, mnist_raw, tmp_path
):
    project = Project.create(tmp_path / "joined", mnist_raw)
    project.run("snakemake", "data")
    for part in ("results/runs/mnist/gae-1", ".snakemake/metadata"):
        shutil.copytree(finished.folder / part, project.folder / part, dirs_exist_ok=True)
    due = project.due()
    assert trainings(due) == {"mnist/vae-1/0", "bimnist/vae-1/0"}
    assert not [output for _, output in due if "/gae-1/" in output]


def test_dvc_sees_a_licensed_file_and_another_folder_of_results(recorded, tmp_path):
    project = recorded.copy(tmp_path / "copy")
    (project.folder / "data/licensed/TFD_48x48.mat").write_bytes(b"not really")
    status = project.run("dvc", "status", "data")
    assert re.search(r"modified: +data/licensed", status)
    (project.folder / "data/licensed/TFD_48x48.mat").unlink()
    assert "up to date" in project.run("dvc", "status")
    project.edit(lambda config: config.update(results="results/mine"))
    assert "results/mine/runs" in project.run("dvc", "status", "runs")
    assert ("train", "results/mine/runs/mnist/gae-1/0/model.pt") in project.due()


def test_a_terminal_shows_a_run_in_few_lines_and_its_tables_in_the_end(project):
    project.edit(lambda config: config.update(samples=101))
    seen = Seen().watch(["snakemake", "all"], project.folder, environment())
    text = "\n".join(seen.lines)
    assert seen.status == 0, text
    assert len(seen.lines) <= 40
    assert re.search(r"^\d+ jobs, \d+ at a time, about .*; results go to results$", text, re.M)
    assert any("━" in line and "jobs done" in line for line in seen.during)
    assert any(line.startswith("sample mnist/gae-1/0") for line in seen.during)
    assert "Table 1\n" in text and "Table 2\n" in text and "results/tables.md" in text
    assert re.search(r"^Missing: tfd: .*TFD_48x48\.mat", text, re.M)
    assert re.fullmatch(r"(\d+) of \1 jobs done in .*", seen.lines[-1])


def test_lint_and_the_report_are_clean(project):
    output = project.run("snakemake", "--lint")
    assert "Lints for" not in output
    project.run("snakemake", "--report", "report.html")
    text = (project.folder / "report.html").read_text()
    assert "latent_density.png" in text
