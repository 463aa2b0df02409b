"""The tidy table: what is read, what is refused, what comes out."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from gaebench.errors import GaebenchError
from gaebench.report import collect


def put(folder, dataset, model, seed, metric, content):
    path = folder / dataset / model / str(seed) / f"{metric}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return collect.Cell.at(path)


@pytest.fixture
def cells(tmp_path):
    return [
        put(tmp_path, "mnist", model, seed, "parzen", {"value": value, "sem": 2.0, "sigma": 0.2})
        for model, seed, value in [("vae", 1, 281.0), ("vae", 0, 280.0), ("gae-1", 0, 300.12346)]
    ]


def test_cells_are_named_by_their_path(cells):
    assert cells[0][:4] == ("mnist", "vae", 1, "parzen")


def test_columns_and_order(cells):
    frame = collect.collect(cells)
    assert list(frame.columns) == ["dataset", "model", "seed", "metric", "value", "sem"]
    assert list(zip(frame["model"], frame["seed"], strict=True)) == [
        ("vae", 1),
        ("vae", 0),
        ("gae-1", 0),
    ]


def test_an_estimate_among_the_details_is_a_row_of_its_own(tmp_path):
    content = {"value": 0.9, "sem": 0.1, "recall": {"value": 0.5, "sem": 0.2}, "counts": {"a": 1}}
    frame = collect.collect([put(tmp_path, "mnist", "vae", 0, "prdc", content)])
    assert frame[["metric", "value", "sem"]].values.tolist() == [
        ["prdc", 0.9, 0.1],
        ["prdc.recall", 0.5, 0.2],
    ]
    content["recall"]["sem"] = math.nan
    with pytest.raises(GaebenchError, match="not finite"):
        collect.collect([put(tmp_path, "mnist", "vae", 0, "prdc", content)])


def test_a_shared_cell_is_read_once(cells):
    assert len(collect.collect(cells + cells)) == len(cells)


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
        collect.collect([cell])


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(GaebenchError, match=r"gan/0/parzen\.json is missing"):
        collect.collect([collect.Cell.at(tmp_path / "mnist/gan/0/parzen.json")])


def test_written_with_four_decimals_and_read_back(cells, tmp_path):
    path = tmp_path / "metrics.csv"
    collect.write(collect.collect(cells), path)
    assert path.read_text() == (
        "dataset,model,seed,metric,value,sem\n"
        "mnist,vae,1,parzen,281.0000,2.0000\n"
        "mnist,vae,0,parzen,280.0000,2.0000\n"
        "mnist,gae-1,0,parzen,300.1235,2.0000\n"
    )
    frame = collect.collect(cells).round(4)
    pd.testing.assert_frame_equal(collect.read(path), frame, check_dtype=False)


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "dataset,model,seed,metric,value,sem\na,b,0,c,,1\n"]
)
def test_an_incomplete_table_is_refused(tmp_path, text):
    path = tmp_path / "metrics.csv"
    path.write_text(text)
    with pytest.raises(GaebenchError, match=r"metrics\.csv"):
        collect.read(path)


def test_mean_and_error_closed_forms():
    assert collect.mean_and_error([1.0, 3.0], [9.0, 9.0]) == (2.0, 1.0)
    assert collect.mean_and_error([5.0], [0.5]) == (5.0, 0.5)
    values = [1.0, 2.0, 4.0, 8.5]
    mean, error = collect.mean_and_error(values, [0.0] * 4)
    assert math.isclose(mean, np.mean(values))
    assert math.isclose(error, np.std(values, ddof=1) / 2)


def test_summary(cells):
    assert collect.summary(collect.collect(cells)) == {
        "parzen": {
            "mnist": {
                "vae": {"mean": 280.5, "sem": 0.5},
                "gae-1": {"mean": 300.1235, "sem": 2.0},
            }
        }
    }
