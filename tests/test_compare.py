"""Comparing results: what moved is told from noise, whatever the seeds, ages and places."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy import stats

from gaebench.command.main import main
from gaebench.comparison import changes, context, pairs, parsed, source
from gaebench.errors import GaebenchError
from gaebench.report.collect import COLUMNS

ROOT = Path(__file__).parents[1]


def table(*rows: tuple) -> pd.DataFrame:
    """Rows of data set, model, seed, metric, value, error and, if it is not 1, version."""
    return pd.DataFrame([(*row, 1)[:7] for row in rows], columns=COLUMNS)


def seeds(values: list[float], metric: str = "parzen", model: str = "vae", sem: float = 1.0):
    return [("mnist", model, seed, metric, value, sem) for seed, value in enumerate(values)]


def one(before: list[tuple], after: list[tuple]):
    (found,) = changes(table(*before), table(*after))
    return found


# ---- noise


def test_the_error_is_paired_by_seed():
    """Seeds far apart, each moved by nearly the same: what a mean over seeds would not see."""
    old, new = [300.0, 340.0, 320.0], [301.0, 341.1, 320.9]
    found = one(seeds(old), seeds(new))
    expected = stats.ttest_rel(new, old)
    assert found.difference == pytest.approx(1.0)
    assert found.error == pytest.approx(1.0 / expected.statistic, rel=1e-3)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-2)
    assert found.verdict == "moved" and found.better and not found.worse


def test_one_seed_has_the_errors_of_its_estimates():
    found = one(seeds([300.0], sem=3.0), seeds([309.0], sem=4.0))
    assert (found.seeds, found.error) == (1, pytest.approx(5.0))
    assert found.p == pytest.approx(2 * stats.norm.sf(9 / 5))
    assert found.verdict == "within noise"
    assert one(seeds([300.0], sem=3.0), seeds([310.0], sem=4.0)).verdict == "moved"


def test_common_seeds_are_compared():
    before = [("mnist", "vae", seed, "parzen", 300.0 + seed, 1.0) for seed in (0, 1, 2)]
    after = [("mnist", "vae", seed, "parzen", 310.0 + seed, 1.0) for seed in (1, 2, 3)]
    found = one(before, after)
    assert (found.seeds, found.before, found.after) == (2, 301.5, 311.5)


def test_other_seeds_are_compared_by_their_spread():
    before = [("mnist", "vae", seed, "parzen", value, 1.0) for seed, value in ((0, 300), (1, 304))]
    after = [("mnist", "vae", seed, "parzen", value, 1.0) for seed, value in ((2, 301), (3, 305))]
    found = one(before, after)
    assert found.error == pytest.approx(np.sqrt(2 * 8 / 2))
    assert found.verdict == "within noise"


def test_what_is_the_same_is_no_test():
    """A move among hundreds of cells that nothing touched counts as one among one."""
    still = [row for number in range(300) for row in seeds([1.0, 2.0, 3.0], model=f"m{number}")]
    old, new = seeds([1.0, 2.0, 3.0]), seeds([1.9, 3.0, 4.1])
    found = {change.model: change for change in changes(table(*still, *old), table(*still, *new))}
    assert found.pop("vae").verdict == "moved"
    assert {change.verdict for change in found.values()} == {"same"}


def test_noise_among_many_cells_is_hardly_ever_called_a_move():
    draws = np.random.default_rng(0)
    false, cells = 0, 40
    for _ in range(20):
        old, new = draws.normal(0, 1, (2, cells, 3))
        before = table(*(row for c in range(cells) for row in seeds(list(old[c]), model=f"m{c}")))
        after = table(*(row for c in range(cells) for row in seeds(list(new[c]), model=f"m{c}")))
        false += any(change.moved for change in changes(before, after))
    assert false <= 4  # 5 % of 20 families, and a little


def test_a_last_digit_is_no_move():
    old = [1.0, 2.0, 3.0]
    found = one(seeds(old), seeds([value + 1e-4 for value in old]))
    assert found.verdict == "within noise"


@pytest.mark.parametrize(
    ("metric", "before", "after", "better"),
    [
        ("parzen", 300.0, 400.0, True),
        ("parzen", 400.0, 300.0, False),
        ("frechet", 10.0, 30.0, False),
        ("prdc.density", 0.8, 0.95, True),
        ("prdc.density", 0.8, 1.4, False),
        ("data_copying", -3.0, 3.0, None),
        ("of_another_age", 1.0, 9.0, None),
    ],
)
def test_worse_is_what_the_metric_says(metric, before, after, better):
    found = one(seeds([before], metric, sem=1e-3), seeds([after], metric, sem=1e-3))
    assert (found.verdict, found.better, found.worse) == ("moved", better, better is False)


def test_another_version_does_not_compare():
    (old,) = seeds([300.0])
    found = one([old], [(*old[:4], 400.0, 1.0, 2)])
    assert (found.verdict, found.p, found.worse) == ("version changed", None, False)


def test_new_and_vanished_cells():
    found = changes(table(*seeds([1.0], "parzen")), table(*seeds([1.0], "frechet")))
    assert [(c.metric, c.verdict, c.worse) for c in found] == [
        ("frechet", "new", False),
        ("parzen", "vanished", True),
    ]
    assert changes(table(), table()) == []


# ---- tables of any age


def test_a_table_of_before_versions_is_of_the_first():
    text = "dataset,model,seed,metric,value,sem\nmnist,vae,0,parzen,300.0,1.0\n"
    assert parsed(text, "old").loc[0, "version"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n1,2\n",
        "dataset,model,seed,metric,value,sem\nmnist,vae,0,parzen,,1.0\n",
        "dataset,model,seed,metric,value,sem\nmnist,vae,x,parzen,3,1.0\n",
        "dataset,model,seed,metric,value,sem\n" + "mnist,vae,0,parzen,3,1.0\n" * 2,
    ],
)
def test_what_is_no_table_is_said(text):
    with pytest.raises(GaebenchError, match="old"):
        parsed(text, "old")


# ---- places


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project with two commits and a tag, edited since: another setting, another number."""
    folder = tmp_path / "project"
    for name in ("results", "workflow", "gaebench"):
        (folder / name).mkdir(parents=True)
    (folder / "workflow/Snakefile").write_text("")
    (folder / "gaebench/code.py").write_text("x = 1\n")
    (folder / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    git(folder, "init", "--quiet", "--initial-branch=main")
    numbers(folder / "results", 300.0, versions=False)
    commit(folder, "one")
    git(folder, "tag", "first")
    numbers(folder / "results", 310.0)
    commit(folder, "two")
    text = (folder / "params.yaml").read_text().replace("latent: 6", "latent: 7", 1)
    (folder / "params.yaml").write_text(text)
    (folder / "gaebench/code.py").write_text("x = 2\n")
    (folder / "gaebench/new.py").write_text("y = 1\n")
    numbers(folder / "results", 330.0)
    return folder


def git(folder: Path, *command: str) -> None:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    subprocess.run(["git", *who, *command], cwd=folder, check=True, capture_output=True)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def numbers(folder: Path, value: float, versions: bool = True) -> None:
    """A table of one cell with two seeds."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = table(*seeds([value, value + 2.1]))
    frame = frame if versions else frame.drop(columns="version")
    frame.to_csv(folder / "metrics.csv", index=False)


def run(folder: Path, *arguments: str, status: int = 0) -> str:
    """What the command prints in a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(main, ["compare", *arguments])
    assert done.exit_code == status, done.output
    return done.output


@pytest.mark.parametrize("name", ["first", "HEAD~1", "main~1"])
def test_names_of_git_are_read_from_git_alone(repository, name):
    found = source(name, repository)
    assert found.tables["results"]["value"].tolist() == [300.0, 302.1]


def test_the_working_tree_is_compared_by_default(repository):
    text = run(repository, "HEAD")
    assert "results of HEAD → results of the working tree" in text
    assert "+20.00" in text and "311.05" in text and "331.05" in text
    assert "models.vae.settings.latent: 6 → 7" in text
    assert "gaebench/code.py" in text and "gaebench/new.py (not in git)" in text


def test_from_a_folder_within(repository):
    assert "+20.00" in run(repository / "gaebench", "HEAD")


def test_two_commits(repository):
    text = run(repository, "first", "main")
    assert "+10.00" in text and "Parameters: the same" in text and "Code: the same" in text


def test_folders_and_files(repository, tmp_path):
    numbers(tmp_path / "before", 320.0)
    for name in ("before", "before/metrics.csv"):
        text = run(repository, str(tmp_path / name), "results")
        assert "+10.00" in text and "Parameters: not known" in text
    assert "+10.00" in run(repository, str(tmp_path / "before"))


def test_quick_results_stand_beside_the_full_ones(repository, tmp_path):
    numbers(repository / "results/quick", 130.0)
    assert "+10.00" not in run(repository, "HEAD")
    assert "no commit holds them" in run(repository, "HEAD", "--quick", status=1)
    numbers(tmp_path / "other/results", 300.0)
    numbers(tmp_path / "other/results/quick", 120.0)
    both = run(repository, str(tmp_path / "other"))
    assert "+30.00" in both and "+10.00" in both
    only = run(repository, str(tmp_path / "other"), "--quick")
    assert "+30.00" not in only and "+10.00" in only
    kept = run(repository, str(tmp_path / "other/results/quick"), "--quick")
    assert "results/quick of the working tree" in kept and "+10.00" in kept


def test_what_has_no_results_is_said(repository, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "no results there" in run(repository, "no-such-branch", status=1)
    assert "no results there" in run(repository, str(tmp_path / "empty"), status=1)
    assert "no results there" in run(repository, "--", "--output=x", status=1)


@pytest.mark.parametrize(
    ("rule", "value", "status"),
    [("worse", 330.0, 0), ("moved", 330.0, 3), ("worse", 100.0, 3), ("moved", 310.0, 0)],
)
def test_it_fails_on_what_it_is_told_to(repository, rule, value, status):
    numbers(repository / "results", value)
    run(repository, "HEAD", "--fail-on", rule, status=status)


def test_for_scripts_and_for_comments(repository):
    (found,) = json.loads(run(repository, "HEAD", "--json"))
    (cell,) = found["cells"]
    assert cell["difference"] == pytest.approx(20) and cell["verdict"] == "moved"
    assert found["params"] == [["models.vae.settings.latent", 6, 7]]
    text = run(repository, "HEAD", "--markdown")
    assert "| **vae**" in text and "**moved, better**" in text


def test_parameters_of_another_age_are_compared_as_they_stand(repository):
    (repository / "params.yaml").write_text("train: {epochs: 3}\n")
    old, new = source("HEAD", repository), source(None, repository)
    (pair,) = pairs(old, new, quick=False)
    differing = context(old, new, repository, pair.quick).params
    assert ("train.epochs", 12, 3) in differing
