"""The command as its users meet it: what it prints, where, and with which exit status."""

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from click.testing import CliRunner
from PIL import Image
from small import SHAPE, grey, project_in, small

import gaebench
from gaebench import metrics
from gaebench.command import scores
from gaebench.command.main import NAMES, main
from gaebench.command.numbers import Column
from gaebench.data import Dataset
from gaebench.errors import GaebenchError
from gaebench.project import Loaded, Project
from gaebench.report.cells import Mean
from gaebench.report.frames import COLUMNS
from gaebench.report.table import Entry, look, said
from gaebench.scoring import Subject, embedding, measure
from gaebench.seeding import stream

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path, monkeypatch):
    return project_in(tmp_path / "project", monkeypatch)


def commit(project: Path, *rows: tuple) -> None:
    (project / "results").mkdir()
    pd.DataFrame(rows, columns=COLUMNS).to_csv(project / "results/metrics.csv", index=False)


def run(*arguments: str, status: int = 0):
    done = CliRunner().invoke(main, list(arguments), terminal_width=80)
    assert done.exit_code == status, done.output + repr(done.exception)
    return done


# ---- help, and mistakes on the command line


@pytest.mark.parametrize("name", NAMES)
def test_every_subcommand_has_examples_and_says_its_exit_status(name):
    text = run(name, "--help").stdout
    assert f"gaebench {name}" in text and "Exit status: 0" in text


def test_help_imports_nothing_heavy():
    script = "import sys\nfrom gaebench.command.main import main\ntry:\n    main(['--help'])\n"
    script += "except SystemExit: pass\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    heavy = {"torch", "pandas", "scipy", "matplotlib", "sklearn", "snakemake"}
    assert "Usage" in done.stdout and not heavy & set(done.stdout.split())


def test_python_m_gaebench_is_the_command():
    command = [sys.executable, "-m", "gaebench", "--version"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == f"gaebench, version {gaebench.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("scores",),
        ("score", "a.npy"),
        ("score", "--dataset", "mnist"),
        ("score", "a.npy", "-d", "mnist", "--model", "a:B", "--weights", "w"),
        ("score", "-d", "mnist", "--model", "a:B"),
        ("score", "a.npy", "-d", "mnist", "--set", "a=1"),
        ("ls", "model"),
        ("validate", "missing.yaml"),
        ("compare",),
        ("compare", "a", "--fail-on", "better"),
    ],
)
def test_a_wrong_command_line_has_status_two(arguments):
    assert "Usage" in run(*arguments, status=2).stderr


# ---- score


def test_a_row_stands_between_the_committed_ones(project):
    commit(
        project,
        *(("mnist", "gae-2", seed, "parzen", 900.0 + seed, 1.0, 1) for seed in range(3)),
        ("mnist", "gan", 0, "parzen", -900.0, 1.0, 1),
        ("mnist", "held-out", 0, "parzen", 950.0, 1.0, 1),
        ("mnist", "vae", 0, "parzen", 1e5, 1.0, 9),
        ("faces", "aae", 0, "parzen", 3.0, 1.0, 1),
    )
    np.save("mine.npy", grey(60, 9))
    done = run("score", "mine.npy", "-d", "mnist", "-m", "parzen", "--name", "my model")
    rows = [line.rstrip() for line in done.stdout.splitlines()]
    found = [row for row in rows if any(char.isdigit() for char in row) and "Table" not in row]
    assert [row.split("  ")[0].strip() for row in found] == [
        "held-out images (control)", "GAE (2 layers)", "▶ my model", "GAN",
    ]  # fmt: skip
    assert found[1].endswith("901.00 ± 0.58*≈") or found[1].endswith("901.00 ± 0.58≈*")
    assert "* best of the models" in done.stdout and "≈ nearest to yours" in done.stdout
    assert all(len(row) <= 80 for row in rows)
    assert "parzen done" not in done.stdout and "parzen done" in done.stderr


def test_rows_are_in_the_order_of_the_first_column_those_without_a_number_last():
    """Where less is better too."""
    merit = look(Entry("frechet"), said("frechet"))
    ours = {"gae-2": Mean(10.0, 1.0, 3), "vae": Mean(30.0, 1.0, 3)}
    first = Column(Entry("frechet"), merit, ours, Mean(20.0, 1.0, 1))
    second = replace(first, ours=ours | {"gan": Mean(5.0, 1.0, 3)})
    scored = SimpleNamespace(name="mine")
    rows = scores._names([first, second], scored, Project.here(ROOT))
    assert list(rows) == ["gae-2", None, "vae", "gan"]


def test_numbers_are_those_of_the_graph(project):
    """The same settings, random streams and bits as a file of samples with the same images."""
    images = grey(60, 9)
    np.save("mine.npy", images)
    found = json.loads(run("score", "mine.npy", "-d", "mnist", "--json").stdout)
    data, rows = small(), images.astype(np.float32) / np.float32(255)
    for name in ("parzen", "nearest_train"):
        settings = Project.here().metrics([name])[name]
        draws = stream(0, name, "mnist", "mine")
        expected = metrics.measured(name, rows, data, draws, settings)
        assert found["scores"][name]["value"] == expected.value
        assert found["scores"][name]["sem"] == expected.sem
    assert set(found["scores"]) == {
        "parzen", "frechet", "prdc", "class_histogram", "data_copying", "authenticity",
        "nearest_train",
    }  # fmt: skip
    assert found["warnings"] == [] and found["failed"] == {}


def test_csv_is_a_table_of_results(project):
    np.save("mine.npy", grey(60, 9))
    done = run("score", "mine.npy", "-d", "mnist", "-m", "prdc", "--csv")
    lines = done.stdout.splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert [line.split(",")[3] for line in lines[1:]] == [
        "prdc", "prdc.density", "prdc.precision", "prdc.recall",
    ]  # fmt: skip


def test_a_folder_of_pngs_and_a_zip_are_the_same(project):
    Path("pngs").mkdir()
    with zipfile.ZipFile("pngs.zip", "w") as archive:
        for number, image in enumerate(grey(60, 9)):
            Image.fromarray(image.reshape(SHAPE)).save(f"pngs/{number}.png")
            archive.write(f"pngs/{number}.png")
    found = [run("score", what, "-d", "mnist", "-m", "parzen", "--csv").stdout
             for what in ("pngs", "pngs.zip")]  # fmt: skip
    assert found[0] == found[1]


def test_what_is_no_image_is_refused(project):
    np.save("mine.npy", grey(60, 9).astype(np.float64))
    done = run("score", "mine.npy", "-d", "mnist", status=1)
    assert done.stderr.splitlines()[-1].startswith("error: mine.npy: pixels must be in [0, 1]")
    assert done.stdout == ""


def test_warnings_are_said_and_can_be_asked_to_fail(project):
    np.save("mine.npy", small().train[:40])
    done = run("score", "mine.npy", "-d", "mnist", "-m", "parzen")
    assert "warning: 40 of the 40 images equal training images" in done.stderr
    assert "40 images, but models are compared at 60" in done.stderr
    assert "Not ranked" in done.stdout and "≈ " not in done.stdout, "of marks not shown no legend"
    run("score", "mine.npy", "-d", "mnist", "-m", "parzen", "--strict", status=3)


@pytest.mark.parametrize(
    "name", ["", "  ", "x" * 101, "a\rb", "a\nb", "\x1b[31m", "\udcff", "a\u2028b"]
)
def test_a_name_that_is_no_row_is_refused_before_anything_is_read(name):
    done = run("score", "missing.npy", "-d", "mnist", "--name", name, status=2)
    assert "printable" in done.stderr


@pytest.mark.parametrize("form", ["--csv", "--json"])
def test_a_metric_without_a_number_is_said_whatever_the_form(project, form):
    np.save("mine.npy", grey(2, 9))
    done = run("score", "mine.npy", "-d", "mnist", "-m", "parzen", "-m", "prdc", form, status=1)
    assert "prdc has no number: " in done.stderr and "parzen" in done.stdout


def test_committed_numbers_that_cannot_be_read_are_told_before_anything_is_computed(project):
    commit(project, ("mnist", "gan", 0, "parzen", -900.0, 1.0, 1))
    table = project / "results/metrics.csv"
    table.write_text("<<<<<<< HEAD\n" + table.read_text())
    np.save("mine.npy", grey(60, 9))
    done = run("score", "mine.npy", "-d", "mnist", "-m", "parzen", status=1)
    assert "metrics.csv" in done.stderr and "--csv" in done.stderr
    assert "parzen done" not in done.stderr
    assert "parzen" in run("score", "mine.npy", "-d", "mnist", "-m", "parzen", "--csv").stdout


@pytest.mark.parametrize("form", ["--csv", "--json", None])
def test_odd_names_of_files_are_printed_as_escapes(project, form):
    Path("pngs").mkdir()
    for number, image in enumerate(grey(60, 9)):
        Image.fromarray(image.reshape(SHAPE)).save(f"pngs/{number}.png")
    Path("pngs/caf\udce9.txt").write_text("")
    options = [form] if form else []
    done = run("score", "pngs", "-d", "mnist", "-m", "parzen", *options)
    assert r"caf\udce9.txt" in done.stderr


def test_cores_are_counted_where_the_system_does_not_say_which(project, monkeypatch):
    monkeypatch.delattr("os.sched_getaffinity")
    np.save("mine.npy", grey(60, 9))
    run("score", "mine.npy", "-d", "mnist", "-m", "parzen")


class Killer:
    """Whoever takes it out of a pickle ends at once, as a process does that the system kills."""

    def __reduce__(self) -> tuple:
        return os._exit, (9,)


def test_a_killed_process_is_told(tmp_path):
    images = grey(60, 9).astype(np.float32) / np.float32(255)
    subject = Subject(small(), "mnist", "mine", 0, {"epochs": Killer()}, tmp_path, images)
    with pytest.raises(GaebenchError, match="killed, most likely for lack of memory"):
        measure(subject, {"parzen": {"validation": 50}, "nearest_train": {}}, processes=2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-m", "parsen"), "no 'parsen'"),
        (("-m", "loglik_is"), "needs a model"),
    ],
)
def test_a_metric_that_cannot_be_had_is_named(project, arguments, words):
    np.save("mine.npy", grey(60, 9))
    assert words in run("score", "mine.npy", "-d", "mnist", *arguments, status=1).stderr


def test_metrics_that_need_labels_are_left_out_of_data_without(project, monkeypatch):
    parts = {f.name: getattr(small(), f.name) for f in fields(Dataset) if "labels" not in f.name}
    monkeypatch.setattr(Project, "load", lambda self, name: Loaded(**parts, name=name))
    np.save("mine.npy", grey(60, 9))
    found = run("score", "mine.npy", "-d", "mnist", "--json")
    assert set(json.loads(found.stdout)["scores"]) == {"parzen", "nearest_train"}
    assert "left out: frechet" in found.stderr
    assert "labels" in run("score", "mine.npy", "-d", "mnist", "-m", "prdc", status=1).stderr


MODEL = """
import torch
from gaebench.model import Model

class Mine(Model):
    def __init__(self, spec, generator, *, latent: int = 2):
        super().__init__()
        self.decoder = torch.nn.Linear(latent, spec.pixels)
        self.latent = latent

    def stages(self):
        return []

    def draw_prior(self, n, generator):
        return torch.empty(n, self.latent).normal_(generator=generator)

    def logits(self, z):
        return self.decoder(z)

class Other:
    pass
"""


def test_a_model_is_scored_by_its_likelihood(project):
    """Of zero weights: every pixel is a fair coin, so log P(x) = -36 ln 2."""
    Path("mine.py").write_text(MODEL)
    weights = {"decoder.weight": torch.zeros(36, 3), "decoder.bias": torch.zeros(36)}
    torch.save(weights, "w.pt")
    call = ("score", "-d", "bimnist", "--weights", "w.pt", "--set", "latent=3")
    for where in ("mine.py:Mine", "mine:Mine"):
        done = run(*call, "--model", where, "-m", "loglik_prior", "--json")
        (found,) = json.loads(done.stdout)["scores"].values()
        assert found["value"] == pytest.approx(-36 * np.log(2), abs=1e-4)
    done = run(*call, "--model", "mine.py:Mine", status=1)
    assert "S-sample log-likelihood" in done.stdout
    assert "loglik_is has no number: Mine has no" in done.stdout


@pytest.mark.parametrize(
    ("where", "settings", "words"),
    [
        ("mine.py:Nine", (), "no class Nine"),
        ("mine.py:Other", (), "subclass of gaebench.model.Model"),
        ("nine.py:Mine", (), "no such file"),
        ("nine:Mine", (), "cannot be imported"),
        ("Mine", (), "MODULE:CLASS"),
        ("mine.py:Mine", ("latent=4",), "latent|shape"),
        ("mine.py:Mine", ("depth=4",), "cannot be built"),
        ("mine.py:Mine", ("latent=-4",), "cannot be built: RuntimeError"),
        ("mine.py:Mine", ("latent",), "KEY=VALUE"),
    ],
)
def test_a_model_that_cannot_be_had_is_said(project, where, settings, words):
    Path("mine.py").write_text(MODEL)
    torch.save({"decoder.weight": torch.zeros(36, 3), "decoder.bias": torch.zeros(36)}, "w.pt")
    options = [part for text in settings for part in ("--set", text)]
    done = run("score", "-d", "bimnist", "-M", where, "-w", "w.pt", *options, status=1)
    assert any(word in done.stderr for word in words.split("|")), done.stderr


def test_a_model_without_what_every_model_has_is_told(project):
    Path("bare.py").write_text(MODEL.replace("def draw_prior", "def draws"))
    torch.save({"decoder.weight": torch.zeros(36, 3), "decoder.bias": torch.zeros(36)}, "w.pt")
    call = ("score", "-M", "bare.py:Mine", "-w", "w.pt", "--set", "latent=3")
    for where, metric in (("bimnist", "loglik_prior"), ("mnist", "parzen")):
        done = run(*call, "-d", where, "-m", metric, status=1)
        assert f"error: Mine has no draw_prior, which {metric} cannot do without" in done.stderr


def test_a_dark_model_is_scored_as_it_is(project):
    """Its images are no file of somebody's, whose white would have to be guessed."""
    Path("mine.py").write_text(MODEL)
    torch.save({"decoder.weight": torch.zeros(36, 3), "decoder.bias": -8 * torch.ones(36)}, "w.pt")
    call = ("score", "-d", "mnist", "-M", "mine.py:Mine", "-w", "w.pt", "--set", "latent=3")
    done = run(*call, "-m", "parzen", "--json")
    assert json.loads(done.stdout)["scores"] and "white" not in done.stderr


EXIT = "        import sys\n        sys.exit(0)\n"


@pytest.mark.parametrize(
    "content",
    [
        "import sys\nsys.exit(0)\n",
        MODEL.replace("        super().__init__()\n", EXIT),
        MODEL.replace(
            "    def stages(self):\n",
            "    def start(self, images):\n" + EXIT + "\n    def stages(self):\n",
        ),
        MODEL.replace("        return self.decoder(z)\n", EXIT),
    ],
)
@pytest.mark.parametrize("where", ["quits.py:Mine", "quits:Mine"])
def test_a_model_cannot_end_the_command_as_if_all_were_well(project, content, where):
    sys.modules.pop("quits", None)
    Path("quits.py").write_text(content)
    torch.save({"decoder.weight": torch.zeros(36, 2), "decoder.bias": torch.zeros(36)}, "w.pt")
    call = ("score", "-d", "bimnist", "-M", where, "-w", "w.pt", "-m", "loglik_prior")
    done = run(*call, status=1)
    assert f"error: {where} ended Python" in done.stderr and done.stdout == ""


@pytest.mark.parametrize("where", ["torch.py:Mine", "fails:Mine"])
def test_what_a_model_does_wrong_while_it_is_scored_is_its_own(project, where):
    wrong = "        return self.decoder(z)[:, None] @ z\n"
    Path(where.partition(":")[0].removesuffix(".py") + ".py").write_text(
        MODEL.replace("        return self.decoder(z)\n", wrong)
    )
    torch.save({"decoder.weight": torch.zeros(36, 2), "decoder.bias": torch.zeros(36)}, "w.pt")
    call = ("score", "-d", "bimnist", "-M", where, "-w", "w.pt", "-m", "loglik_prior")
    done = run(*call, status=1)
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert line.startswith(f"error: {where} failed: RuntimeError: ") and ", line " in line


def test_an_error_in_what_a_model_inherits_is_its_own_too(project):
    wrong = MODEL.replace("        return self.decoder(z)\n", "        return z @ z\n")
    Path("helper.py").write_text(wrong.replace("class Mine", "class Base"))
    Path("inherits.py").write_text("from helper import Base\n\n\nclass Mine(Base):\n    pass\n")
    torch.save({"decoder.weight": torch.zeros(36, 2), "decoder.bias": torch.zeros(36)}, "w.pt")
    call = ("score", "-d", "bimnist", "-M", "inherits:Mine", "-w", "w.pt", "-m", "loglik_prior")
    (line,) = [s for s in run(*call, status=1).stderr.splitlines() if s.startswith("error:")]
    assert line.startswith("error: inherits:Mine failed: RuntimeError: ") and "(helper.py, " in line


def test_what_a_model_prints_is_no_result(project):
    start = "        super().__init__()\n"
    Path("prints.py").write_text(MODEL.replace(start, start + "        print('building')\n"))
    torch.save({"decoder.weight": torch.zeros(36, 2), "decoder.bias": torch.zeros(36)}, "w.pt")
    call = ("score", "-d", "bimnist", "-M", "prints.py:Mine", "-w", "w.pt", "-m", "loglik_prior")
    done = run(*call, "--json")
    assert json.loads(done.stdout) and "building" in done.stderr


def test_several_processes_give_the_same_numbers(tmp_path):
    images = grey(60, 9).astype(np.float32) / np.float32(255)
    settings = {"parzen": {"validation": 50}, "frechet": {}, "nearest_train": {}, "prdc": {}}
    classifier = {"epochs": 1, "batch": 50, "learning_rate": 0.002}
    one, other = (
        measure(
            Subject(small(), "mnist", "mine", 0, classifier, tmp_path / str(count), images),
            settings,
            processes=count,
        )
        for count in (1, 2)
    )
    assert one == other
    assert [score.metric for score in one] == list(settings)


def test_a_classifier_is_kept_and_a_damaged_one_is_made_anew(tmp_path, monkeypatch):
    images, data = grey(60, 9).astype(np.float32) / 255, small()
    settings = {"epochs": 1, "batch": 50, "learning_rate": 0.002}
    first = embedding.embedded(images, data, "mnist", settings, tmp_path, "cpu")
    [weights] = tmp_path.rglob("classifier.pt")
    with monkeypatch.context() as patch:
        patch.setattr(embedding.classifier, "train", None)
        again = embedding.embedded(images, data, "mnist", settings, tmp_path, "cpu")
    np.testing.assert_array_equal(first.samples.features, again.samples.features)
    weights.write_bytes(weights.read_bytes()[:100])
    anew = embedding.embedded(images, data, "mnist", settings, tmp_path, "cpu")
    np.testing.assert_array_equal(first.samples.features, anew.samples.features)
    embedding.embedded(images, data, "mnist", settings | {"epochs": 2}, tmp_path, "cpu")
    assert len(list(tmp_path.rglob("classifier.pt"))) == 2


@pytest.mark.parametrize("words", [["", "-d", "mnist"], ["~nobody-here/x.npy", "-d", "mnist"]])
def test_a_path_that_names_nothing_is_told(project, words):
    found = CliRunner().invoke(main, ["score", *words])
    assert found.exit_code in (1, 2)
    assert re.search("was a variable not set|no such file or folder", found.output)


# ---- ls and validate


def test_it_lists_what_there_is():
    found = json.loads(run("ls", "--json").stdout)
    config = yaml.safe_load((ROOT / "params.yaml").read_text())
    for kind in ("datasets", "models", "controls", "tables", "figures"):
        assert list(found[kind]) == list(config[kind])
    assert found["models"]["gae-2"]["label"] == "GAE (2 layers)"
    assert "better: lower" in found["metrics"]["frechet"]["line"]
    lines = run("ls").stdout.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert sum(map(len, found.values())) + len(found) == len(lines)


def test_it_names_mistakes(project):
    assert "params.yaml: in order" in run("validate").stdout
    Path("over.yaml").write_text("models: {vae: {settings: {latnt: 3}}}\n")
    done = run("validate", "--over", "over.yaml", status=1)
    assert "models.vae.settings.latnt: unknown key; did you mean 'latent'?" in done.stderr
    Path("more.yaml").write_text(
        "models: {new: {like: vae-2}}\n"
        "tables: {bounds: null, variants: {models: []}}\n"
        "foreign: {theirs: {label: t, by: b, dataset: bimnist, file: data/foreign/t.npz}}\n"
    )
    Path("data/foreign").mkdir(parents=True)
    Path("data/foreign/t.npz").touch()
    told = "Shown nowhere: models.new, foreign.theirs, tables.variants\n"
    assert run("validate", "--over", "more.yaml").stdout.endswith(told)
    text = Path("params.yaml").read_text()
    Path("all.yaml").write_text(text.replace("\nmodels:\n", "\nmodels:\n  new: {like: vae-2}\n"))
    assert run("validate", "all.yaml").stdout.endswith("Shown nowhere: models.new\n")
    Path("bad.yaml").write_text("models: [\n")
    assert "bad.yaml, line" in run("validate", "bad.yaml", status=1).stderr


def test_a_project_is_found_from_below_and_from_elsewhere(tmp_path, project):
    (project / "a/b").mkdir(parents=True)
    assert Project.here(project / "a/b").root == project.resolve()
    assert Project.here(tmp_path).root == ROOT
