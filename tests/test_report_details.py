"""Tables of details: entries of metric files, the slide's numbers beside them, what is missing."""

import json
import math

import pytest

from gaebench.errors import GaebenchError
from gaebench.report import details

ROWS = [
    {"label": "plain", "metric": "parzen"},
    {"label": "deep", "metric": "curve", "entry": "curve/1000"},
    {"label": "number", "metric": "curve", "entry": "width"},
    {"label": "other model", "metric": "parzen", "models": {"gae-1": "own"}},
    {"label": "factor", "metric": "parzen", "show": "scale"},
]
TABLE = {
    "title": "What moves it?",
    "caption": "One thing at a time.",
    "slide": "table1",
    "models": ["gae-1", "vae"],
    "seeds": {"mnist": [0]},
    "rows": ROWS,
}


def contents(dataset="mnist", seeds=(0,)):
    found = {}
    for seed in seeds:
        for model, value in (("gae-1", 400.0), ("vae", 300.0), ("own", 470.0)):
            value += seed
            found[dataset, model, seed, "parzen"] = {"value": value, "sem": 1.5, "pixels": 784}
            found[dataset, model, seed, "curve"] = {
                "value": 1.0,
                "sem": 1.0,
                "width": 0.25,
                "curve": {"1000": {"value": value + 60, "sem": 2.0}},
            }
    return found


def grid(text):
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]
    return cells[:1] + cells[2:]


def test_rows_are_entries_and_columns_models():
    head, slide, *rows = grid(details.render({"t": TABLE}, contents(), {}))
    assert head == ["", "GAE (1 layer)", "VAE"]
    assert slide == ["*slide*", "456.71", "296.77"]
    scale = [math.exp((400 - 456.71) / 784), math.exp((300 - 296.77) / 784)]
    assert rows == [
        ["plain", "400.00 ± 1.50", "**300.00 ± 1.50**"],
        ["deep", "**460.00 ± 2.00**", "**360.00 ± 2.00**"],
        ["number", "0.25", "0.25"],
        ["other model", "**470.00 ± 1.50**", ""],
        ["factor", f"{scale[0]:.3f}", f"{scale[1]:.3f}"],
    ]


def test_the_factor_lifts_the_score_to_the_slide():
    rows = grid(details.render({"t": TABLE}, contents(), {}))
    factor = float(rows[-1][1])
    assert 400 - 784 * math.log(factor) == pytest.approx(456.71, abs=0.5)


def test_seeds_are_averaged_and_several_data_sets_named():
    table = TABLE | {"seeds": {"mnist": [0, 1], "fashion": [0]}, "rows": ROWS[:3]}
    found = contents(seeds=(0, 1)) | contents("fashion")
    rows = grid(details.render({"t": table}, found, {}))
    assert [row[0] for row in rows[1:]] == ["MNIST"] * 4 + ["Fashion-MNIST"] * 4
    assert rows[2][2] == "400.50 ± 0.50" and rows[4][2] == "0.25 ± 0.00"


def test_a_table_without_a_slide_has_neither_its_row_nor_bold():
    table = {key: value for key, value in TABLE.items() if key != "slide"}
    text = details.render({"t": table | {"rows": ROWS[:2]}}, contents(), {})
    assert "slide" not in text and "**" not in text


def test_what_is_not_available_says_so():
    table = TABLE | {"seeds": {"tfd": [0]}, "rows": ROWS[:1]}
    rows = grid(details.render({"t": table}, {}, {"tfd": "licensed"}))
    assert rows[1:] == [["*slide*", "2815.76", "2572.59"], ["plain", "n/a", "n/a"]]


@pytest.mark.parametrize(
    ("entry", "message"), [("curve/10", "has no 'curve/10'"), ("curve", "has no number at 'curve'")]
)
def test_a_missing_entry_is_named(entry, message):
    table = TABLE | {"rows": [{"label": "x", "metric": "curve", "entry": entry}]}
    with pytest.raises(GaebenchError, match=message):
        details.render({"t": table}, contents(), {})


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(GaebenchError, match=r"parzen of gae-1 on mnist \(seed 0\) is missing"):
        details.render({"t": TABLE}, {}, {})
    with pytest.raises(GaebenchError, match="not a metric file"):
        details.read([tmp_path / "mnist/vae/0/parzen.json"])


def test_files_are_known_by_their_place(tmp_path):
    path = tmp_path / "mnist/vae/3/parzen.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"value": 1.0}))
    assert details.read([path]) == {("mnist", "vae", 3, "parzen"): {"value": 1.0}}


def test_no_table_is_no_text():
    assert details.render({}, {}, {}) == ""
