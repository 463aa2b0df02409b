"""The tables: their layout, the published numbers, and every correction to them."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from gaebench import published
from gaebench.errors import GaebenchError
from gaebench.report import collect, columns, names, tables

TABLE1 = {
    "metric": "parzen",
    "models": ["vae", "gan", "gmmn-ae", "aae", "gae-1", "gae-2"],
    "seeds": {"mnist": [0, 1], "tfd": [0], "faces": [0], "fashion": [0]},
}
TABLE2 = {
    "metric": "loglik_prior",
    "models": [f"{family}-{layers}" for family in ("vae", "gae") for layers in (1, 2, 3, 4)],
    "seeds": {"bimnist": [0, 1], "bimnist-threshold": [0], "bimnist-static": [0]},
}
NUMBERS = {"samples": 10000, "draws": 100000, "images": 2000}
SETTINGS = dict.fromkeys(("parzen", "loglik_prior", "other"), NUMBERS)
UNAVAILABLE = {"tfd": "TFD_48x48.mat is licensed\nand not there {yet}", "bimnist-static": "no net"}


def frame_for(entries, skip=()):
    rows = [
        (dataset, model, seed, table["metric"], 100.0 + 10 * place + seed, 0.25)
        for table in entries.values()
        for dataset, seeds in table["seeds"].items()
        if dataset not in skip
        for place, model in enumerate(table["models"])
        for seed in seeds
    ]
    return pd.DataFrame(rows, columns=collect.COLUMNS)


def render(entries, unavailable=()):
    unavailable = dict(unavailable)
    frame = frame_for(entries, skip=unavailable)
    return tables.render(frame, entries, unavailable, settings=SETTINGS)


def grid(text, number=0):
    """The cells of one Markdown table, header first, without its rule."""
    blocks = [block for block in text.split("\n\n") if block.startswith("|")]
    lines = blocks[number].splitlines()
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]
    return [rows[0], *rows[2:]]


@pytest.fixture(scope="module")
def whole():
    return render({"table1": TABLE1, "table2": TABLE2}, UNAVAILABLE)


GOLDEN = """\
# Results

## Table 1

Parzen-window log-likelihood of the test images in nats, higher is better, from 10,000 generated \
images per run. Ours: mean over seeds ± its standard error; the best of each column in bold.\
<sup>[1,2]</sup>

| model                       |       MNIST, ours |         MNIST, slide |   MNIST, cited paper |
|:----------------------------|------------------:|---------------------:|---------------------:|
| AAE                         |     100.50 ± 0.50 |                  340 |              340 ± 2 |
| GAE (1 layer)<sup>[3]</sup> | **110.50 ± 0.50** | 456.71<sup>[4]</sup> |                      |

"""


def test_golden_layout():
    text = render({"table1": TABLE1 | {"models": ["aae", "gae-1"], "seeds": {"mnist": [0, 1]}}})
    assert text.startswith(GOLDEN)
    assert text.endswith("(427 [mem]).\n")


def test_table_1_has_a_row_per_model_and_its_columns(whole):
    head, *rows = grid(whole)
    plain = [cell.split("<")[0] for cell in head]
    assert plain == ["model"] + [
        f"{dataset}, {source}"
        for dataset, sources in [
            ("MNIST", ["ours", "slide", "cited paper"]),
            ("TFD", ["ours", "slide", "cited paper"]),
            ("ORL faces", ["ours"]),
            ("Fashion-MNIST", ["ours"]),
        ]
        for source in sources
    ]
    assert [row[0].split("<")[0] for row in rows] == [
        "VAE",
        "GAN",
        "GMMN+AE",
        "AAE",
        "GAE (1 layer)",
        "GAE (2 layers)",
    ]
    assert [row[6] for row in rows][2:4] == ["2204 ± 20", "2252 ± 16"]


def test_table_2_has_a_row_per_number_of_layers(whole):
    head, *rows = grid(whole, 1)
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert len(head) == 1 + 2 * 4
    slide = [float(cell.split("<")[0]) for row in rows for cell in (row[4], row[8])]
    assert slide == [-107.18, -97.66, -96.94, -96.91, -97.62, -95.76, -102.97, -94.66]


def test_seeds_and_bold(whole):
    rows = grid(whole)[1:]
    assert [row[1] for row in rows][-2:] == ["140.50 ± 0.50", "**150.50 ± 0.50**"]
    assert [row[7] for row in rows][-2:] == ["140.00 ± 0.25†", "**150.00 ± 0.25**†"]
    assert "† One seed" in whole


def test_unavailable_data_sets_are_named_with_their_reason(whole):
    assert [row[4] for row in grid(whole)[1:]] == ["n/a"] * 6
    assert "TFD is not available: TFD_48x48.mat is licensed and not there {yet}" in whole
    assert "biMNIST (static) is not available: no net" in whole


@pytest.mark.parametrize(
    "correction",
    [
        "300.331 is not from the GAN paper: it is the GAN-50 entry of Wu et al. 2017",
        "1,000,000 samples and 1000 test images",
        "Goodfellow et al. 2014 print 225 ± 2",
        "2294 is a slip: Li et al. 2015 print 2204 ± 20",
        "regulariser as `+l1 sum_j mu_j^2` in a maximised objective",
        "built here with `-l1 sum_j mu_j^2`",
        "this is the slide authors' own run",
        "283 to 325 on MNIST at latent size 8",
        "2180 ± 20 on TFD",
        "interleaves the labels and values of its two columns",
        "does not state S; ours is S = 100,000",
        "numbers are not comparable with TFD's",
        "The slides have no number for Fashion-MNIST",
        "above every published estimate from 10,000 samples (340 at most)",
        "does not state how the images were binarised",
        "[mem]: quoted from memory",
    ],
)
def test_every_correction_has_a_footnote(whole, correction):
    footnotes = [line for line in whole.splitlines() if line[:1].isdigit()]
    assert sum(correction in line for line in footnotes) >= 1


def test_footnotes_are_numbered_in_order_and_all_referred_to(whole):
    for section in whole.split("## ")[1:]:
        listed = [int(line.split(".")[0]) for line in section.splitlines() if line[:1].isdigit()]
        marks = [m.split("]")[0] for m in section.split("<sup>[")[1:]]
        met = list(dict.fromkeys(int(n) for mark in marks for n in mark.split(",")))
        assert listed == list(range(1, len(listed) + 1))
        assert sorted(met) == listed


def test_published_values_of_the_cited_papers(whole):
    rows = {row[0].split("<")[0]: row for row in grid(whole)[1:]}
    assert rows["GAN"][3] == "225 ± 2" and rows["GAN"][6] == "2057 ± 26"
    assert rows["GMMN+AE"][3] == "282 ± 2" and rows["GMMN+AE"][6] == "2204 ± 20"
    assert rows["AAE"][3] == "340 ± 2" and rows["AAE"][6] == "2252 ± 16"
    assert rows["VAE"][3] == "" and rows["GAN"][2].startswith("300.331")


def with_controls():
    """Table 1 with two controls, one of them above every model, and one on MNIST only."""
    places = {"k-means": ["mnist"], "train-images": ["mnist", "tfd", "faces"]}
    shown = TABLE1 | {"controls": places}
    frame = frame_for({"table1": TABLE1}, skip=["tfd"])
    rows = [
        (dataset, control, seed, "parzen", 1000.0 + seed, 0.25)
        for control, datasets in places.items()
        for dataset in datasets
        if dataset != "tfd"
        for seed in TABLE1["seeds"][dataset]
    ]
    frame = pd.concat([frame, pd.DataFrame(rows, columns=collect.COLUMNS)])
    return {"table1": shown}, frame


def test_controls_stand_apart_below_the_models_and_are_never_the_best():
    entries, frame = with_controls()
    text = tables.render(frame, entries, UNAVAILABLE, settings=SETTINGS)
    rows = {row[0].split("<")[0]: row for row in grid(text)}
    order = ["GAE (2 layers)", tables.CONTROLS, "k-means centroids", "training images"]
    assert list(rows)[-4:] == order
    assert set(rows[tables.CONTROLS][1:]) == {""}
    assert rows["GAE (2 layers)"][1] == "**150.50 ± 0.50**", "the best model stays in bold"
    assert rows["k-means centroids"][1:4] == ["1000.50 ± 0.50", "", "313 [mem]"]
    assert rows["training images"][1:4] == ["1000.50 ± 0.50", "", "243 [mem]"]
    assert [rows[name][4] for name in order[2:]] == ["n/a", "n/a"], "TFD is not there"
    assert rows["k-means centroids"][7] == "", "not asked for on the faces"
    assert rows["training images"][7] == "1000.00 ± 0.25†"
    assert "Drawn without replacement" in text


def test_a_missing_control_is_named():
    entries, frame = with_controls()
    kept = frame[frame["model"] != "k-means"]
    with pytest.raises(GaebenchError, match=r"parzen of k-means on mnist \(seed 0\)"):
        tables.render(kept, entries, UNAVAILABLE, settings=SETTINGS)


def test_paper_csv_is_well_formed():
    with open(Path(published.__file__).with_name("numbers.csv"), newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ["table", "dataset", "model", "source", "value", "sem", "citation", "note"]
    assert list(rows[0]) == columns
    assert {row["source"] for row in rows} == {"slide", "paper"}
    assert all(float(row["value"].removesuffix(" [mem]")) and row["citation"] for row in rows)
    keys = [tuple(row[key] for key in columns[:4]) for row in rows]
    assert len(set(keys)) == len(keys) == 28


def test_a_missing_cell_is_named():
    entries = {"table1": TABLE1 | {"seeds": {"mnist": [0, 1]}}}
    frame = frame_for(entries).iloc[1:]
    with pytest.raises(GaebenchError, match=r"parzen of vae on mnist \(seed 0\)"):
        tables.render(frame, entries, {}, settings=SETTINGS)


def test_only_the_tables_own_seeds_count():
    entries = {"table1": TABLE1 | {"models": ["vae"], "seeds": {"mnist": [1]}}}
    frame = frame_for({"table1": TABLE1 | {"models": ["vae"], "seeds": {"mnist": [0, 1]}}})
    text = tables.render(frame, entries, {}, settings=SETTINGS)
    assert "**101.00 ± 0.25**†" in text


def test_models_and_data_sets_without_published_numbers():
    entry = {"metric": "parzen", "models": ["vae", "mine"], "seeds": {"toys": [0], "mnist": []}}
    head, *rows = grid(render({"table1": entry}))
    assert head == ["model", "toys, ours"]
    assert rows[1] == ["mine", "**110.00 ± 0.25**†"]


def test_a_table_without_seeds_is_left_out():
    empty = {"metric": "other", "models": ["vae-1"], "seeds": {"mnist": []}}
    assert render({"table1": TABLE1, "table9": empty}) == render({"table1": TABLE1})


def test_families_of_unequal_depth_leave_gaps():
    entry = {"metric": "loglik_prior", "models": ["vae-1", "gae-1", "gae-2"]}
    rows = grid(render({"table2": entry | {"seeds": {"bimnist": [0]}}}))[1:]
    assert rows[1][1:3] == ["", ""] and rows[1][3].startswith("**120.00")


QUALITY = {
    "title": "Sample quality",
    "columns": ["frechet", "prdc.density", "prdc"],
    "models": ["vae", "gae-1"],
    "controls": {"train-images": ["mnist"]},
    "seeds": {"mnist": [0, 1]},
}
QUALITIES = {
    "frechet": {"vae": 3.0, "gae-1": 2.0, "train-images": 0.5},
    "prdc.density": {"vae": 0.98, "gae-1": 1.5, "train-images": 1.0},
    "prdc": {"vae": 0.80, "gae-1": 0.9, "train-images": 0.97},
}
QUALITY_GRID = [
    ["model", "Frechet distance ↓", "density → 1", "coverage ↑"],
    ["VAE", "3.00 ± 0.00", "**0.980 ± 0.000**", "0.800 ± 0.000"],
    ["GAE (1 layer)", "**2.00 ± 0.00**", "1.500 ± 0.000", "**0.900 ± 0.000**"],
    [tables.CONTROLS, "", "", ""],
    ["training images", "0.50 ± 0.00", "1.000 ± 0.000", "0.970 ± 0.000"],
]


def qualities(entry, datasets=("mnist",)):
    rows = [
        (dataset, model, seed, metric, value, 0.1)
        for metric, models in QUALITIES.items()
        for model, value in models.items()
        for dataset in datasets
        for seed in entry["seeds"][dataset]
    ]
    numbers = {"samples": 10000, "accuracy": "99.11 %"}
    settings = {"frechet": numbers, "prdc": numbers | {"neighbours": 5}}
    frame = pd.DataFrame(rows, columns=collect.COLUMNS)
    return tables.render(frame, {"quality": entry}, {}, settings=settings)


def test_columns_of_several_metrics_each_with_its_own_best():
    text = qualities(QUALITY)
    assert [[cell.split("<")[0] for cell in row] for row in grid(text)] == QUALITY_GRID
    assert "## Sample quality\n\n10,000 generated images" in text
    assert "(test accuracy 99.11 %)" in text and "k = 5" in text and tables.OURS in text
    assert "Drawn without replacement" in text


def test_columns_of_two_data_sets_are_named_by_them():
    seeds = {"mnist": [0], "fashion": [1], "faces": []}
    head, *rows = grid(qualities(QUALITY | {"seeds": seeds}, ["mnist", "fashion"]))
    assert head[1] == "MNIST, Frechet distance ↓" and head[6].startswith("Fashion-MNIST, coverage")
    assert rows[1][1] == rows[1][4] == "**2.00 ± 0.10**†"
    assert rows[3][1] == "0.50 ± 0.10†" and rows[3][4] == "", "no control asked for there"


def test_a_column_without_a_better_way_has_no_best(monkeypatch):
    plain = {name: columns.Column(name) for name in QUALITY["columns"]}
    monkeypatch.setattr(columns, "COLUMNS", plain)
    text = qualities(QUALITY)
    assert "**" not in text and tables.UNRANKED in text


def test_complexity_ranks_nothing():
    entry = {
        "columns": ["negentropy", "modes"],
        "models": ["gae-1-2d", "gae-2-2d"],
        "seeds": {"mnist": [0, 1]},
    }
    values = {"negentropy": (0.45, 0.39), "modes": (3, 2)}
    rows = [
        ("mnist", model, seed, metric, value, 0.0)
        for metric in values
        for model, value in zip(entry["models"], values[metric], strict=True)
        for seed in (0, 1)
    ]
    frame = pd.DataFrame(rows, columns=collect.COLUMNS)
    settings = {"negentropy": {"draws": 20000}, "modes": {"least": 0.01}}
    text = tables.render(frame, {"complexity": entry}, {}, settings=settings)
    assert "20,000 draws" in text and "at least 1% of" in text and tables.UNRANKED in text
    cells = [[cell.split("<")[0] for cell in row] for row in grid(text)]
    assert cells[0] == ["model", "negentropy", "modes"]
    assert cells[1] == ["GAE (1 layer, 2-d)", "0.450 ± 0.000", "3.0 ± 0.0"]


LEFT_OUT = {
    "columns": ["loglik_is", "loglik_is.train_left_out"],
    "models": ["vae-1", "gae-1"],
    "seeds": {"bimnist": [0, 1]},
}


def likelihoods(metrics_of):
    rows = [
        ("bimnist", model, seed, metric, -100.0 + seed, 0.2)
        for model, metrics in metrics_of.items()
        for metric in metrics
        for seed in (0, 1)
    ]
    frame = pd.DataFrame(rows, columns=collect.COLUMNS)
    numbers = {"draws": 5000, "images": 1000, "few": 10, "subset": 50}
    settings = {"loglik_is": numbers}
    return grid(tables.render(frame, {"importance": LEFT_OUT}, {}, settings=settings))


def test_a_detail_that_a_model_has_not_is_blank():
    found = likelihoods({"vae-1": LEFT_OUT["columns"][:1], "gae-1": LEFT_OUT["columns"]})
    assert found[1] == ["VAE (1 layer)", "**-99.50 ± 0.50**", ""]
    assert found[2][2] == "-99.50 ± 0.50"


def test_a_detail_of_a_metric_that_is_missing_is_named():
    with pytest.raises(GaebenchError, match=r"loglik_is of gae-1 on bimnist \(seed 0\)"):
        likelihoods({"vae-1": LEFT_OUT["columns"]})


def test_accuracies_are_named_by_data_set_where_there_are_several():
    assert columns.accuracy({"mnist": 0.99113}) == "99.11 %"
    assert columns.accuracy({"mnist": 0.99, "fashion": 0.9}) == (
        "MNIST 99.00 %, Fashion-MNIST 90.00 %"
    )
    assert columns.accuracy({}) == ""


def test_rendering_twice_gives_the_same_text(whole):
    assert render({"table1": TABLE1, "table2": TABLE2}, UNAVAILABLE) == whole


def test_readable_names():
    assert names.model_name("gae-1") == "GAE (1 layer)"
    assert names.model_name("gmmn-ae") == "GMMN+AE"
    assert names.model_name("gae-2-2d") == "GAE (2 layers, 2-d)"
    assert names.model_name("gae-2-own") == "GAE (2 layers, own exemplar)"
    assert names.model_name("my-model") == "my-model"
    assert names.depth("gae-2-2d") is None and names.depth("gmmn-ae") is None
    assert names.depth("gae-2-own") is None
