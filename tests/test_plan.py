"""What a run would cost: its jobs as Snakemake lists them, their times of the past or by rates."""

from pathlib import Path

import pytest

from gaebench.command.plan import duration, summary
from gaebench.errors import GaebenchError
from gaebench.identity import record
from gaebench.planning import Cost, Job, Prices
from gaebench.planning.costs import REFERENCE, START
from gaebench.planning.due import due, parsed, said
from gaebench.project import Project, workflow

ROOT = Path(__file__).parents[1]
TEXT = """Building DAG of jobs...
[Thu Nov 26 13:22:42 2026]
rule train:
    input: data/processed/mnist.npz
    output: results/runs/mnist/vae/0/model.pt, results/runs/mnist/vae/0/history.csv
    log: results/logs/train/mnist/vae/0.log
    benchmark: results/logs/train/mnist/vae/0.tsv
    wildcards: dataset=mnist, model=vae, seed=0

[Thu Nov 26 13:22:42 2026]
localrule all:
    input: results/metrics.csv
    jobid: 0

[Thu Nov 26 13:22:42 2026]
checkpoint fetch:
    output: data/raw/mnist.json
    benchmark: results/logs/fetch/mnist.tsv
    DAG of jobs will be updated after completion.

Job stats:
job      count
-----  -------
train        1
all          1
fetch        1
total        3
"""
TRAIN = Job(
    "train",
    ("results/runs/mnist/vae/0/model.pt", "results/runs/mnist/vae/0/history.csv"),
    "results/logs/train/mnist/vae/0.tsv",
)


def prices(root: Path, rate: float = REFERENCE) -> Prices:
    """Of this checkout's parameters in a folder without results."""
    return Prices(root, Project(root, (ROOT / "params.yaml",)).config, rate)


def evaluation(metric: str, dataset: str = "mnist", model: str = "vae") -> Job:
    return Job("evaluate_model", (f"results/runs/{dataset}/{model}/0/{metric}.json",), "none.tsv")


def test_the_jobs_of_a_dry_run_are_understood():
    assert parsed(TEXT) == [
        TRAIN,
        Job("fetch", ("data/raw/mnist.json",), "results/logs/fetch/mnist.tsv"),
    ]
    assert parsed("Nothing to be done (all requested files are present and up to date).\n") == []


def test_jobs_that_are_not_understood_are_not_passed_over():
    with pytest.raises(GaebenchError, match="4 jobs"):
        parsed(TEXT.replace("total        3", "total        4"))


def test_the_jobs_of_a_study_are_those_of_its_tables_and_claims():
    study = [ROOT / "workflow/studies/table2.yaml"]
    jobs = due(ROOT, ["study"], study)
    made = {path for job in jobs for path in job.outputs}
    assert {f"results/table2/{name}" for name in ("tables.md", "claims.md")} <= made
    assert not [job for job in jobs if job.rule in ("figure", "page", "outcome")]


def test_a_target_that_no_rule_makes_is_named():
    with pytest.raises(GaebenchError, match=r"says:\nMissingRuleException:\nNo rule .* nothing"):
        due(ROOT, ["nothing"], [])


def test_a_search_of_what_has_no_trials_is_named():
    with pytest.raises(
        GaebenchError, match=r"has no trials of vae-2 on mnist; did you mean"
    ) as error:
        due(ROOT, ["results/search/mnist/vae-2/trials.csv"], [])
    assert "Traceback" not in str(error.value)
    with pytest.raises(GaebenchError, match=r"trials of vae on mnist numbered 0 to \d+, on"):
        due(ROOT, ["results/search/mnist/vae/0/99.csv"], [])


def test_what_snakemake_says_without_an_error_is_shown_by_its_end():
    assert said("first\n" + "line\n" * 20) == "\n".join(["line"] * 20)


def test_a_job_that_ran_here_takes_as_long_again(tmp_path):
    path = tmp_path / TRAIN.benchmark
    path.parent.mkdir(parents=True)
    path.write_text("s\th:m:s\tmax_rss\n81.5\t0:01:21\t500\n")
    cost = prices(tmp_path).of(TRAIN)
    assert (cost.seconds, cost.known) == (81.5, True)


def test_a_training_with_other_epochs_does_not_take_as_long_again(tmp_path):
    path = tmp_path / TRAIN.benchmark
    path.parent.mkdir(parents=True)
    path.write_text("s\th:m:s\tmax_rss\n81.5\t0:01:21\t500\n")
    found = prices(tmp_path)
    settings = workflow("runs").training(found.config, "vae", "mnist")
    of = {"rule": "train", "wildcards": {}, "inputs": {}, "bytes": 1, "sha256": "0" * 64}
    for shift, known in ((0, True), (5, False)):
        train = settings["train"] | {"epochs": settings["train"]["epochs"] + shift}
        params = {"settings": settings | {"train": train}}
        record.write(record.Identity(file=TRAIN.outputs[0], params=params, **of), tmp_path)
        assert found.of(TRAIN).known == known


def test_others_go_by_rates_and_the_machine(tmp_path):
    found = prices(tmp_path).of(TRAIN)
    rates = prices(tmp_path).rates
    [row] = [rate for rate in rates if (rate["name"], rate["dataset"]) == ("vae", "mnist")]
    assert found.seconds == pytest.approx(START + 24 * float(row["seconds"]))
    assert prices(tmp_path, REFERENCE / 2).of(TRAIN).seconds == pytest.approx(2 * found.seconds)
    assert not found.known and found.bytes > 7e6


def test_a_trial_of_a_search_takes_its_share_of_a_training(tmp_path):
    found = prices(tmp_path)
    last = len(found.search["spaces"]["bimnist"]["vae-2-40d"]["budget"]) - 1
    trials = [
        Job("trial", (f"results/search/bimnist/vae-2-40d/{rung}/3.csv",), "none.tsv")
        for rung in (0, last)
    ]
    whole = Job("train", ("results/runs/bimnist/vae-2-40d/0/model.pt",), "none.tsv")
    first, full = (found.of(trial).seconds - START for trial in trials)
    assert full == pytest.approx(found.of(whole).seconds - START) and full / first == 8


def test_times_grow_with_the_settings(tmp_path):
    over = tmp_path / "over.yaml"
    over.write_text("metrics: {loglik_prior: {draws: 2000000}}\ntrain: {budget: 0.5}\n")
    whole = prices(tmp_path)
    other = Prices(tmp_path, Project(tmp_path, (ROOT / "params.yaml", over)).config, REFERENCE)
    job = evaluation("loglik_prior", "bimnist", "gae-2")
    assert other.of(job).seconds - START == pytest.approx(2 * (whole.of(job).seconds - START))
    assert other.of(TRAIN).seconds - START == pytest.approx((whole.of(TRAIN).seconds - START) / 2)


@pytest.mark.parametrize("rule", ["tables", "collect", "outcome", "of_the_future"])
def test_every_rule_has_a_cost(tmp_path, rule):
    cost = prices(tmp_path).of(Job(rule, (f"results/{rule}.md",), ""))
    assert START <= cost.seconds < 10 * START and cost.bytes > 0


def test_files_that_are_there_fill_no_more_disk(tmp_path):
    samples = Job("sample", ("results/runs/mnist/vae/0/samples.npy",), "none.tsv")
    assert prices(tmp_path).of(samples).bytes == 10_000 * 28 * 28 * 2
    (tmp_path / samples.outputs[0]).parent.mkdir(parents=True)
    (tmp_path / samples.outputs[0]).touch()
    assert prices(tmp_path).of(samples).bytes == 0


def test_a_plan_adds_up(tmp_path, monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0, 1})
    costs = [Cost(100.0, True, 5), Cost(20.0, False, 7)]
    plan = summary([TRAIN, TRAIN], costs, 66.0, tmp_path)
    assert plan["kinds"] == {"train": {"jobs": 2, "seconds": 120.0, "bytes": 12}}
    assert plan["seconds"] == 100.0, "no sooner than the longest job"
    assert plan["measured_here"] == 1


def test_words():
    assert [duration(s) for s in (5, 89, 600, 7200)] == ["5 s", "89 s", "10 min", "2.0 h"]
