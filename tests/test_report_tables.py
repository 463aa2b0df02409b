"""The one mechanism of tables: layouts, published numbers, corrections, bold, what is missing."""

import csv
import dataclasses
import math
from pathlib import Path

import pytest

from gaebench import plugins, published
from gaebench.errors import GaebenchError
from gaebench.report import layouts, tables
from gaebench.report.filled import Facts
from gaebench.report.names import Label, Names
from gaebench.report.table import Entry, Look, Table, look

NOTES = {
    "gae": plugins.constant("models", "gae", "NOTE"),
    "vae": "",
    "train-images": "Drawn without replacement.",
}
DEEP = {
    f"{family}-{layers}": Label(
        f"{family.upper()} ({layers} layer{'s' * (layers > 1)})",
        family.upper(),
        layers,
        NOTES[family],
    )
    for family in ("gae", "vae")
    for layers in (1, 2, 3, 4)
}
FLAT = {"vae": "VAE", "gan": "GAN", "gmmn-ae": "GMMN+AE", "aae": "AAE"}
CALLED = {"train-images": "training images", "k-means": "k-means centroids"}
NAMES = Names(
    DEEP
    | {name: Label(text, text) for name, text in FLAT.items()}
    | {name: Label(text, note=NOTES.get(name, "")) for name, text in CALLED.items()},
    {
        "mnist": Label("MNIST"),
        "tfd": Label("TFD", note=plugins.constant("datasets", "tfd", "NOTE")),
        "faces": Label("ORL faces", note=plugins.constant("datasets", "faces", "NOTE")),
        "fashion": Label("Fashion-MNIST", note=plugins.constant("datasets", "fashion", "NOTE")),
        "bimnist": Label("biMNIST (Bernoulli)"),
        "bimnist-threshold": Label("biMNIST (threshold)"),
        "bimnist-static": Label("biMNIST (static)"),
    },
)
UNAVAILABLE = {"tfd": "TFD_48x48.mat is licensed\nand not there {yet}", "bimnist-static": "no net"}
NUMBERS = {
    "parzen": {"samples": 10000},
    "loglik_prior": {"samples": 10000, "draws": 100000, "images": 2000},
    "error": {"samples": 10000},
    "curve": {"samples": 10000},
}
COLUMNS = {
    name: {
        "label": name,
        "unit": "nats",
        "better": "higher",
        "decimals": 2,
        "details": {},
    }
    for name in ("parzen", "loglik_prior", "curve")
} | {
    "error": {
        "label": "an error",
        "unit": "bits",
        "better": "lower",
        "decimals": 1,
        "details": {
            "share": {"label": "share", "unit": "", "better": "near one", "decimals": 3},
            "size": {"label": "size", "better": ""},
        },
    },
}

TABLE1 = plugins.load("tables", "table1").TABLE
TABLE2 = plugins.load("tables", "table2").TABLE
ASKED1 = {
    "models": ["vae", "gan", "gmmn-ae", "aae", "gae-1", "gae-2"],
    "seeds": {"mnist": [0, 1], "tfd": [0], "faces": [0], "fashion": [0]},
}
ASKED2 = {
    "models": [f"{family}-{layers}" for family in ("vae", "gae") for layers in (1, 2, 3, 4)],
    "seeds": {"bimnist": [0, 1], "bimnist-threshold": [0], "bimnist-static": [0]},
}


def contents_for(table, asked, skip=()):
    """Metric files of every cell of a table: the later the model stands, the larger the number."""
    return {
        (dataset, model, seed, metric): {
            "value": 100.0 + 10 * asked["models"].index(model) + seed,
            "sem": 0.25,
        }
        for dataset, seeds in asked["seeds"].items()
        if dataset not in skip
        for model, metric in table.cells(asked["models"], [])
        for seed in seeds
    }


def render(shown, contents=None, unavailable=(), numbers=NUMBERS):
    unavailable = dict(unavailable)
    found = {}
    for table, asked in shown:
        found |= contents_for(table, asked, skip=unavailable)
    found = found if contents is None else contents
    return tables.render(shown, Facts(found, unavailable, NAMES, COLUMNS, numbers))


def grid(text, number=0):
    """The cells of one Markdown table, header first, without its rule."""
    blocks = [block for block in text.split("\n\n") if block.startswith("|")]
    lines = blocks[number].splitlines()
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]
    return [rows[0], *rows[2:]]


@pytest.fixture(scope="module")
def whole():
    return render([(TABLE1, ASKED1), (TABLE2, ASKED2)], unavailable=UNAVAILABLE)


GOLDEN = """\
# Results

## Table 1

Parzen-window log-likelihood of the test images in nats, higher is better, from 10,000 generated \
images per run. Ours: mean over seeds ± its standard error; the best of each column in bold.\
<sup>[1]</sup>

| model                       |       MNIST, ours |         MNIST, slide |   MNIST, cited paper |
|:----------------------------|------------------:|---------------------:|---------------------:|
| AAE                         |     100.50 ± 0.50 |                  340 |              340 ± 2 |
| GAE (1 layer)<sup>[2]</sup> | **110.50 ± 0.50** | 456.71<sup>[3]</sup> |                      |

"""


def test_golden_layout():
    text = render([(TABLE1, ASKED1 | {"models": ["aae", "gae-1"], "seeds": {"mnist": [0, 1]}})])
    assert text.startswith(GOLDEN)
    assert text.endswith("(427 [mem]).\n")


def test_sources_are_those_of_the_numbers_shown():
    def cited(models, datasets=("mnist",)):
        text = render([(TABLE1, {"models": models, "seeds": {name: [0] for name in datasets}})])
        return [line for line in text.splitlines() if line.startswith(("Slide:", "Cited"))]

    slide = "Slide: Kim, Kim & Hwang 2018 (Generative Auto Encoder, talk slides)."
    theirs = "Cited papers: Goodfellow et al. 2014 (arXiv 1406.2661)."
    memory = "[mem]: quoted from memory, not found in a readable source."
    assert cited(["vae"]) == [slide]
    assert cited(["gan", "vae"]) == [f"{slide} {theirs}"]
    assert cited(["gae-1"]) == [f"{slide} {memory}"], "its remark quotes from memory"
    assert cited(["vae"], ["fashion"]) == []


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
    names = [*FLAT.values(), "GAE (1 layer)", "GAE (2 layers)"]
    assert [row[0].split("<")[0] for row in rows] == names
    assert [row[6] for row in rows][2:4] == ["2204 ± 20", "2252 ± 16"]


def test_table_2_has_a_row_per_number_of_layers(whole):
    head, *rows = grid(whole, 1)
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert head[1] == "VAE, biMNIST (Bernoulli)" and head[4] == "VAE, slide"
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
        "above every printed estimate from 10,000 samples (345 at most, by",
        "does not state how the images were binarised",
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


def test_numbers_csv_is_well_formed():
    with open(Path(published.__file__).with_name("numbers.csv"), newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ["table", "dataset", "model", "source", "value", "sem", "citation", "note"]
    assert list(rows[0]) == columns
    assert {row["source"] for row in rows} == {"slide", "paper"}
    assert all(float(row["value"].removesuffix(" [mem]")) and row["citation"] for row in rows)
    keys = [tuple(row[key] for key in columns[:4]) for row in rows]
    assert len(set(keys)) == len(keys) == 28


PLACES = {"k-means": ["mnist"], "train-images": ["mnist", "tfd", "faces"]}


def with_controls():
    """Table 1 with two controls, one of them above every model, and one on MNIST only."""
    contents = contents_for(TABLE1, ASKED1, skip=["tfd"])
    for control, datasets in PLACES.items():
        for dataset in set(datasets) - {"tfd"}:
            for seed in ASKED1["seeds"][dataset]:
                number = {"value": 1000.0 + seed, "sem": 0.25}
                contents[dataset, control, seed, "parzen"] = number
    return [(TABLE1, ASKED1 | {"controls": PLACES})], contents


def test_controls_stand_apart_below_the_models_and_are_never_the_best():
    text = render(*with_controls(), UNAVAILABLE)
    rows = {row[0].split("<")[0]: row for row in grid(text)}
    apart = layouts.CONTROLS.text
    order = ["GAE (2 layers)", apart, "k-means centroids", "training images"]
    assert list(rows)[-4:] == order
    assert set(rows[apart][1:]) == {""}
    assert rows["GAE (2 layers)"][1] == "**150.50 ± 0.50**", "the best model stays in bold"
    assert rows["k-means centroids"][1:4] == ["1000.50 ± 0.50", "", "313 [mem]"]
    assert rows["training images"][1:4] == ["1000.50 ± 0.50", "", "243 [mem]"]
    assert [rows[name][4] for name in order[2:]] == ["n/a", "n/a"], "TFD is not there"
    assert rows["k-means centroids"][7] == "", "not asked for on the faces"
    assert rows["training images"][7] == "1000.00 ± 0.25†"
    assert "Drawn without replacement" in text


@pytest.mark.parametrize("model", ["k-means", "vae"])
def test_a_missing_file_is_named(model):
    shown, contents = with_controls()
    kept = {key: value for key, value in contents.items() if key[1] != model}
    with pytest.raises(GaebenchError, match=rf"parzen of {model} on mnist \(seed 0\) is missing"):
        render(shown, kept, UNAVAILABLE)


def test_only_the_tables_own_seeds_count():
    asked = {"models": ["vae", "gan"], "seeds": {"mnist": [1]}}
    contents = contents_for(TABLE1, asked | {"seeds": {"mnist": [0, 1]}})
    assert "**111.00 ± 0.25**†" in render([(TABLE1, asked)], contents)


def test_models_and_data_sets_without_published_numbers():
    asked = {"models": ["vae", "mine"], "seeds": {"toys": [0], "mnist": []}}
    head, *rows = grid(render([(TABLE1, asked)]))
    assert head == ["model", "toys, ours"]
    assert rows[1] == ["mine", "**110.00 ± 0.25**†"]


def test_tables_without_seeds_are_left_out_and_further_metrics_come_last():
    asked = {
        "table1": ASKED1 | {"further": ["error"]},
        "table2": {"models": ["vae-1"], "seeds": {"bimnist": []}},
    }
    ((table, entry),) = tables.asked(asked)
    assert entry is asked["table1"]
    assert [entry.name for entry in table.entries] == ["parzen", "error"]
    seeds = {"seeds": {"mnist": [0], "faces": [0]}}
    head, *rows = grid(render([(table, ASKED1 | seeds)]))
    assert [cell.split("<")[0] for cell in head[1:]] == [
        *("MNIST, ours", "MNIST, slide", "MNIST, cited paper", "MNIST, an error (bits) ↓"),
        *("ORL faces, ours", "ORL faces, an error (bits) ↓"),
    ]
    assert rows[0][4] == "**100.0 ± 0.2**†", "the least error is the best"


def test_families_of_unequal_depth_leave_gaps():
    asked = {"models": ["vae-1", "gae-1", "gae-2"], "seeds": {"bimnist": [0]}}
    rows = grid(render([(TABLE2, asked)]))[1:]
    assert rows[1][1:3] == ["", ""] and rows[1][3].startswith("**120.00")
    assert rows[0][1] == "100.00 ± 0.25†", "alone in its column, so not the best"


@pytest.mark.parametrize(
    ("other", "first"),
    [
        ({"models": ["vae-1", "gan"]}, "model"),
        ({"controls": {"k-means": ["bimnist"]}}, "model"),
        ({"controls": {"k-means": ["mnist"]}}, "layers"),
    ],
)
def test_a_layout_by_layers_needs_layers_alone(other, first):
    asked = {"models": ["vae-1", "vae-2"], "seeds": {"bimnist": [0]}} | other
    number = {("bimnist", "k-means", 0, "loglik_prior"): {"value": 1.0, "sem": 0.5}}
    head = grid(render([(TABLE2, asked)], contents_for(TABLE2, asked) | number))[0]
    assert head[0] == first


def test_a_control_of_other_data_sets_has_no_row():
    """An empty one would be taken for the title of those below it."""
    asked = {"models": ["vae", "gan"], "seeds": {"faces": [0]}, "controls": {"k-means": ["mnist"]}}
    assert len(grid(render([(TABLE1, asked)]))) == 3


def test_remarks_on_models_stand_in_every_layout():
    gae = NOTES["gae"]
    table = dataclasses.replace(TABLE2, row_notes={"gae-2": "Of its depth."})
    asked = {"models": ["gae-1", "gae-2"], "seeds": {"bimnist": [0]}}
    by_layers, by_entry = render([(table, asked)]), render([(MOVED, ASKED)], moved())
    assert gae in by_layers and "Of its depth." in by_layers and gae in by_entry


def test_the_layout_by_layers_has_further_columns():
    table = TABLE2.plus(["error"])
    asked = {"models": ["vae-1", "vae-2"], "seeds": {"bimnist": [0]}}
    head = grid(render([(table, asked)]))[0]
    first = "VAE, biMNIST (Bernoulli)"
    assert head == ["layers", first, f"{first}, an error (bits) ↓", "VAE, slide"]


ERRORS = Table(
    "Errors",
    "How wrong.",
    (Entry("error"), Entry("error", "share"), Entry("error", "size")),
    row_notes={"train-images": "Of {samples:,}."},
)
OF = {"vae": (3.0, 0.98, 5.0), "gae-1": (2.0, 1.5, 6.0), "train-images": (0.5, 1.0, 7.0)}


def errors(seeds, controls=("mnist",), table=ERRORS, models=("vae", "gae-1")):
    contents = {
        (dataset, model, seed, "error"): {
            "value": value,
            "sem": 0.1,
            "share": {"value": share, "sem": 0.1},
            "size": size,
        }
        for model, (value, share, size) in OF.items()
        for dataset, numbers in seeds.items()
        for seed in numbers
    }
    asked = {"models": models, "controls": {"train-images": controls}, "seeds": seeds}
    return render([(table, asked)], contents)


def test_columns_of_several_numbers_each_with_its_own_best():
    text = errors({"mnist": [0, 1]})
    assert [[cell.split("<")[0] for cell in row] for row in grid(text)] == [
        ["model", "an error ↓", "share → 1", "size"],
        ["VAE", "3.0 ± 0.0", "**0.980 ± 0.000**", "5.0 ± 0.0"],
        ["GAE (1 layer)", "**2.0 ± 0.0**", "1.500 ± 0.000", "6.0 ± 0.0"],
        [layouts.CONTROLS.text, "", "", ""],
        ["training images", "0.5 ± 0.0", "1.000 ± 0.000", "7.0 ± 0.0"],
    ]
    assert f"## Errors\n\nHow wrong. Ours: {tables.MEANS}{tables.BOLD}.\n\n" in text
    assert "2. Drawn without replacement.\n3. Of 10,000.\n" in text


def test_columns_of_two_data_sets_are_named_by_them():
    seeds = {"mnist": [0], "fashion": [1], "faces": []}
    head, *rows = grid(errors(seeds))
    assert head[1] == "MNIST, an error ↓" and head[6].startswith("Fashion-MNIST, size")
    assert rows[1][1] == rows[1][4] == "**2.0 ± 0.1**†"
    assert rows[1][3] == "6.0†", "a number without an error"
    assert rows[3][1] == "0.5 ± 0.1†" and rows[3][4] == "", "no control asked for there"


def test_where_no_way_is_better_nothing_is_the_best():
    text = errors({"mnist": [0]}, table=Table("t", "c", (Entry("error", "size"),)))
    assert "**" not in text and "Ours: one seed.\n\n" in text and " size |" in text
    text = errors({"mnist": [0]}, table=Table("t", "c", (Entry("error", better=""),)))
    assert "**" not in text and "Ours: one seed.\n\n" in text and not any(c in text for c in "↑↓→")


def test_a_single_model_is_not_the_best():
    text = errors({"mnist": [0]}, models=("vae",))
    assert "**" not in text and "Ours: one seed.\n\n" in text and not any(c in text for c in "↑↓→")


def test_equal_numbers_as_printed_are_equally_good(monkeypatch):
    monkeypatch.setitem(OF, "vae", (2.04, 1.0, 1.0))
    rows = grid(errors({"mnist": [0, 1]}))
    assert rows[1][1] == rows[2][1] == "**2.0 ± 0.0**"


def test_the_look_of_an_entry():
    said = COLUMNS["error"]
    assert look(Entry("error"), said) == Look("an error", "bits", "lower", 1)
    assert look(Entry("error", "share"), said) == Look("share", "", "near one", 3)
    assert look(Entry("error", "size/of/it"), said) == Look("size", "bits", "", 1), (
        "as what it is in"
    )
    assert look(Entry("error", "width"), said) == Look("width", "", "", 1), "it says no better way"
    assert look(Entry("error", "width", "w", better="higher"), said).better == "higher"
    assert look(Entry("error", unit=True), said).label == "an error (bits)"


LEFT_OUT = Table("t", "c", (Entry("error"), Entry("error", "left_out", "left out")))
OPTIONAL = Table("t", "c", (Entry("error"), Entry("error", "left_out", "left out", optional=True)))


def left_out(table, *having):
    asked = {"models": ["vae-1", "gae-1"], "seeds": {"bimnist": [0]}}
    contents = contents_for(table, asked)
    for model in having:
        contents["bimnist", model, 0, "error"]["left_out"] = {"value": 1.0, "sem": 0.5}
    return grid(render([(table, asked)], contents))


def test_an_entry_that_some_models_have_not_is_blank():
    found = left_out(LEFT_OUT, "gae-1")
    assert [row[2] for row in found] == ["left out", "", "1.0 ± 0.5†"]


def test_an_entry_that_no_model_has_is_an_error_unless_it_is_optional():
    with pytest.raises(GaebenchError, match="no file of error has 'left_out'"):
        left_out(LEFT_OUT)
    assert left_out(OPTIONAL)[0] == ["model", "an error ↓"]
    assert left_out(OPTIONAL, "vae-1") == left_out(LEFT_OUT, "vae-1")


def test_a_number_that_a_caption_lacks_is_named():
    table = Table("Errors", "From {image:,} images.", (Entry("error"),))
    with pytest.raises(GaebenchError, match=r"'Errors' says .* no number for 'image'"):
        render([(table, {"models": ["vae"], "seeds": {"mnist": [0]}})])


def test_accuracies_are_named_by_data_set_where_there_are_several():
    assert tables.accuracy({"mnist": 0.99113}, NAMES) == "99.11 %"
    assert tables.accuracy({"mnist": 0.99, "fashion": 0.9}, NAMES) == (
        "MNIST 99.00 %, Fashion-MNIST 90.00 %"
    )
    assert tables.accuracy({}, NAMES) == ""


def test_rendering_twice_gives_the_same_text(whole):
    assert render([(TABLE1, ASKED1), (TABLE2, ASKED2)], unavailable=UNAVAILABLE) == whole


# ---- rows of entries

ENTRIES = (
    Entry("parzen", label="plain"),
    Entry("curve", "curve/1000", "deep", better="higher"),
    Entry("curve", "width"),
    Entry("parzen", label="other model", of="own"),
    Entry("parzen", label="factor", show="scale"),
)
MOVED = Table("What moves it?", "One thing at a time.", ENTRIES, "entries", "table1")
ASKED = {"models": ["gae-1", "vae", "gae-1-own"], "seeds": {"mnist": [0]}}


def moved(dataset="mnist", seeds=(0,)):
    found = {}
    for seed in seeds:
        for model, value in (("gae-1", 400.0), ("vae", 300.0), ("gae-1-own", 470.0)):
            value += seed
            found[dataset, model, seed, "parzen"] = {"value": value, "sem": 1.5, "pixels": 784}
            found[dataset, model, seed, "curve"] = {
                "value": 1.0,
                "sem": 1.0,
                "width": 0.25,
                "curve": {"1000": {"value": value + 60, "sem": 2.0}},
            }
    return found


def test_rows_are_entries_and_columns_models():
    head, slide, *rows = grid(render([(MOVED, ASKED)], moved()))
    assert head == ["", "GAE (1 layer)<sup>[1]</sup>", "VAE"], "a variant has no column"
    assert slide == ["*slide*", "456.71", "296.77"]
    scale = [math.exp((400 - 456.71) / 784), math.exp((300 - 296.77) / 784)]
    assert rows == [
        ["plain", "400.00 ± 1.50", "**300.00 ± 1.50**"],
        ["deep", "**460.00 ± 2.00**", "**360.00 ± 2.00**"],
        ["width", "0.25", "0.25"],
        ["other model", "**470.00 ± 1.50**", ""],
        ["factor", f"{scale[0]:.3f}", f"{scale[1]:.3f}"],
    ]


def test_the_factor_lifts_the_score_to_the_slide():
    factor = float(grid(render([(MOVED, ASKED)], moved()))[-1][1])
    assert 400 - 784 * math.log(factor) == pytest.approx(456.71, abs=0.5)


def test_the_slide_of_one_data_set_is_not_that_of_another():
    asked = ASKED | {"seeds": {"fashion": [0]}}
    rows = grid(render([(MOVED, asked)], moved("fashion")))
    assert not any("slide" in row[0] or "factor" in row[0] for row in rows)


def test_a_row_of_variants_that_are_not_asked_for_is_left_out():
    rows = grid(render([(MOVED, ASKED | {"models": ["gae-1"]})], moved()))
    assert [row[0] for row in rows[2:]] == ["plain", "deep", "width", "factor"]


def test_less_of_an_error_reaches_the_slide():
    table = Table("t", "c", (Entry("parzen", better="lower"),), "entries", "table1")
    rows = grid(render([(table, ASKED)], moved()))
    assert rows[-1][1:3] == ["**400.00 ± 1.50**", "300.00 ± 1.50"]


def test_seeds_are_averaged_and_several_data_sets_named():
    asked = ASKED | {"seeds": {"mnist": [0, 1], "fashion": [0]}}
    contents = moved(seeds=(0, 1)) | moved("fashion")
    rows = grid(render([(MOVED, asked)], contents))
    places = [row[0].split("<")[0] for row in rows[1:]]
    assert places == ["MNIST"] * 6 + ["Fashion-MNIST"] * 4, "the slide is MNIST's"
    assert rows[2][3] == "**300.50 ± 0.50**" and rows[4][2] == "0.25 ± 0.00"
    assert rows[9][2] == "0.25", "one seed, and no error of its own"


def test_entries_without_a_slide_have_neither_its_row_nor_bold():
    table = Table("t", "c", ENTRIES[:2], "entries")
    text = render([(table, ASKED)], moved())
    assert "*slide*" not in text and "**" not in text


def test_entries_that_are_not_available_say_so_with_the_reason():
    table = Table("t", "c", ENTRIES[:1], "entries", "table1")
    text = render(
        [(table, {"models": ["gae-1", "vae"], "seeds": {"tfd": [0]}})], {}, {"tfd": "licensed"}
    )
    assert grid(text)[1:] == [["*slide*", "2815.76", "2572.59"], ["plain", "n/a", "n/a"]]
    assert "TFD is not available: licensed" in text


def test_an_entry_that_is_no_number_is_named():
    table = Table("t", "c", (Entry("curve", "curve"),), "entries")
    with pytest.raises(GaebenchError, match=r"curve of gae-1 .* has no number at 'curve'"):
        render([(table, ASKED)], moved())


# ---- cells


def test_cells_are_those_of_models_variants_and_controls_each_once():
    models, metrics = ["gae-1", "vae", "gae-1-own"], ("parzen", "curve")
    shown = [(model, metric) for metric in metrics for model in ("gae-1", "vae")]
    assert MOVED.cells(models, []) == [*shown, ("gae-1-own", "parzen")]
    assert ERRORS.cells(["vae"], ["k-means"]) == [("vae", "error"), ("k-means", "error")]
    assert ERRORS.plus(["parzen"]).cells(["vae"], []) == [("vae", "error"), ("vae", "parzen")]
    assert MOVED.shown(["gae-1-own", "vae"]) == ["gae-1-own", "vae"], "of no model that is here"
