"""Comparing results: what moved is told from noise, whatever the seeds, ages and places."""

import io
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy import stats

from gaebench.command import changed
from gaebench.command.main import main
from gaebench.comparison import changes, context, literal, pairs, source
from gaebench.comparison import git as asking
from gaebench.errors import GaebenchError
from gaebench.report.frames import COLUMNS, parsed

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


def test_seeds_that_went_are_told_and_caught_and_those_that_came_are_told():
    three, one_seed = seeds([300.0, 301.0, 302.0]), seeds([300.0])
    fewer, more = one(three, one_seed), one(one_seed, three)
    assert (fewer.verdict, fewer.seeds, fewer.difference) == ("other seeds", 1, 0)
    assert fewer.lost == (1, 2) and fewer.worse and fewer.moved
    assert changed.row(fewer)[-1] == "other seeds, without seeds 1, 2"
    assert more.verdict == "other seeds" and not more.worse and not more.moved
    better = one(three, seeds([400.0, 401.0]))
    assert better.verdict == "moved" and better.better and better.worse


def test_other_seeds_are_compared_by_their_spread():
    before = [("mnist", "vae", seed, "parzen", value, 1.0) for seed, value in ((0, 300), (1, 304))]
    after = [("mnist", "vae", seed, "parzen", value, 1.0) for seed, value in ((2, 301), (3, 305))]
    found = one(before, after)
    assert found.error == pytest.approx(np.sqrt(2 * 8 / 2))
    assert found.verdict == "within noise"


def test_one_seed_has_the_spread_of_several_others():
    """Else a good seed alone, against the mean of three, would be a move."""
    alone = [("mnist", "vae", 0, "parzen", 300.0, 0.1)]
    others = [("mnist", "vae", 1 + n, "parzen", v, 0.1) for n, v in enumerate((290, 310, 302))]
    for found in (one(alone, others), one(others, alone)):
        assert found.error == pytest.approx(np.std([290, 310, 302], ddof=1) * np.sqrt(4 / 3))
        assert found.p == pytest.approx(2 * stats.t.sf(2 / 3 / found.error, 2), rel=1e-3)
        assert (found.seeds, found.verdict) == (3, "within noise")


def test_one_seed_and_another_are_not_compared():
    alone, other = ([("mnist", "vae", seed, "parzen", 300.0 + seed, 0.1)] for seed in (0, 1))
    found = one(alone, other)
    assert (found.verdict, found.difference, found.error, found.p) == ("other seeds", 1, None, None)
    assert not found.moved and not found.worse


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


def test_small_numbers_are_not_lost_in_rounding_that_they_do_not_have():
    """They have more decimals in the table."""
    old = [1.2e-5, 1.3e-5, 1.25e-5]
    assert one(seeds(old), seeds([value + 3e-5 for value in old])).verdict == "moved"


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


HEADER = "dataset,model,seed,metric,value,sem,version\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "lacks dataset"),
        ("a,b\n1,2\n", "lacks dataset"),
        ("dataset,model,seed,metric,value,sem,value\nd,m,0,parzen,1,1,2\n", "has value twice"),
        (HEADER + "mnist,vae,0,parzen,3,1,1\n" * 2, "a cell twice: mnist, vae, 0, parzen"),
        (HEADER + "mnist,vae,0,parzen,3,1\n", "line 2 has 6 columns"),
        (HEADER + "mnist,vae,0,parzen,3,1,1,\n", "line 2 has 8 columns"),
        (HEADER + 'mnist,"vae"x,0,parzen,3,1,1\n', "expected after"),
        (HEADER + "mnist,vae,0,parzen,3,1,1\nmnist,vae,x,parzen,3,1,1\n", "line 3, seed"),
        *(
            (HEADER + f"mnist,vae,{seed},parzen,3,1,1\n", "line 2, seed")
            for seed in ("", "0.4", "1.9", "nan", "1_0", "9223372036854775808", "1" * 5000)
        ),
        *(
            (HEADER + f"mnist,vae,0,parzen,3,1,{version}\n", "line 2, version")
            for version in ("", "2.7", "9" * 30)
        ),
        *(
            (HEADER + f"mnist,vae,0,parzen,{value},1,1\n", "line 2, value")
            for value in ("", "inf", "-inf", "nan", "x", "1_0", "1e300", "1e999")
        ),
        *(
            (HEADER + f"mnist,vae,0,parzen,3,{sem},1\n", "line 2, sem")
            for sem in ("", "inf", "-1", "nan")
        ),
    ],
)
def test_what_is_no_table_is_said(text, place):
    with pytest.raises(GaebenchError, match="old") as caught:
        parsed(text, "old")
    assert place in str(caught.value)


def test_bytes_that_are_no_text_are_said():
    with pytest.raises(GaebenchError, match=r"old is no table of results: .*utf-8"):
        parsed(HEADER.encode() + "mnist,vaé,0,parzen,3,1,1\n".encode("latin-1"), "old")


ODD = ["007", "1e3", "nan", "null", "NA", "None", "", " a ", "True", 'q"q', "a,b", "a\nb", "a\r\nb"]
ODD += ["a|b", "a\\|b", "<b>", "@all", "`x`", "é", "-1", "inf", "'", "#1", "www.a.org", "a  b"]


@pytest.mark.parametrize("name", ODD)
def test_a_name_stays_the_text_that_it_is(tmp_path, name):
    """Through a file as ``gaebench score --csv`` writes it, and through every form of output."""
    for folder, value in (("before", 1.0), ("after", 99.0)):
        (tmp_path / folder).mkdir()
        rows = io.StringIO(newline="")
        table(*seeds([value], model=name)).to_csv(rows, index=False, lineterminator="\n")
        (tmp_path / folder / "metrics.csv").write_bytes(rows.getvalue().encode())
    both = str(tmp_path / "before"), str(tmp_path / "after")
    ((found,),) = (pair["cells"] for pair in json.loads(run(ROOT, *both, "--json")))
    assert found["model"] == name and found["verdict"] == "moved"
    rows = [line for line in run(ROOT, *both, "--markdown").splitlines() if line.startswith("|")]
    assert len(rows) == 3 and {line.count("|") for line in rows} == {6}
    assert not {*literal.markdown(name).replace("<code>", "").replace("</code>", "")} & {*"<>@`|"}


@pytest.mark.parametrize("name", ["vae", "my GAN", "of main", "../a/b.csv", "of ../a", "data_copy"])
def test_a_harmless_name_is_plain_in_markdown(name):
    assert literal.markdown(name) == name


def test_what_cannot_be_seen_is_shown():
    assert literal.markdown("HEAD~1") == "<code>HEAD&#126;1</code>"
    for name in ("a www.b.org", "_a_", "a _b c_", "http://a.b", "1. a", "a" * 5000 + "*"):
        assert literal.markdown(name).startswith("<code>")
    assert literal.line("a\x1b[31m\u202eb\n") == r"a\x1b[31m\u202eb\n"


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


def test_a_metric_and_its_details_are_a_table_each():
    before, after = (
        [
            ("mnist", model, 0, metric, value, 0.01)
            for model in ("vae", "gan")
            for metric in ("prdc", "prdc.recall")
        ]
        for value in (1.0, 2.0)
    )
    found = changed.groups(changes(table(*before), table(*after)))
    assert {title: len(rows) for title, rows in found} == {
        "prdc on mnist": 2,
        "prdc.recall on mnist": 2,
    }


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


def test_a_folder_of_a_commit(repository):
    numbers(repository / "results/longer", 400.0)
    commit(repository, "three")
    numbers(repository / "results/longer", 405.0)
    for place in ("results/longer", "./results/longer/", "results/longer/metrics.csv"):
        text = run(repository, f"HEAD:{place}", "results/longer")
        assert "402.05" not in text and "+5.00" in text and "401.05" in text
    assert "-100.00" in run(repository, "HEAD:results/longer", "first:results")
    itself = run(repository, "HEAD:results/longer", "main:results/longer")
    assert "one and the same" in itself
    assert "no results/none/metrics.csv" in run(repository, "HEAD:results/none", status=1)
    assert run(repository, "HEAD:").splitlines()[1:] == run(repository, "HEAD").splitlines()[1:]
    for name in (":results", "nothing:results", "main@{2020-01-01 10:00:00}"):
        run(repository, name, status=0 if "@" in name else 1)


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


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_an_empty_name_is_no_place(repository, name):
    """An unset variable of a script is not the current folder."""
    for both in ([name], ["HEAD", name]):
        assert "variable" in run(repository, *both, "--fail-on", "worse", status=2)
    with pytest.raises(GaebenchError, match="variable"):
        source(name, repository)


@pytest.mark.parametrize(
    ("places", "itself"),
    [
        (("results", "results/metrics.csv"), True),
        (("results",), True),
        (("HEAD", "main"), True),
        (("HEAD",), False),
        (("HEAD", "first"), False),
    ],
)
def test_what_is_compared_with_itself_is_remarked(repository, places, itself):
    assert ("one and the same" in run(repository, *places)) == itself


# ---- git that fails


def damage(folder: Path, name: str) -> None:
    """Make an object of git's unreadable."""
    command = ["git", "rev-parse", name]
    found = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    path = folder / ".git/objects" / found.stdout[:2] / found.stdout[2:].strip()
    path.chmod(0o644)
    path.write_bytes(b"damaged")


def test_a_failed_difference_is_not_no_difference(repository):
    """Two commits that differ in an object that git cannot read, or that it will not compare."""
    (repository / "workflow/Snakefile").write_text("rule a:\n")
    commit(repository, "three")
    damage(repository, "HEAD:workflow/Snakefile")
    text = run(repository, "HEAD~1", "HEAD")
    assert "+20.00" in text and "Code: not known; git failed: " in text
    assert "Code: the same" not in text and "unable to read" in text and "git fsck" in text
    (found,) = json.loads(run(repository, "HEAD~1", "HEAD", "--json"))
    assert found["code"] is None and "unable to read" in found["unknown"]["code"]
    assert "Code: not known" in run(repository, "HEAD~1", "HEAD", "--markdown")


def test_settings_of_git_that_it_refuses_are_told(repository):
    git(repository, "config", "diff.algorithm", "nonsense")
    text = run(repository, "first", "HEAD")
    assert "+10.00" in text and "Code: not known; git failed: " in text and "diff.algorithm" in text


def test_settings_of_git_do_not_colour_what_differs(repository):
    git(repository, "config", "color.ui", "always")
    (found,) = json.loads(run(repository, "HEAD", "--json"))
    assert found["code"] and "\x1b" not in "".join(found["code"])


@pytest.mark.parametrize("name", ["HEAD:results/metrics.csv", "HEAD:results", "HEAD"])
def test_damaged_results_are_not_no_results(repository, name):
    damage(repository, name)
    text = run(repository, "HEAD", status=1)
    assert "git failed: " in text and "has no results" not in text and "none" not in text


def test_damaged_parameters_are_not_known(repository):
    damage(repository, "HEAD:params.yaml")
    text = run(repository, "HEAD")
    assert "+20.00" in text and "Parameters: not known; HEAD: params.yaml of " in text
    assert "git fsck" in text


def test_a_clone_without_files_does_not_say_that_there_are_none(repository, tmp_path):
    git(repository, "config", "uploadpack.allowFilter", "true")
    there = f"file://{repository}"
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", "--no-checkout", there, "bare")
    git(tmp_path / "bare", "remote", "set-url", "origin", "/nowhere")
    with pytest.raises(GaebenchError, match=r"(?s)metrics.csv of .*git failed: .*nowhere"):
        source("HEAD", tmp_path / "bare")


def test_a_shallow_clone_is_told_how_to_be_deeper(repository, tmp_path):
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", "shallow")
    text = run(tmp_path / "shallow", "HEAD~1", status=1)
    assert "no commit of that name" in text and "git fetch --unshallow" in text
    assert "--unshallow" not in run(repository, "HEAD~9", status=1)


def test_what_is_no_repository_is_told_in_words_of_git(repository, tmp_path):
    (repository / ".git/HEAD").write_text("damaged")
    text = run(repository, "HEAD", status=1)
    assert "git failed: fatal: not a git repository" in text and "metrics.csv" in text


def test_a_repository_of_another_is_told_in_words_of_git(repository, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    text = run(repository, "HEAD", status=1)
    assert "dubious ownership" in text and "safe.directory" in text


def test_a_name_of_what_is_no_commit_is_told_in_words_of_git(repository):
    git(repository, "tag", "tree", "HEAD^{tree}")
    assert "expected commit type" in run(repository, "tree", status=1)
    assert "no commit of that name" in run(repository, "0" * 40, status=1)


def test_git_that_is_not_there_is_told(repository, monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    assert "git is needed" in run(repository, "HEAD", status=1)
    with pytest.raises(GaebenchError, match="install it"):
        asking.asked(repository, "status")


@pytest.mark.parametrize("name", ["~nobody-of-that-name/x", "x" * 5000])
def test_a_name_that_can_be_no_place_is_no_results(repository, name):
    assert "no results there" in run(repository, name, status=1)


# ---- parameters that cannot be read


UNREAD = {
    "tab": (b"a:\n\tb: 1\n", "params.yaml, line 2: no YAML"),
    "conflict": (b"a: 1\n<<<<<<< HEAD\nb: 2\n=======\n", "params.yaml, line 2: no YAML"),
    "list": (b"- a\n", "params.yaml: must be a mapping"),
    "text": (b"a\n", "params.yaml: must be a mapping"),
    "empty": (b"", "params.yaml: must be a mapping"),
    "latin": ("a: é\n".encode("latin-1"), "params.yaml is not text in UTF-8"),
    "itself": (b"a: &x\n  b: *x\n", "params.yaml: a part of it stands in itself"),
}


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("kind", UNREAD)
def test_numbers_are_compared_whatever_the_parameters(repository, kind, committed):
    content, reason = UNREAD[kind]
    (repository / "params.yaml").write_bytes(content)
    if committed:
        commit(repository, "three")
    text = run(repository, *(("HEAD~1", "HEAD") if committed else ("HEAD",)))
    assert "+20.00" in text and "Parameters: not known; " in text and reason in text
    (found,) = json.loads(run(repository, "HEAD~1", "HEAD" if committed else ".", "--json"))
    assert found["params"] is None and reason in found["unknown"]["params"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (".nan", "nan"),
        ("[1, -.inf]", [1, "-inf"]),
        ("[{2020-01-02: 1e-5}]", [{"2020-01-02": 1e-5}]),
        ("!!binary aGk=", "b'hi'"),
        ('"a\\nb\\e"', "a\nb\x1b"),
    ],
)
def test_what_json_has_no_word_for_is_text(repository, value, expected):
    (repository / "params.yaml").write_text(f"odd: {value}\n")
    (found,) = json.loads(run(repository, "HEAD", "--json"), parse_constant=pytest.fail)
    assert ["odd", None, expected] in found["params"]
    for form in ([], ["--markdown"]):
        assert "\x1b" not in run(repository, "HEAD", *form)
    commit(repository, "three")
    assert "Parameters: the same" in run(repository, "HEAD")
