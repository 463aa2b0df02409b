"""Every file that a job makes has an identity; what is another file, or changed, is not used."""

import errno
import json
import os
import shutil
import stat
from base64 import urlsafe_b64decode
from pathlib import Path

import numpy as np
import pytest
from params import redo
from running import state

from gaebench import data, runs
from gaebench.errors import DataError, GaebenchError
from gaebench.identity import record, tree
from gaebench.identity.job import LONGEST, Job, normal
from gaebench.report import cells, collect
from gaebench.search import tuning

RUNS = [("mnist", "vae", 0), ("mnist", "gae", 0), ("mnist", "gae", 1), ("faces", "vae", 0)]
METRICS = ("parzen", "prdc")
TABLE = "dataset,model,seed,metric,value,sem,version\nmnist,vae,0,parzen,1.5,0.1,1\n"


def params(rule, **wildcards):
    """What a rule is told."""
    settings = json.dumps({"rule": rule, **wildcards}, sort_keys=True)
    return {"settings": settings, "code": {"gaebench/data.py": "0123"}}


def made(rule, inputs, files, wildcards=None):
    """Run a job that makes files with some content."""
    wildcards = wildcards or {}
    job = Job(rule, wildcards, params(rule, **wildcards), inputs, files)
    job.begin()
    for path, content in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)
    job.end()


def bits(*seed):
    """Some content."""
    rng = np.random.default_rng([len(str(seed)), *map(ord, str(seed))])
    return rng.bytes(1000)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project after a run, with stand-ins for what jobs compute; the working directory."""
    monkeypatch.chdir(tmp_path)
    made(
        "fetch", [], files={"data/raw/mnist.json": b'{"files": {}}'}, wildcards={"source": "mnist"}
    )
    for dataset in ("mnist", "faces"):
        files = {f"data/processed/{dataset}.npz": bits(dataset)}
        made("prepare", ["data/raw/mnist.json"], files=files, wildcards={"dataset": dataset})
    measured = []
    for dataset, model, seed in RUNS:
        run, of = f"results/runs/{dataset}/{model}/{seed}", {"dataset": dataset, "model": model}
        of["seed"] = str(seed)
        source = f"data/processed/{dataset}.npz"
        names = ("model.pt", "history.csv")
        files = {f"{run}/{name}": bits(run, name) for name in names}
        made("train", [source], files=files, wildcards=of)
        samples = {f"{run}/samples.npy": bits(run, "samples")}
        made("sample", [source, f"{run}/model.pt"], files=samples, wildcards=of)
        for metric in METRICS:
            content = json.dumps({"value": 1.5 + len(measured), "sem": 0.1}).encode()
            path = f"{run}/{metric}.json"
            made(
                "evaluate_samples",
                [source, f"{run}/samples.npy"],
                files={path: content},
                wildcards=of | {"metric": metric},
            )
            measured.append(path)
    summaries = {"results/metrics.csv": TABLE.encode(), "results/metrics.json": b'{"a": 1}'}
    made("collect", measured, files=summaries)
    made("tables", measured, files={"results/tables.md": b"# Results\n\n12.34\n"})
    made("claims", ["results/metrics.csv"], files={"results/claims.md": b"# Claims\n"})
    pictures = {"results/figures/f.png": bits("png"), "results/vector/f.svg": b"<svg></svg>"}
    made("figure", ["data/processed/mnist.npz"], files=pictures, wildcards={"figure": "f"})
    costs = {"results/cost.csv": b"seconds\n2.5\n", "results/cost.md": b"# Cost\n\n2.5\n"}
    made("cost", ["results/metrics.csv"], files=costs)
    page = {"results/index.html": b"<!doctype html><title>Results</title>\n"}
    made("page", ["results/metrics.csv", "results/cost.csv"], files=page)
    made(
        "outcome",
        ["results/metrics.csv", *page, *pictures],
        files={"results/outcome.md": b"Every run came out.\n"},
    )
    record._owners.cache_clear()
    return tmp_path


def findings():
    return {finding.file: finding.problem for finding in tree.verify(".")}


def test_after_a_run_all_is_well_and_the_identities_say_what_is_what(project):
    assert findings() == {}
    identity = record.required("results/runs/mnist/gae/1/parzen.json")
    assert identity.rule == "evaluate_samples"
    assert identity.wildcards == {
        "dataset": "mnist",
        "model": "gae",
        "seed": "1",
        "metric": "parzen",
    }
    assert identity.params["settings"]["metric"] == "parzen"
    assert identity.params["code"] == {"gaebench/data.py": "0123"}
    samples = "results/runs/mnist/gae/1/samples.npy"
    assert identity.inputs[samples] == record.content_hash(samples)[:16]


def test_identities_hold_no_time_and_no_place(project):
    texts = [path.read_text() for path in Path().glob(f"**/{record.FOLDER}/*.json")]
    assert len(texts) > 20
    assert not [text for text in texts if str(project) in text]


FILES = [
    "data/processed/mnist.npz",
    "data/raw/mnist.json",
    "results/runs/mnist/vae/0/model.pt",
    "results/runs/mnist/vae/0/history.csv",
    "results/runs/mnist/vae/0/samples.npy",
    "results/runs/mnist/vae/0/parzen.json",
    "results/metrics.csv",
    "results/metrics.json",
    "results/tables.md",
    "results/claims.md",
    "results/outcome.md",
    "results/index.html",
    "results/cost.csv",
    "results/cost.md",
    "results/figures/f.png",
    "results/vector/f.svg",
]


def flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGE = {
    "emptied": lambda content: b"",
    "cut": lambda content: content[:-1],
    "longer": lambda content: content + b"\n",
    "second half zero": lambda content: content[: len(content) // 2].ljust(len(content), b"\0"),
    "a bit flipped": flipped,
    "first bit flipped": lambda content: bytes([content[0] ^ 128]) + content[1:],
    "last bit flipped": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
}


def spoil(path, damage):
    """Damage a file; its times stay as they were."""
    path, times = Path(path), os.stat(path)
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("file", FILES)
def test_damage_is_found_and_not_used(project, file, damage):
    record.content_hash(file)  # known before the damage
    spoil(file, damage)
    assert set(findings()) == {file}
    problem = findings()[file]
    assert problem.startswith(f"{file} is not what was made (rule ")
    assert problem.endswith("Run again: it is made anew.")
    job = Job("any", {}, {}, [file], ["out"])
    with pytest.raises(DataError, match=r"is not what was made"):
        job.begin()
    with pytest.raises(DataError, match=r"is not what was made"):
        record.refuse(project / file)


SWAPS = {
    "models": ("results/runs/mnist/vae/0/samples.npy", "results/runs/mnist/gae/0/samples.npy"),
    "data sets": ("results/runs/mnist/vae/0/model.pt", "results/runs/faces/vae/0/model.pt"),
    "seeds": ("results/runs/mnist/gae/0/history.csv", "results/runs/mnist/gae/1/history.csv"),
    "metrics": ("results/runs/mnist/vae/0/parzen.json", "results/runs/mnist/vae/0/prdc.json"),
    "runs": ("results/runs/mnist/vae/0/parzen.json", "results/runs/faces/vae/0/parzen.json"),
    "prepared data": ("data/processed/mnist.npz", "data/processed/faces.npz"),
    "texts": ("results/tables.md", "results/claims.md"),
}


def swap(one, other):
    shutil.move(one, "kept")
    shutil.move(other, one)
    shutil.move("kept", other)


@pytest.mark.parametrize("pair", SWAPS.values(), ids=SWAPS)
@pytest.mark.parametrize("with_identities", [False, True])
def test_swapped_files_are_found_and_named(project, pair, with_identities):
    swap(*pair)
    if with_identities:
        swap(*map(record.place, pair))
    found = findings()
    assert set(found) >= set(pair)
    for file, other in (pair, pair[::-1]):
        assert file in found[file] and other in found[file], "what it should be, and what it is"
        with pytest.raises(DataError):
            Job("any", {}, {}, [file], []).begin()
        with pytest.raises(DataError):
            record.refuse(file)


def test_a_file_is_known_by_its_content_wherever_that_belongs(project):
    one, other = SWAPS["prepared data"]
    shutil.copy(other, one)
    assert f"it is the content of {other}" in findings()[one]


@pytest.mark.parametrize("place", ["results/quick", "results/two/deep", "mine"])
def test_a_file_of_another_results_folder_is_found(project, place):
    shutil.copytree("results", place)
    found = findings()
    assert found and all(file.startswith(f"{place}/") for file in found)
    assert all(" is another file, results/" in problem for problem in found.values())


def test_the_tables_of_another_results_folder_are_looked_at_without_its_runs(project):
    inner = Path("results/study/tables.md")
    record.place(inner).parent.mkdir(parents=True)
    shutil.copy("results/tables.md", inner)
    shutil.copy(record.place("results/tables.md"), record.place(inner))
    assert " is another file, results/tables.md" in findings()[str(inner)]


@pytest.mark.parametrize("file", FILES)
def test_without_its_identity_no_job_uses_a_file(project, file):
    record.place(file).unlink()
    assert findings() == {
        file: f"{file} has no identity: an older version made it, or it was put there. "
        "Run again: it is made anew."
    }
    with pytest.raises(DataError, match="has no identity"):
        Job("any", {}, {}, [file], []).begin()
    record.refuse(file)  # files of other origin can be read


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_identity_is_found(project, damage):
    file = "results/runs/mnist/vae/0/samples.npy"
    spoil(record.place(file), damage)
    if damage in ("cut", "longer"):  # by a line end: what it says is the same
        assert not findings()
        return
    assert "samples.npy.json is damaged" in findings()[file]
    with pytest.raises(DataError, match="damaged"):
        record.refuse(file)


def test_an_edited_identity_is_found(project):
    place = record.place("results/metrics.csv")
    place.write_text(place.read_text().replace("collect", "invent"))
    assert set(findings()) == {"results/metrics.csv"}


def test_a_file_that_is_gone_is_found(project):
    Path("results/runs/mnist/gae/0/model.pt").unlink()
    assert "is missing" in findings()["results/runs/mnist/gae/0/model.pt"]


def test_what_was_made_of_other_files_is_found(project):
    """An older version of a file came back, its identity with it."""
    run, of = "results/runs/mnist/gae/1", {"dataset": "mnist", "model": "gae", "seed": "1"}
    made("train", [], files={f"{run}/model.pt": b"another"}, wildcards=of)
    [(file, problem)] = findings().items()
    assert file == f"{run}/samples.npy"
    assert f"was made of another {run}/model.pt than is there now" in problem


def test_raw_files_are_those_of_their_manifest(project):
    raw = Path("data/raw/mnist/images")
    raw.parent.mkdir()
    raw.write_bytes(bits("raw"))
    manifest = json.dumps({"files": {"images": record.content_hash(raw)}}).encode()
    made("fetch", [], files={"data/raw/mnist.json": manifest}, wildcards={"source": "mnist"})
    assert str(raw) not in findings()
    spoil(raw, "a bit flipped")
    assert findings()[str(raw)].endswith("To fetch it anew: snakemake -f data/raw/mnist.json")


def test_logs_checkpoints_and_files_being_written_are_no_matter(project):
    for file in ("logs/a.log", "checkpoints/mnist/vae/0.pt", "runs/mnist/.x.npy.12.part"):
        Path("results", file).parent.mkdir(parents=True, exist_ok=True)
        Path("results", file).write_text("something")
    assert findings() == {}


# ---- readers


def test_readers_refuse_a_changed_file_that_has_an_identity_and_take_one_without(project):
    images = np.zeros((3, 4), np.uint16)
    file = "results/runs/mnist/vae/0/samples.npy"
    runs.save_samples(images, file)
    Job("sample", {}, {}, [], [file]).end()
    assert runs.load_samples(project / file, 4).shape == (3, 4)
    runs.save_samples(images + 1, file)
    with pytest.raises(DataError, match=r"samples\.npy is not what was made"):
        runs.load_samples(project / file, 4)
    record.place(file).unlink()
    assert runs.load_samples(file, 4).max() > 0


READERS = {
    "data/processed/mnist.npz": data.load,
    "results/runs/mnist/vae/0/parzen.json": cells.content,
    "results/metrics.csv": collect.read,
    "docs/tuning.csv": tuning.read,
}


@pytest.mark.parametrize("file", READERS)
def test_every_reader_looks_at_the_identity(project, file):
    if file.startswith("docs"):
        made("tuning", [], files={file: b"score,settings,train\n12,{},{}\n"})
    spoil(file, "a bit flipped")
    with pytest.raises(DataError, match="is not what was made"):
        READERS[file](file)
    assert file in findings()


# ---- parameters


def test_parameters_stand_as_they_are_and_long_ones_as_hashes():
    found = normal({"settings": '{"b": 1, "a": 2}', "caption": "Words.", "long": "x" * LONGEST * 2})
    assert found["settings"] == {"a": 2, "b": 1}
    assert found["caption"] == "Words."
    assert set(found["long"]) == {"sha256"}
    assert normal({"long": "y" * LONGEST * 2}) != normal({"long": "x" * LONGEST * 2})


# ---- what is made anew


def marked():
    """Files that Snakemake would take for incomplete."""
    places = [path for path in state.UNDONE.rglob("*") if path.is_file()]
    parts = [path.relative_to(state.UNDONE).as_posix() for path in places]
    return {urlsafe_b64decode(part.replace("@", "").replace("/", "")).decode() for part in parts}


def rules(rule):
    """Params of a rule as Snakemake has them: values, or functions of wildcards."""
    settings = lambda wildcards: params(rule, **vars(wildcards))["settings"]  # noqa: E731
    return params(rule) | {"settings": settings}


def test_what_is_damaged_is_marked_said_and_not_touched(project, capsys):
    redo.mark("results", rules)
    assert marked() == set() and capsys.readouterr().err == ""
    spoil("results/runs/mnist/vae/0/samples.npy", "second half zero")
    spoil("results/vector/f.svg", "emptied")
    kept = {path: path.read_bytes() for path in Path("results").rglob("*") if path.is_file()}
    redo.mark("results", rules)
    assert marked() == {"results/runs/mnist/vae/0/samples.npy", "results/vector/f.svg"}
    said = capsys.readouterr().err
    assert "results/vector/f.svg is not what was made (rule figure: figure f)" in said
    assert "snakemake results/runs/mnist/vae/0/samples.npy results/vector/f.svg" in said
    assert kept == {path: path.read_bytes() for path in kept}


def test_the_command_that_is_told_has_the_configuration_of_the_run(project, capsys):
    Path("results/tables.md").write_text("")
    quick, texts = [project / "workflow/quick.yaml"], ["samples=9", "tables={ais: null}"]
    laid, said = "--configfile workflow/quick.yaml", "--config samples=9 'tables={ais: null}'"
    for files, given, options in (
        (quick, None, laid),
        ([], texts, said),
        (quick, texts, f"{laid} {said}"),
    ):
        redo.mark("results", rules, files, given)
        last = capsys.readouterr().err.splitlines()[-1]
        command = f"snakemake {options} -- results/tables.md"
        assert last.endswith(f"nothing else, first: {command}")


def test_a_link_to_nothing_is_told(project):
    Path("results/runs/mnist/vae/0/samples.npy").unlink()
    Path("results/runs/mnist/vae/0/samples.npy").symlink_to("/nowhere/samples.npy")
    with pytest.raises(GaebenchError, match=r"samples.npy is a link to /nowhere.*dvc checkout"):
        redo.mark("results", rules)


def test_a_folder_that_cannot_be_read_is_told(project, monkeypatch):
    def walk(top, onerror):
        onerror(PermissionError(errno.EACCES, "Permission denied", f"{top}/mnist"))
        yield from ()

    monkeypatch.setattr(tree.os, "walk", walk)
    with pytest.raises(GaebenchError, match=r"mnist: Permission denied\. Make it readable"):
        tree.changed(Path(), "results")


def test_a_mark_goes_when_the_file_is_back_and_snakemakes_own_stay(project):
    state.UNDONE.mkdir(parents=True)
    (state.UNDONE / "YQ==").write_text('{"external_jobid": null}')
    before = Path("results/tables.md").read_bytes()
    Path("results/tables.md").write_text("")
    redo.mark("results", rules)
    Path("results/tables.md").write_bytes(before)
    redo.mark("results", rules)
    assert marked() == {"a"}


def test_long_names_are_marked_as_snakemake_does():
    assert state.place(state.UNDONE, "x" * 300).parts[-2].startswith("@")
    assert all(len(part) <= 255 for part in state.place(state.UNDONE, "x" * 3000).parts)


@pytest.mark.parametrize("settings", ["another", "the same"])
def test_a_file_that_todays_settings_do_not_make_is_made_anew_with_what_does_not_fit_it(
    project, settings
):
    run, of = "results/runs/mnist/gae/1", {"dataset": "mnist", "model": "gae", "seed": "1"}
    told = {"settings": "{}"} if settings == "another" else params("train", **of)
    Path(run, "model.pt").write_bytes(b"another")
    Job("train", of, told, [], [f"{run}/model.pt"]).end()
    redo.mark("results", rules)
    foreign = {f"{run}/model.pt"} if settings == "another" else set()
    assert marked() == {f"{run}/samples.npy"} | foreign


def test_a_picture_of_another_run_is_drawn_anew(project):
    made("figure", [], {"results/figures/f.png": b"another"}, {"figure": "f"})
    redo.mark("results", rules)
    assert marked() == {"results/figures/f.png", "results/outcome.md"}


def test_many_findings_are_told_shortly(project, capsys):
    for file in Path("results").rglob("*.json"):
        if file.parent.name != record.FOLDER:
            file.write_text("")
    redo.mark("results", rules)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == redo.SHOWN + 2
    assert lines[-2] == "... and 1 more file: make verify"


def test_files_without_identity_are_marked_and_told_in_one_line(project, capsys):
    """As the results of an older version are."""
    for folder in list(Path("results").rglob(record.FOLDER)):
        shutil.rmtree(folder)
    redo.mark("results", rules)
    assert {"results/tables.md", "results/runs/mnist/vae/0/model.pt"} < marked()
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{len(marked())} files without identity, results/claims.md the first")


def test_a_file_that_cannot_be_read_or_marked_is_told(project):
    path, job = Path("results/tables.md"), Job("tables", {}, {}, [], ["results/tables.md"])
    path.unlink()
    path.symlink_to("nowhere")
    assert "is missing" in findings()["results/tables.md"]
    path.unlink()
    path.write_text("another")
    state.UNDONE.parent.mkdir()
    state.UNDONE.write_text("in the place of a folder")
    with pytest.raises(GaebenchError, match=r"tables\.md is to be made anew, but .* cannot be"):
        redo.mark("results", rules)
    job.end()
    redo.mark("results", rules)


def test_a_file_that_cannot_be_written_over_is_still_told(project):
    path = Path("results/tables.md")
    path.write_text("")
    path.chmod(stat.S_IRUSR)
    assert set(findings()) == {"results/tables.md"}
