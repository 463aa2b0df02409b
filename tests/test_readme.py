"""The README shows what is committed in results/, and what the texts tell a reader to run runs.

A command that stands in a text has an entry below: what is run here in a copy of the checkout in
its place (itself where it is cheap, else as a dry run), or the words with which a call in
one of the tests in REAL runs it for real.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import install
import pytest
import readme

from gaebench.claims.verdicts import anchor
from gaebench.errors import GaebenchError

ROOT = Path(__file__).parents[1]
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
LINKED = [*TEXTS, ROOT / "CHANGELOG.md", ROOT / "results" / "claims.md"]
LANGUAGES = {"sh", "python", "yaml", "text"}
PROGRAMS = ("make", "snakemake", "dvc", "git", "pip", "python", "gaebench")

CHEAP = {
    "make quick": ("make -n quick", "snakemake --cores all --configfile workflow/quick.yaml"),
    "make PYTHON=python3.12 quick": (
        "make -n PYTHON=python3.12 quick",
        "workflow/install.sh test",
    ),
    "make all": ("make -n all", "snakemake --cores all all"),
    "make test": ("make -n test", "pytest"),
    "make test-slurm": ("make -n test-slurm", "python tests/test_slurm.py"),
    "make test-remotes": ("make -n test-remotes", "pytest tests/test_remotes.py"),
    "make format": ("make -n format", "ruff format ."),
    "make tune": ("make -n tune", "snakemake --cores all search"),
    "make adopt": ("make -n adopt", "python workflow/adopt.py --write"),
    "make bench": ("make -n bench", "python -m benchmarks"),
    "make torture": ("make -n torture", "python -m torture"),
    "make gpu": ("make -n gpu", "python -m benchmarks.gpu"),
    "make verify": ("make -n verify", "gaebench verify"),
    "make readme": ("make readme && git diff --exit-code README.md && echo same", "same"),
    "pip install --editable .": ("grep pip workflow/install.py", '"--editable", "."'),
    "pip install --editable '.[slurm]'": (
        "grep -A1 '^slurm = ' pyproject.toml",
        "snakemake-executor-plugin-slurm==",
    ),
    "git diff HEAD~1 -- results/tables.md": (None, "+A further line."),
    "dvc metrics diff HEAD~1": (None, "parzen.mnist.gae-2.mean"),
    "make docs": ("make -n docs", "pdoc"),
    "gaebench validate": (None, "params.yaml: in order"),
    "gaebench compare HEAD~1": (None, "results of HEAD~1 → results of the working tree"),
    "cp -r results/quick ../before": (
        "mkdir -p results/quick && cp results/metrics.csv results/quick && "
        "rm -rf ../before && cp -r results/quick ../before && ls ../before",
        "metrics.csv",
    ),
    "gaebench compare ../before --quick": (
        "gaebench compare ../before --quick",
        "the same.",
    ),
    "gaebench score my_images/ --dataset mnist": ("gaebench score --help", "--dataset mnist"),
    "gaebench score --help": (None, "gaebench score samples.npy --dataset mnist"),
}
"""Command -> what is run in its place (None: itself), and what its output must hold."""

STUDIES = ("longer", "table2", "likelihood")
STUDY = "snakemake{} --cores all --configfile workflow/studies/{name}.yaml -- study"
DRY_RUNS = {
    "gaebench plan": "gaebench plan",
    "gaebench plan study --over workflow/studies/longer.yaml": (
        "gaebench plan study --over workflow/studies/longer.yaml"
    ),
    "snakemake -n": "snakemake -n",
    "snakemake --cores all all": "snakemake -n --cores all all",
    "snakemake --cores 8 all": "snakemake -n --cores 8 all",
    "snakemake --workflow-profile workflow/profiles/gpu all": (
        "snakemake -n --workflow-profile workflow/profiles/gpu all"
    ),
    **{STUDY.format("", name=name): STUDY.format(" -n", name=name) for name in STUDIES},
    "snakemake --cores all results/runs/mnist/gae-2/0/model.pt": (
        "snakemake -n --cores all results/runs/mnist/gae-2/0/model.pt"
    ),
    "snakemake --cores all results/runs/mnist/gae-2/1/model.pt": (
        "snakemake -n --cores all results/runs/mnist/gae-2/1/model.pt"
    ),
    "snakemake -f data/raw/tfd.json": "snakemake -n -f data/raw/tfd.json",
}
"""Some seconds each."""

PIPELINE = {
    "snakemake data": "snakemake data",
    "dvc repro": "dvc repro",
    "dvc push": "dvc push",
    "dvc pull": "dvc pull",
    "dvc checkout": "dvc checkout",
    "dvc status": "dvc status",
    "dvc remote add -d storage FOLDER-OR-URL": "dvc remote add",
    "dvc remote modify storage verify true": "dvc remote modify",
    "dvc remote modify storage endpointurl URL": "dvc remote modify",
    "snakemake --profile workflow/profiles/slurm all": (
        "snakemake --profile workflow/profiles/slurm"
    ),
    "snakemake --unlock": "snakemake --unlock",
    "snakemake cost": "snakemake cost",
    "snakemake --report report.html": "snakemake --report report.html",
}

REAL = ("pipeline", "damage", "kills", "slurm", "remotes")
"""The tests that run them."""

Run = Callable[[str], str]


def test_the_readme_has_the_numbers_of_the_results():
    text = (ROOT / "README.md").read_text()
    assert text == readme.replace_section(text, "numbers", readme.numbers()), "make readme"


def test_the_readme_is_for_the_first_minute():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 160


def test_a_section_is_replaced_and_nothing_else():
    text = "Before.\n<!-- part -->\nold\n<!-- end of part -->\nAfter.\n"
    once = readme.replace_section(text, "part", "new\n")
    assert once == text.replace("old", "new")
    assert readme.replace_section(once, "part", "new\n") == once


@pytest.mark.parametrize("text", ["", "<!-- part -->\n", "<!-- end of part --><!-- part -->\n"])
def test_a_page_without_the_section_is_named(text):
    with pytest.raises(GaebenchError, match="<!-- part -->"):
        readme.replace_section(text, "part", "new\n")


@pytest.mark.parametrize("name", readme.SECTIONS)
def test_the_pages_have_their_sections(name):
    page, _ = readme.SECTIONS[name]
    readme.replace_section((ROOT / page).read_text(), name, "")


def test_one_seed_has_no_error():
    table = readme.depth_table(readme.measured(), readme.called())
    row = next(line for line in table.splitlines() if line.startswith("| 1 "))
    assert [" ± " in cell for cell in row.split("|")[2:-1]] == [True, False, False] * 2


@pytest.mark.parametrize("path", LINKED, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^):]+)\)", path.read_text())
    assert [link for link in links if not leads_somewhere(path, link)] == []


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether a link's file is there, and has the heading that the link names."""
    file, _, heading = link.partition("#")
    target = page.parent / file if file else page
    if not heading:
        return target.exists()
    titles = re.findall(r"^#+ (.+)$", target.read_text(), re.M) if target.is_file() else []
    return heading in map(anchor, titles)


@pytest.mark.parametrize("link", ["none.md", "docs/speed.md#no-such-heading", "#no-such-heading"])
def test_a_link_that_leads_nowhere_is_seen(link):
    assert not leads_somewhere(ROOT / "README.md", link)


# ---- commands


def blocks(text: str) -> list[tuple[str, str]]:
    """Fenced blocks: language and content."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)


def commands(text: str) -> list[str]:
    """The lines of shell blocks, and code within sentences that starts with a program."""
    shell = [
        line for language, body in blocks(text) if language == "sh" for line in body.split("\n")
    ]
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    inline = [code for code in re.findall(r"`([^`]+)`", prose) if code.split()[0] in PROGRAMS]
    found = [" ".join(line.split("#")[0].split()) for line in [*shell, *inline]]
    return [command for command in found if command and command not in PROGRAMS]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_block_says_its_language(path):
    assert {language for language, _ in blocks(path.read_text())} <= LANGUAGES


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_command_is_run_by_a_test(path):
    unknown = set(commands(path.read_text())) - {*CHEAP, *DRY_RUNS, *PIPELINE}
    assert not unknown, "say above how to run it"


def test_every_command_that_is_run_stands_in_a_text():
    told = {command for path in TEXTS for command in commands(path.read_text())}
    assert not {*CHEAP, *DRY_RUNS, *PIPELINE} - told


@pytest.mark.parametrize("words", PIPELINE.values())
def test_the_pipeline_tests_run_it(words):
    trees = [ast.parse((ROOT / f"tests/test_{name}.py").read_text()) for name in REAL]
    calls = [
        [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]
    assert any(call[: len(words.split())] == words.split() for call in calls)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A function that runs a shell command in a copy of the checkout with two commits."""
    folder = tmp_path_factory.mktemp("copy") / "checkout"
    made = shutil.ignore_patterns(
        ".git", ".venv", ".snakemake", "data", "runs", "__pycache__", "*.svg"
    )
    shutil.copytree(ROOT, folder, ignore=made)
    borrow_environment(folder)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "DVC_NO_ANALYTICS": "1"}

    def run(command: str) -> str:
        done = subprocess.run(
            command, shell=True, cwd=folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    commit = "git -c user.name=Test -c user.email=test@example.org commit --quiet --all --message"
    run(f"git init --quiet && git add --all && {commit} Before")
    change_results(folder / "results")
    run(f"{commit} After")
    return run


def borrow_environment(folder: Path) -> None:
    """An environment that make finds whole, with the packages of the one that runs the tests."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    [packages] = folder.glob(".venv/lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n{folder}\n")
    stamp = {
        "checkout": str(folder),
        "python": install.version(sys.executable),
        "extras": ["bench", "test"],
        "project": install.project(),
    }
    (folder / ".venv/.installed").write_text(json.dumps(stamp))


def change_results(results: Path) -> None:
    """Another mean, and a further line below the tables."""
    tables, means = results / "tables.md", results / "metrics.json"
    tables.write_text(tables.read_text() + "A further line.\n")
    content = json.loads(means.read_text())
    content["parzen"]["mnist"]["gae-2"]["mean"] += 1
    means.write_text(json.dumps(content, indent=2))


@pytest.mark.parametrize("command", CHEAP)
def test_it_runs(run, command):
    instead, expected = CHEAP[command]
    assert expected in run(instead or command)


@pytest.mark.pipeline
@pytest.mark.parametrize("command", DRY_RUNS)
def test_it_runs_dry(run, command):
    text = run(DRY_RUNS[command])
    assert "This was a dry-run" in text or "of disk, of which" in text


@pytest.mark.pipeline
def test_the_profile_for_gpus_is_the_one_that_counts():
    """Snakemake lays the default profile over one that is named by --profile."""
    text = (ROOT / "README.md").read_text()
    (given,) = re.findall(r"`snakemake (--\S*profile workflow/profiles/gpu) all`", text)
    program = (
        "from snakemake.cli import parse_args\n"
        f"_, args = parse_args({[*given.split(), 'all']})\n"
        "print(args.resources['gpu'].value, *args.logger, args.keep_going)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["8", "gaebench", "True"]


def test_the_example_runs():
    """That of the README, with its raw files and a shorter training."""
    [example] = [
        body for language, body in blocks((ROOT / "README.md").read_text()) if language == "python"
    ]
    assert "epochs=2" in example
    script = example.replace("epochs=2", "epochs=1, hidden=20, batch=1000")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=1800
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"mnist +mine +0 +parzen +-?\d+", done.stdout), done.stdout


@pytest.mark.pipeline
@pytest.mark.parametrize("target", ["quick", "all", "tune"])
def test_what_make_starts_runs_dry(run, target):
    lines = run(f"make -n {target}").splitlines()
    [started] = [line for line in lines if line.startswith(".venv/bin/snakemake")]
    assert "This was a dry-run" in run(started.replace(".venv/bin/snakemake", "snakemake -n"))
