"""The benchmarks' own logic, and that other implementations compute what ours do. No timings."""

import base64
import json
import math
import sys

import numpy as np
import pytest
import torch

from benchmarks import __main__ as program
from benchmarks import (
    inputs,
    jobs,
    loglik_prior,
    loops,
    mixture_prior,
    parzen,
    pipeline,
    products,
    report,
    scaling,
    timing,
    training,
)
from benchmarks import peers as other
from benchmarks.measurement import Benchmark, Measurement, NotMeasured, join, split
from benchmarks.paths import PATHS
from gaebench.errors import DataError, SettingsError
from gaebench.mathematics import gaussians
from gaebench.metrics import loglik_prior as loglik_metric
from gaebench.metrics import parzen as parzen_metric
from gaebench.model import ImageSpec
from gaebench.models.gae import GAE
from gaebench.models.vae import VAE
from gaebench.seeding import stream


@pytest.fixture
def clock(monkeypatch):
    """A clock that only moves when told to: a function of the seconds to pass."""
    now = [0.0]
    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])

    def passes(seconds):
        now[0] += seconds

    return passes


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty repository for the benchmarks to look at."""
    monkeypatch.setattr(pipeline, "ROOT", tmp_path)
    monkeypatch.setattr(program, "RESULTS", tmp_path / "results")
    (tmp_path / "results" / "logs").mkdir(parents=True)
    return tmp_path


# ---- times


def test_two_computations_take_turns_and_each_goes_first_every_other_round():
    calls = []
    pairs = timing.alternate(lambda: calls.append("a"), lambda: calls.append("b"), rounds=3)
    assert "".join(calls) == "baabbaab"
    assert len(pairs.ours) == len(pairs.limit) == 3


def test_the_first_round_does_not_count(clock):
    slow_start = iter([100, 2, 2, 2])
    pairs = timing.alternate(lambda: clock(next(slow_start)), lambda: clock(1), rounds=3)
    assert pairs.ours == [2, 2, 2]
    assert pairs.limit == [1, 1, 1]


def test_the_times_are_those_of_the_round_with_the_median_ratio():
    pairs = timing.Pairs(ours=[9.0, 8.0, 2.0], limit=[3.0, 4.0, 2.0])
    assert pairs.median == (8.0, 4.0)
    assert pairs.ratios == [1.0, 2.0, 3.0]
    found = Measurement.of(pairs, {}, "", factor=10)
    assert (found.ours, found.limit, found.low, found.high) == (80, 40, 1, 3)


def test_the_fastest_candidate_wins_by_its_best_repeat(clock):
    times = {"even": iter([3, 3]), "uneven": iter([9, 2])}
    assert timing.fastest(times, lambda name: clock(next(times[name])), repeats=2) == "uneven"


def test_a_peer_is_extrapolated_along_a_line_that_counts_fixed_costs_once(clock):
    assert other.extrapolated(lambda n: clock(5 + 2 * n), 10, 40, 1000) == pytest.approx(2005)


def test_a_peer_that_fails_says_why_and_a_missing_one_that_it_is_missing():
    def fail():
        raise np.linalg.LinAlgError("It is singular. More words.")

    def miss():
        import a_package_that_nobody_has  # noqa: F401

    assert other.timed(fail) == "fails: It is singular"
    assert other.timed(miss) == "not installed"


@pytest.mark.parametrize("exponent", [-1.0, 0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_law_is_found(exponent):
    counts = [100, 316, 1000, 3162, 10000]
    curve = scaling.Curve("path", "n", counts, [0.3 * n**exponent for n in counts])
    assert curve.exponent == pytest.approx(exponent)


def test_counts_span_two_decades():
    assert scaling.two_decades(100_000, 1.0) == [1000, 3162, 10_000, 31_623, 100_000]
    assert scaling.two_decades(100_000, 0.1)[-1] == 10_000


# ---- what jobs tell


@pytest.mark.parametrize(
    "intervals, length",
    [
        ([], 0),
        ([(1, 3)], 2),
        ([(1, 3), (1, 3)], 2),
        ([(1, 3), (2, 5)], 4),
        ([(1, 3), (3, 5)], 4),
        ([(6, 7), (1, 3)], 3),
        ([(1, 9), (2, 3), (4, 5)], 8),
        ([(1, 4), (2, 3), (3.5, 6), (8, 9)], 6),
    ],
)
def test_the_union_of_intervals_counts_overlaps_once_and_gaps_not_at_all(intervals, length):
    assert jobs.union(intervals) == length


def test_useful_work_is_read_from_the_logs():
    log = "07:00:01 epoch 1/2\n07:00:02 computed for 12.34 s\n07:00:03 computed for 5 s\n"
    assert jobs.computed(log) == pytest.approx(17.34)
    assert jobs.computed("07:00:01 computed for 1.00 s in vain\n07:00:02 3.00 s left") == 0


def test_useful_work_is_summed_over_all_logs(project):
    write_log(project, "train/mnist/vae/0", "computed for 2.50 s\n")
    write_log(project, "sample/mnist/vae/0", "computed for 0.50 s\n")
    write_log(project, "collect", "nothing to tell\n")
    assert jobs.useful(project / "results" / "logs") == 3


def write_log(project, name, text=""):
    path = project / "results" / "logs" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def write_record(project, output, rule, log, times, *, incomplete=False, folder=""):
    """A record as Snakemake leaves it; ``folder``: how it splits names that are too long."""
    name = base64.b64encode(output.encode()).decode()
    path = project / ".snakemake" / "metadata" / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {"rule": rule, "log": [log], "starttime": times[0], "endtime": times[1]}
    path.write_text(json.dumps(record | {"incomplete": incomplete}))


def full_run(project):
    """Two overlapping jobs, one after a gap, and records that are none of the run's."""
    logs = "results/logs"
    write_log(project, "train", "07:00:00 computed for 9.00 s\n")
    write_log(project, "collect", "07:00:00 computed for 1.00 s\n")
    write_record(project, "model.pt", "train", f"{logs}/train.log", (10, 20))
    write_record(project, "history.csv", "train", f"{logs}/train.log", (10, 20), folder="@abc")
    write_record(project, "metrics.csv", "collect", f"{logs}/collect.log", (18, 24))
    write_record(project, "other", "train", f"{logs}/train.log", (0, 99), incomplete=True)
    write_record(project, "gone", "train", f"{logs}/gone.log", (0, 99))
    (project / "results" / "quick" / "logs").mkdir(parents=True)
    (project / "results" / "quick" / "logs" / "train.log").write_text("computed for 99.00 s\n")
    write_record(project, "quick", "train", "results/quick/logs/train.log", (0, 99))


def test_the_full_run_is_read_off_its_own_records(project, monkeypatch):
    monkeypatch.setattr(pipeline, "count", lambda: 2)
    full_run(project)
    found = pipeline.full(1.0)
    assert (found.ours, found.limit) == (14, 5)


def test_without_a_full_run_there_is_nothing_to_measure(project):
    for measure in (pipeline.full, pipeline.memory):
        with pytest.raises(NotMeasured, match="make all"):
            measure(1.0)
    write_log(project, "prepare/mnist", "computed for 1.00 s\n")
    write_record(project, "mnist.npz", "prepare", "results/logs/prepare/mnist.log", (0, 1))
    with pytest.raises(NotMeasured):
        pipeline.full(1.0)


def test_the_peak_memory_is_that_of_the_largest_job(project):
    folder = project / "results" / "logs" / "train"
    folder.mkdir()
    for name, peak in (("vae", "512.00"), ("gae", "1536.00"), ("brief", "NA")):
        (folder / f"{name}.tsv").write_text(f"s\tmax_rss\tmax_vms\n1.0\t{peak}\t9999\n")
    found = pipeline.memory(1.0)
    assert (found.ours, found.limit) == (1.5, 1)
    assert "train/gae" in found.note


def test_the_copy_of_the_project_has_what_its_graph_needs(project, tmp_path_factory):
    for part in pipeline.PARTS:
        path = project / part
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix:
            path.write_text("settings")
        else:
            path.mkdir()
            (path / "file").write_text("content")
    copy = tmp_path_factory.mktemp("copy")
    pipeline._copy(copy)
    assert (copy / "data" / "raw" / "file").read_text() == "content"
    assert (copy / "params.yaml").read_text() == "settings"
    assert not (copy / "results").exists()


# ---- the table


def measured(ours=3.0, limit=2.0, **peers):
    return Measurement(ours, limit, ours / limit - 0.5, ours / limit + 0.5, peers, "a note")


def test_a_row_starts_with_the_agreed_columns():
    row = PATHS["parzen"].row("parzen", measured())
    assert list(row) == list(report.COLUMNS)
    assert report.COLUMNS[:5] == ("path", "ours_s", "limit_s", "ratio", "goal")
    assert list(row.values())[:8] == ["parzen", "3", "2", "1.5", "2", "yes", "1", "2"]


def test_the_ratio_of_training_is_a_share_of_the_limit():
    row = PATHS["train_vae"].row("train_vae", measured(ours=1.25, limit=1.0))
    assert (row["ratio"], row["goal"], row["met"]) == ("0.8", "0.75", "yes")
    assert float(row["low"]) < 0.8 < float(row["high"])
    assert PATHS["train_vae"].row("train_vae", measured(ours=2.0, limit=1.0))["met"] == "no"


def test_peers_survive_as_text():
    peers = {"one, two": 12.345678, "other": "fails: it is singular; and more"}
    assert split(join(peers)) == {"one, two": "12.35", "other": "fails: it is singular, and more"}
    assert split(join({})) == {}


@pytest.fixture
def stub(project, monkeypatch):
    """The program with stubs for paths: a dictionary, path -> ours in seconds or an error."""
    answers = dict.fromkeys(PATHS, 1.0)

    def run(path):
        if isinstance(answers[path], Exception):
            raise answers[path]
        return measured(ours=answers[path], limit=1.0, peer=4.0)

    stubs = {
        path: Benchmark("job", 2.0, lambda share, path=path: run(path), peers={"peer": "a way"})
        for path in PATHS
    }
    for module in (program, report):
        monkeypatch.setattr(module, "PATHS", stubs)
    curve = scaling.Curve("Parzen", "samples", [10, 100], [1.0, 10.0])
    monkeypatch.setattr(scaling, "curves", lambda share: [curve])
    monkeypatch.setattr(scaling, "by_layers", lambda share: {"vae": [1.0, 2.0, 3.0, 4.0]})
    return answers


def read_ratios(project):
    rows = report.read(project / "results" / "benchmarks.csv")
    return {path: float(row["ratio"]) for path, row in rows.items()}


def test_paths_that_are_not_named_keep_their_rows(stub, project):
    program.measure_all(list(program.NAMES), small=False)
    assert read_ratios(project) == dict.fromkeys(PATHS, 1.0)
    stub |= {"parzen": 3.0, "train_vae": 5.0}
    program.measure_all(["parzen"], small=False)
    assert read_ratios(project) == dict.fromkeys(PATHS, 1.0) | {"parzen": 3.0}
    text = (project / "results" / "benchmarks.csv").read_text()
    assert text.startswith("path,ours_s,limit_s,ratio,goal,")
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == list(PATHS)


def test_a_path_that_cannot_be_measured_has_no_row(stub, project, capsys):
    program.measure_all(["parzen", "pipeline"], small=False)
    stub["pipeline"] = NotMeasured("no full run here")
    program.measure_all(["pipeline"], small=False)
    assert list(read_ratios(project)) == ["parzen"]
    assert "no full run here" in capsys.readouterr().out
    page = (project / "results" / "benchmarks.md").read_text()
    assert "Not measured here: loglik_prior" in page


def test_the_page_shows_goals_peers_and_the_section_on_scaling_of_an_earlier_run(stub, project):
    program.measure_all(["scaling"], small=False)
    program.measure_all(["parzen"], small=False)
    page = (project / "results" / "benchmarks.md").read_text()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines()]
    assert ["parzen", "job", "1", "1", "1 [0.5, 1.5]", "≤ 2", "yes"] in cells
    assert ["parzen", "peer", "a way", "4", "4", "4"] in cells
    assert ["Parzen", "samples", "10: 1", "100: 10", "1.00"] in cells
    assert page.count("## Scaling") == 1
    assert (project / "results" / "benchmarks.png").stat().st_size


def test_a_small_run_writes_nothing(stub, project, capsys):
    program.measure_all(list(program.NAMES), small=True)
    assert not list((project / "results").glob("benchmarks*"))
    assert "parzen" in capsys.readouterr().out


def test_an_unknown_path_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError, match=r"no path 'parsen'; there are: parzen, .*scaling"):
        program._wanted(["parsen"])


def test_data_that_were_not_prepared_are_named_with_the_remedy():
    with pytest.raises(DataError, match=r"data/processed/nothing\.npz .*snakemake data"):
        inputs.dataset("nothing")


# ---- the limits and the peers compute what ours do


def tiny(family, n=40):
    """An untrained model of 16 bits, and images."""
    images = (torch.rand(n, 16, generator=stream(0, "images")) < 0.4).float()
    model = family(ImageSpec(16, True), stream(0, "init"), layers=2, hidden=8, latent=3)
    model.start(images)
    return model, images


@pytest.fixture
def clouds():
    """Images and centres of 12 pixels."""
    generator = stream(0, "clouds")
    return torch.rand(21, 12, generator=generator), torch.rand(60, 12, generator=generator)


@pytest.mark.parametrize("peer", [parzen.broadcasting, parzen.scikit_learn])
@pytest.mark.parametrize("s", [0.2, 0.5])
def test_other_parzen_windows_agree_with_ours(clouds, peer, s):
    images, centres = clouds
    ours = parzen_metric.log_densities(images, centres, [s])[0]
    np.testing.assert_allclose(np.asarray(peer(images, centres, s)), ours, atol=1e-3)


def test_scipy_agrees_with_ours_where_the_covariance_is_the_identity(clouds):
    images, centres = (cloud.double() for cloud in clouds)
    values, vectors = torch.linalg.eigh(torch.cov(centres.T))
    white = (vectors / values.sqrt()) @ vectors.T
    images, centres = (images @ white).float(), (centres @ white).float()
    ours = parzen_metric.log_densities(images, centres, [0.5])[0]
    np.testing.assert_allclose(parzen.scipy(images, centres, 0.5), ours, atol=1e-3)


@pytest.mark.parametrize("family", [VAE, GAE])
@pytest.mark.parametrize("peer", [loglik_prior.plain_loop, loglik_prior.broadcasting])
def test_other_likelihood_loops_agree_with_ours(family, peer):
    model, images = tiny(family)
    ours = loglik_metric.log_likelihoods(model, images, stream(0, "draws"), 130, chunk=50)
    torch.testing.assert_close(peer(model, images, 130).double(), ours, atol=1e-4, rtol=0)


def test_the_mixture_of_torch_distributions_agrees_with_ours():
    generator = stream(0, "mixture")
    z, mean, log_variance = (torch.randn(n, 5, generator=generator) for n in (23, 70, 70))
    theirs = mixture_prior.torch_distributions(z, mean, log_variance)
    ours = gaussians.log_mixture(z, mean, log_variance)
    torch.testing.assert_close(theirs, ours, atol=1e-4, rtol=0)


@pytest.mark.parametrize("rows, columns", [(8, 25), (1, 60), (21, 7), (1000, products.WHOLE)])
def test_a_product_in_blocks_is_the_whole_product(clouds, monkeypatch, rows, columns):
    left, right = clouds[0], clouds[1].T
    found, mm = [], torch.mm
    monkeypatch.setattr(torch, "mm", lambda a, b, out: found.append(mm(a, b, out=out).clone()))
    products.blocked(left, right, rows, columns)
    across = math.ceil(60 / min(columns, 60))
    lines = [torch.cat(found[i : i + across], 1) for i in range(0, len(found), across)]
    torch.testing.assert_close(torch.cat(lines), mm(left, right))


def test_the_limit_of_the_likelihood_is_all_products_where_blocks_do_not_divide_sizes(monkeypatch):
    model, bits = tiny(VAE)
    found, mm = [], torch.mm

    def counted(a, b, out):
        found.append(a.numel() * b.shape[1])
        return mm(a, b, out=out)

    monkeypatch.setattr(torch, "mm", counted)
    loglik_prior.products(model, bits, torch.randn(10, 3), (4, 7))
    weights = sum(p.numel() for p in model.decoder.parameters() if p.ndim == 2)
    assert sum(found) == 10 * (weights + bits.numel())


def test_a_training_step_has_six_operations_per_weight_and_image():
    model, _ = tiny(GAE)
    sizes = training.layer_sizes(model)
    assert sizes == [(16, 8), (8, 8), (8, 6), (3, 8), (8, 8), (8, 16)]
    weights = sum(p.numel() for p in model.parameters() if p.ndim == 2)
    shapes = [
        (left.shape, right.shape, out.shape)
        for n_in, n_out in sizes
        for left, right, out in training._layer(n_in, n_out, 5)
    ]
    assert all(a[1] == b[0] and (a[0], b[1]) == tuple(out) for a, b, out in shapes)
    assert sum(2 * a[0] * a[1] * b[1] for a, b, _ in shapes) == 6 * weights * 5
    training.products(sizes, 5)(2)


def test_the_loop_that_is_measured_is_gaebenchs_own():
    model, images = tiny(GAE, n=2 * inputs.BATCH)
    before = model.encoder.net[0].weight.clone()
    inputs.train(model, images)
    assert not torch.equal(before, model.encoder.net[0].weight)


@pytest.mark.parametrize("family", [VAE, GAE])
def test_the_dataloader_loop_trains(family):
    model, images = tiny(family)
    losses = [loops.plain(model, images, batch=10) for _ in range(20)]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("family", [VAE, GAE])
def test_pythae_trains_the_same_network(family, tmp_path):
    pytest.importorskip("pythae")
    model, images = tiny(family)
    before = model.decoder.net[0].weight.clone()
    trainer = loops.pythae_trainer(model, images, 10, str(tmp_path))
    assert math.isfinite(trainer.train_step(1))
    assert not torch.equal(before, model.decoder.net[0].weight)


def test_without_pythae_its_row_says_so(monkeypatch):
    for name in ("pythae", "pythae.data.datasets"):
        monkeypatch.setitem(sys.modules, name, None)
    model, images = tiny(VAE)
    assert loops.pythae_epoch(model, images, 10) == "not installed"
