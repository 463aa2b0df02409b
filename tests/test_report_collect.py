"""The tidy table: what is read, what is refused, what comes out."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from gaebench.errors import GaebenchError
from gaebench.report import cells as reading
from gaebench.report import collect
from gaebench.report.cells import Cell
from gaebench.report.frames import COLUMNS

VERSIONS = {"parzen": 1, "prdc": 3}


def put(folder, dataset, model, seed, metric, content):
    path = folder / dataset / model / str(seed) / f"{metric}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return Cell.at(path)


@pytest.fixture
def cells(tmp_path):
    return [
        put(tmp_path, "mnist", model, seed, "parzen", {"value": value, "sem": 2.0, "sigma": 0.2})
        for model, seed, value in [("vae", 1, 281.0), ("vae", 0, 280.0), ("gae-1", 0, 300.12346)]
    ]


def test_cells_are_named_by_their_path(cells):
    assert cells[0][:4] == ("mnist", "vae", 1, "parzen")


def test_columns_and_order(cells):
    frame = collect.collect(cells, VERSIONS)
    assert list(frame.columns) == ["dataset", "model", "seed", "metric", "value", "sem", "version"]
    assert list(zip(frame["model"], frame["seed"], strict=True)) == [
        ("vae", 1),
        ("vae", 0),
        ("gae-1", 0),
    ]


def test_an_estimate_among_the_details_is_a_row_of_its_own(tmp_path):
    content = {"value": 0.9, "sem": 0.1, "recall": {"value": 0.5, "sem": 0.2}, "counts": {"a": 1}}
    frame = collect.collect([put(tmp_path, "mnist", "vae", 0, "prdc", content)], VERSIONS)
    assert frame[["metric", "value", "sem", "version"]].values.tolist() == [
        ["prdc", 0.9, 0.1, 3],
        ["prdc.recall", 0.5, 0.2, 3],
    ]


@pytest.mark.parametrize("wrong", [math.nan, -math.inf, 1e200, 10**400, "1", None])
def test_a_number_that_the_table_cannot_hold_is_told_with_its_file(tmp_path, wrong):
    content = {"value": 0.9, "sem": 0.1, "recall": {"value": wrong, "sem": 0.2}}
    with pytest.raises(GaebenchError, match=r"prdc\.json has no number within ±1e\+150.*Delete it"):
        collect.collect([put(tmp_path, "mnist", "vae", 0, "prdc", content)], VERSIONS)


def test_a_shared_cell_is_read_once(cells):
    assert len(collect.collect(cells + cells, VERSIONS)) == len(cells)


@pytest.mark.parametrize(
    "content",
    [
        '{"value": NaN, "sem": 1.0}',
        '{"value": 1.0, "sem": Infinity}',
        '{"value": 1.0}',
        '{"value": null, "sem": 1.0}',
        '{"value": 1.0, "se',
        "[]",
        "",
    ],
)
def test_bad_files_are_named(tmp_path, content):
    cell = put(tmp_path, "mnist", "gan", 0, "parzen", content)
    with pytest.raises(GaebenchError, match=r"mnist/gan/0/parzen\.json"):
        collect.collect([cell], VERSIONS)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(GaebenchError, match=r"gan/0/parzen\.json is missing"):
        collect.collect([Cell.at(tmp_path / "mnist/gan/0/parzen.json")], VERSIONS)


def test_written_with_four_decimals_and_read_back(cells, tmp_path):
    path = tmp_path / "metrics.csv"
    collect.write(collect.collect(cells, VERSIONS), path)
    assert path.read_text() == (
        "dataset,model,seed,metric,value,sem,version\n"
        "mnist,vae,1,parzen,281.0000,2.0000,1\n"
        "mnist,vae,0,parzen,280.0000,2.0000,1\n"
        "mnist,gae-1,0,parzen,300.1235,2.0000,1\n"
    )
    frame = collect.collect(cells, VERSIONS).round(4)
    pd.testing.assert_frame_equal(collect.read(path), frame, check_dtype=False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n1,2\n",
        "dataset,model,seed,metric,value,sem,version\na,b,0,c,inf,1,1\n",
        "dataset,model,seed,metric,value,sem,version\na,b,0,c,1,-1,1\n",
        "dataset,model,seed,metric,value,sem,version\na,b,0,c,1,1,1\na,b,0,c,2,1,1\n",
        "dataset,model,seed,metric,value,sem,version\na,b,0,c,,1,1\n",
    ],
)
def test_an_incomplete_table_is_refused(tmp_path, text):
    path = tmp_path / "metrics.csv"
    path.write_text(text)
    with pytest.raises(GaebenchError, match=r"metrics\.csv"):
        collect.read(path)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (-86.17284, "-86.1728"),
        (0.00123, "0.0012"),
        (0.00096, "0.00096"),
        (-3.2e-5, "-0.000032"),
        (1e-30, "0.000000000000"),
    ],
)
def test_small_numbers_keep_two_digits(tmp_path, value, text):
    frame = pd.DataFrame([("mnist", "vae", 0, "tiny", value, 0.5, 1)], columns=COLUMNS)
    collect.write(frame, tmp_path / "metrics.csv")
    line = (tmp_path / "metrics.csv").read_text().splitlines()[1]
    assert line == f"mnist,vae,0,tiny,{text},0.5000,1"


def test_mean_and_error_closed_forms():
    assert reading.mean_and_error([1.0, 3.0], [9.0, 9.0]) == (2.0, 1.0)
    assert reading.mean_and_error([5.0], [0.5]) == (5.0, 0.5)
    values = [1.0, 2.0, 4.0, 8.5]
    mean, error = reading.mean_and_error(values, [0.0] * 4)
    assert math.isclose(mean, np.mean(values))
    assert math.isclose(error, np.std(values, ddof=1) / 2)


def test_summary(cells):
    assert collect.summary(collect.collect(cells, VERSIONS)) == {
        "parzen": {
            "mnist": {
                "vae": {"mean": 280.5, "sem": 0.5},
                "gae-1": {"mean": 300.1235, "sem": 2.0},
            }
        }
    }


def test_files_are_known_by_their_place(cells, tmp_path):
    found = reading.contents([cell.path for cell in cells])
    assert set(found) == {cell[:4] for cell in cells}
    assert found["mnist", "vae", 1, "parzen"]["sigma"] == 0.2
    with pytest.raises(GaebenchError, match=r"toys/vae/0/parzen\.json is missing"):
        reading.contents([tmp_path / "toys/vae/0/parzen.json"])


def test_numbers_are_found_by_their_keys():
    found = {"value": 1, "sem": 2.0, "curve": {"10": {"value": 3.0}, "20": 4.0}}
    assert reading.number(found, "", "it") == (1.0, 2.0)
    assert reading.number(found, "curve/10", "it") == (3.0, None)
    assert reading.number(found, "curve/20", "it") == (4.0, None)
    assert reading.number(found, "curve/30", "it") is reading.number(found, "sem/x", "it") is None
    with pytest.raises(GaebenchError, match="it has no number at 'curve'"):
        reading.number(found, "curve", "it")


def test_a_mean_without_errors_has_one_only_over_seeds():
    numbers = [reading.Number(1.0, None), reading.Number(3.0, None)]
    assert reading.mean(numbers) == (2.0, 1.0, 2)
    assert reading.mean(numbers[:1]) == (1.0, None, 1)
