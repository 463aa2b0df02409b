"""The results page: what it says agrees with the numbers, whatever is missing."""

import base64
import dataclasses
import io
import itertools
import math
import re
from html.parser import HTMLParser

import finished
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy import stats

from gaebench import data, runs
from gaebench.errors import DataError, GaebenchError
from gaebench.metrics import parzen
from gaebench.page import charts, missing, origins, page, pictures, scores, text
from gaebench.page.axes import Axis
from gaebench.report import cells, collect, tables
from gaebench.report.names import Label, Names

VOID = {"meta", "link", "img", "br"}


class Reader(HTMLParser):
    """Elements in order, and whether each that opens is closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open, self.found, self.texts = [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.texts.append(data)

    @property
    def text(self):
        return " ".join("".join(self.texts).split())

    def all(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    return finished.make(tmp_path_factory.mktemp("finished"))


@pytest.fixture(scope="module")
def html(content):
    return page.render(content)


@pytest.fixture(scope="module")
def reader(html):
    return Reader(html)


def changed(content, **told):
    return dataclasses.replace(content, told=content.told | told)


# ---- the page as a whole


def test_two_runs_give_the_same_bytes(tmp_path, html):
    assert page.render(finished.make(tmp_path)) == html


def test_it_asks_for_nothing_from_elsewhere(reader):
    asked = [
        attrs[name]
        for _, attrs in reader.found
        for name in ("src", "srcset", "data", "action", "poster")
        if attrs.get(name)
    ]
    asked += [link["href"] for link in reader.all("link")]
    assert asked and all(uri.startswith("data:") for uri in asked)
    (policy,) = [meta["content"] for meta in reader.all("meta") if "http-equiv" in meta]
    assert policy.startswith("default-src 'none'") and "http" not in policy


def test_names_are_given_once_and_every_link_leads_somewhere(reader):
    names = [attrs["id"] for _, attrs in reader.found if "id" in attrs]
    assert len(names) == len(set(names))
    inside = [a["href"][1:] for a in reader.all("a") if a["href"].startswith("#")]
    assert len(inside) > 10 and set(inside) <= set(names)
    told = [attrs[k] for _, attrs in reader.found for k in ("aria-labelledby",) if k in attrs]
    assert set(told) <= set(names)


def test_headings_are_in_order_and_pictures_have_a_text(reader):
    levels = [int(tag[1]) for tag, _ in reader.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert reader.all("img") and all(image["alt"] for image in reader.all("img"))
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in reader.found}


def test_what_the_run_says_is_text_and_no_markup(tmp_path):
    content = finished.make(tmp_path)
    finished.fail(content, ("mnist", "gan", 0), "<script>alert(1)</script> & <b>")
    html = page.render(content)
    assert "<script>alert" not in html and "&lt;script&gt;alert(1)" in html


# ---- tables


def test_every_table_has_the_numbers_of_tables_md(content, reader):
    written = tables.render(tables.asked(content.told["tables"]), content.facts)
    rows = [line for line in written.splitlines() if line.startswith("|") and "--:" not in line]
    plain = re.compile(r"<sup>.*?</sup>|\*|†")
    wanted = {plain.sub("", cell).strip() for row in rows for cell in row.split("|")}
    numbers = {cell for cell in wanted if re.fullmatch(r"-?[\d.]+( ± [\d.]+)?", cell)}
    assert len(numbers) > 20
    assert all(number in reader.text for number in numbers)


def test_rows_sort_by_the_numbers_they_show(content):
    first, second, entries = content.tables
    assert (first.sortable, first.labels, second.labels) == (True, 1, 1)
    assert not entries.sortable
    for body in first.bodies:
        for row in body.rows:
            for place in row[1:]:
                shown = re.match(r"-?[\d,.]+", f"{place.head}{place.tail}")
                assert place.key == (shown and float(shown[0].replace(",", "")))
    models, controls = first.bodies
    assert [row[0].head for row in models.rows][:2] == ["VAE", "GAN"]
    assert "Controls" in controls.title and len(controls.rows) == 2


def test_remarks_stand_at_their_cell_and_below_the_table(content, reader):
    table = content.tables[0]
    gan = next(row for row in table.bodies[0].rows if row[0].head == "GAN")
    slide = [str(column.title) for column in table.columns].index("MNIST, slide")
    (number,) = gan[slide].notes
    assert gan[slide].key == 300.331 and "GAN-50" in table.footnotes[number - 1]
    anchor = f"{table.anchor}-note-{number}"
    assert {"id": anchor} in reader.all("li")
    assert f"#{anchor}" in [a["href"] for a in reader.all("a")]


def test_the_best_of_a_column_is_marked(content):
    table = content.tables[0]
    ours = [row[1] for row in table.bodies[0].rows]
    assert [place.best for place in ours] == [
        place.key == max(p.key for p in ours) for place in ours
    ]


# ---- the headline


def test_the_headline_is_what_the_numbers_say(content):
    standing = content.standings[0]
    frame = collect.read(content.files.table)
    frame = frame[(frame["dataset"] == "mnist") & (frame["metric"] == "parzen")]
    means = frame.groupby("model")["value"].agg(["mean", "sem"])
    models = means.loc[finished.MODELS].sort_values("mean", ascending=False)
    lead, error = models["mean"].iloc[0] - models["mean"].iloc[1], math.hypot(*models["sem"][:2])
    first = content.facts.names.model(models.index[0]).text
    said = " ".join(standing.sentences)
    assert said.startswith(f"{first} is the best model with {models['mean'].iloc[0]:.2f} ± ")
    assert f"{lead:.2f} ± {error:.2f} ahead of" in said
    seeds = frame.groupby("model")["seed"].nunique().loc[models.index[:2]].min()
    sure = stats.t.ppf(0.975, seeds - 1)
    assert ("no more than seeds differ by" in said) == (lead < sure * error)
    assert "The slide has GAE (2 layers) first, with 460.73." in said
    above = means.loc[["train-images", "k-means"], "mean"] > models["mean"].iloc[0]
    assert ("Above it, though no model made them" in said) == above.any()
    assert [row.name for row in standing.rows if row.best] == [first]


def test_a_slide_stands_beside_its_own_data_set(content):
    mnist, faces, bimnist = content.standings
    assert all(row.slide for row in mnist.rows if not row.control)
    assert not any(row.slide or row.paper for row in faces.rows)
    assert "slide" not in " ".join(faces.sentences)
    assert {row.slide[1] for row in bimnist.rows} == {"-107.18", "-96.94", "-97.66", "-96.91"}


def test_one_seed_has_no_spread_to_compare(content):
    faces = content.standings[1]
    assert "one seed" in faces.sentences[0] and "within" not in faces.sentences[0]


def test_places_are_in_order_of_the_numbers(content):
    for standing in content.standings:
        pairs = [(float(re.match(r"-?[\d.]+", r.text)[0]), r.ours) for r in standing.rows if r.text]
        assert [place for _, place in sorted(pairs)] == sorted(place for _, place in pairs)
        assert all(0 <= r.low <= r.ours <= r.high <= 100 for r in standing.rows if r.text)


# ---- claims


def test_claims_are_those_of_claims_md(content, reader):
    assert sum(count for *_, count in content.verdicts) == len(content.claims)
    reached = next(c for c in content.claims if c.text.startswith("GAE reaches Table 1"))
    assert (reached.state, reached.verdict) == ("no", "not supported")
    assert reached.comparisons[0][0] == "GAE (1 layer) against the slide's 456.71"
    assert "2 of 2 comparisons the other way" in reader.text
    tested = sum(claim.tested for claim in content.claims)
    assert 0 < tested < len(content.claims) and f"could be tested ({tested})" in reader.text


# ---- curves


def test_a_curve_has_the_points_of_the_history(content):
    chart = next(c for c in content.charts if c.title.startswith("Training on MNIST"))
    history = pd.read_csv(content.files.histories[0])
    assert [row.text for row in chart.rows] == [str(epoch) for epoch in history["epoch"]]
    assert [row.points[0].text for row in chart.rows] == [f"{y:.2f}" for y in history["score"]]
    best = [row.text for row in chart.rows if row.points[0].best]
    assert best == [str(history["epoch"][history["score"].idxmax()])]
    assert (chart.rows[0].left, chart.rows[-1].left) == (0, 100)


def test_scores_of_different_metrics_share_no_chart(content):
    titles = [chart.title for chart in content.charts]
    assert len(titles) == len(set(titles))
    assert "S-sample log-likelihood by S: biMNIST (Bernoulli)" in titles
    chart = next(c for c in content.charts if "by S" in c.title)
    assert [tick.text for tick in chart.x_ticks] == ["100", "1,000", "10,000"]
    assert [tick.place for tick in chart.x_ticks] == [0, 50, 100]


def detail(curves, names=None):
    metric = {"label": "score", "unit": "nats", "details": {}}
    contents = {model: {"curve": curve} for model, curve in curves.items()}
    return charts.detail("mnist", metric, contents, names or Names())


def test_what_is_far_out_does_not_flatten_the_rest():
    near = {f"m{k}": {"10": -100.0 - k, "100": -98.0 - k} for k in range(4)}
    chart = detail(near | {"wild": {"10": -6000.0, "100": -5900.0}})
    assert chart.remarks == ["wild leaves the chart"]
    assert all(0 <= p.top <= 100 for row in chart.rows for p in row.points[:4])
    assert all(row.points[4].top > 100 for row in chart.rows)


def test_a_curve_may_be_of_estimates_and_of_some_places():
    chart = detail({"a": {"10": {"value": 1.0, "sem": 0.1}, "100": {"value": 2.0}}, "b": {"10": 3}})
    assert [[p and p.text for p in row.points] for row in chart.rows] == [
        ["1.00", "3.00"],
        ["2.00", None],
    ]


def test_a_curve_of_one_place_is_none_and_of_no_numbers_an_error():
    assert detail({"a": {"10": 1.0}}) is None
    with pytest.raises(GaebenchError, match="numbers by numbers"):
        detail({"a": {"ten": 1.0, "100": 2.0}})
    with pytest.raises(GaebenchError, match="numbers by numbers"):
        detail({"a": [1.0, 2.0]})


def test_a_model_without_epochs_is_named():
    empty = pd.DataFrame(columns=["stage", "epoch", "loss", "score"])
    frame = pd.DataFrame({"stage": "a", "epoch": [1], "loss": 0.0, "score": [2.0]})
    metric, names = {"label": "score", "unit": ""}, Names({"a": Label("A"), "b": Label("B")})
    chart = charts.training("mnist", metric, {"a": empty, "b": frame}, names)
    assert chart.remarks == ["A: no epochs"] and [line.name for line in chart.lines] == ["B"]
    assert charts.training("mnist", metric, {"a": empty}, names) is None


@pytest.mark.parametrize("values", [[3.0], [-1.0, 0.0, 1.0], [1e6, 2e6], [0.001, 0.002]])
def test_axes_hold_their_values_and_have_ticks(values):
    axis = Axis.around(values)
    assert all(0 < axis.place(value) < 100 for value in values)
    assert axis.ticks() and all(0 <= tick.place <= 100 for tick in axis.ticks())
    assert "-0" not in [tick.text for tick in axis.ticks()]


def test_epochs_are_whole_numbers():
    assert [tick.text for tick in Axis.through([1, 3], log=False).ticks()] == ["1", "2", "3"]
    assert Axis.through([5], log=False).place(5) == 50


# ---- image by image


def test_scores_of_images_agree_with_a_slow_version(content):
    truth = data.load(content.files.images[0])
    drawn = runs.load_samples(content.files.samples[0], truth.pixels)
    file = cells.content(content.files.samples[0].with_name("parzen.json"))
    found = scores.of_images(drawn, truth, file, "cpu")
    test, s = truth.images("test").astype(np.float64), file["bandwidth"]
    squares = np.square(test[:, None] - drawn[None].astype(np.float64)).sum(2) / (2 * s * s)
    least = squares.min(1, keepdims=True)
    slow = np.log(np.exp(least - squares).mean(1)) - least[:, 0]
    slow -= truth.pixels / 2 * math.log(2 * math.pi * s * s)
    np.testing.assert_allclose(found, slow, atol=1e-3)


def test_scores_keep_the_order_of_the_images_of_folds():
    truth = finished.images()
    rng = np.random.default_rng(1)
    folds = {"valid_fold": rng.integers(0, 2, 60), "test_fold": rng.integers(0, 2, 80)}
    folded = dataclasses.replace(truth, **folds)
    drawn = finished.samples(1)
    estimate = parzen.evaluate(drawn, folded, finished.stream(0))
    file = {"value": estimate.value, **estimate.details}
    found = scores.of_images(drawn, folded, file, "cpu")
    for fold, width in enumerate(file["bandwidth"]):
        mine = folds["test_fold"] == fold
        one = {"value": found[mine].mean(), "bandwidth": width}
        part = dataclasses.replace(truth, test=truth.test[mine])
        np.testing.assert_array_equal(found[mine], scores.of_images(drawn, part, one, "cpu"))


def test_scores_of_other_samples_are_refused(content):
    truth = data.load(content.files.images[0])
    file = cells.content(content.files.samples[0].with_name("parzen.json"))
    with pytest.raises(GaebenchError, match="of other samples"):
        scores.of_images(finished.samples(9), truth, file, "cpu")


def test_the_ends_are_the_ends_and_bars_hold_every_image(content):
    panel = content.scores
    truth = data.load(content.files.images[0])
    assert [model.name for model in panel.models] == [
        content.facts.names.model(name).text for name in finished.MODELS
    ]
    model = panel.models[0]
    drawn = runs.load_samples(content.files.samples[0], truth.pixels)
    file = cells.content(content.files.samples[0].with_name("parzen.json"))
    values = scores.of_images(drawn, truth, file, "cpu")
    assert model.worst[0].number == values.argmin() and model.best[0].number == values.argmax()
    counts = [int(bar.text.rpartition(": ")[2].replace(",", "")) for bar in model.bars]
    assert sum(counts) == len(truth.test) and max(bar.height for bar in model.bars) == 100
    shown = Image.open(io.BytesIO(base64.b64decode(model.best[0].uri.partition(",")[2])))
    np.testing.assert_array_equal(np.asarray(shown).ravel(), truth.test[model.best[0].number])


# ---- how it was made, and what is missing


def test_every_model_and_metric_says_how_it_was_made(content, reader):
    *sheets, metrics = content.origins
    assert [sheet.title for sheet in sheets] == ["MNIST", "ORL faces", "biMNIST (Bernoulli)"]
    row = next(row for row in sheets[0].rows if row[1] == "gae-2")
    assert row[2] == "0, 1, 2" and "layers 2, latent 10" not in row[4]
    assert "leave_one_out true" in row[3] and "batch 250" in row[4]
    assert re.fullmatch("[0-9a-f]{16}", row[5]) and row[5] in reader.text
    assert {"parzen", "loglik_prior", "loglik_is", "bound"} == {r[1] for r in metrics.rows}
    assert all(row[2] == "1" for row in metrics.rows)


def test_a_hash_moves_with_the_code_and_with_nothing_else(monkeypatch):
    asked = finished.config()
    before = finished.paged.trained(asked)
    assert finished.paged.trained(asked) == before
    found = finished.jobs.code
    monkeypatch.setattr(
        finished.jobs, "code", lambda *a, **k: found(*a, **k) | {"gaebench/other.py": "0"}
    )
    after = finished.paged.trained(asked)
    assert all(a["code"] != b["code"] for a, b in zip(after, before, strict=True))


def test_costs_are_shown_where_there_are_some(content, tmp_path, reader):
    assert content.costs == [] and "What it cost" not in reader.text
    path = tmp_path / "cost.csv"
    path.write_text("job,hours\ntrain,1.50\n")
    files = dataclasses.replace(content.files, cost=[path])
    html = page.render(dataclasses.replace(content, files=files))
    assert "What it cost" in Reader(html).text and "1.50" in Reader(html).text
    path.write_bytes(b"\xff\x00")
    with pytest.raises(DataError, match=r"cost.csv cannot be read"):
        origins.cost(path)


def test_it_says_what_is_missing(content, reader):
    assert "TFD is not here: no file TFD_48x48.mat. To try again" in reader.text
    assert "The figure faces is left out" in reader.text
    assert "300 generated images per run; published ones are of 10,000" in reader.text
    assert "A small budget" not in reader.text
    assert "A small budget, 17% of the epochs" in page.render(changed(content, budget=0.17))


def test_a_full_run_has_no_such_remarks():
    assert missing.budget(1.0, 10_000) == []
    assert missing.runs([(("mnist", "gan", 0), None)], Names()) == []
    assert missing.figures({"samples": {}}, ["samples"]) == []


def test_a_failed_run_is_told_once_and_the_rest_is_there(tmp_path):
    content = finished.make(tmp_path)
    finished.fail(content, ("mnist", "gan", 0), "training diverged")
    reader = Reader(page.render(content))
    assert reader.text.count("GAN on MNIST, seed 0, failed: training diverged") == 1
    assert "GAN" not in [model.name for model in content.scores.models]
    assert "GAN" not in [line.name for line in content.charts[0].lines]
    assert "failed" in [str(row[1].head) for row in content.tables[0].bodies[0].rows]


def test_a_page_where_every_run_failed(tmp_path):
    content = finished.make(tmp_path)
    for path in content.files.metrics:
        cell = cells.Cell.at(path)
        finished.fail(content, cell[:3], "diverged")
    text = Reader(page.render(content)).text
    assert "No run has a curve." in text and "No run scores test images" in text


def test_a_damaged_picture_is_named(content, tmp_path):
    path = tmp_path / "samples.png"
    path.write_bytes(b"no picture")
    with pytest.raises(GaebenchError, match=r"samples.png is no picture.*drawn anew"):
        pictures.figure("samples", {"caption": "A.", "runs": []}, path, Names())


def test_the_text_in_the_place_of_a_figure_names_what_it_shows(content):
    (picture,) = content.pictures
    assert picture.alt == "Samples of GAE (2 layers), VAE on MNIST."
    assert (picture.width, picture.height) == (60, 40)


# ---- texts


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**a** *b* `c_d`", "<strong>a</strong> <em>b</em> <code>c_d</code>"),
        ("1 < 2 & <b>", "1 &lt; 2 &amp; &lt;b&gt;"),
        ("[mem]: quoted", "[mem]: quoted"),
        ("x_1_2 and 3*4*5", "x_1_2 and 3<em>4</em>5"),
        (
            "(arXiv 1511.01844)",
            '(<a href="https://arxiv.org/abs/1511.01844">arXiv 1511.01844</a>)',
        ),
        ("![a](http://b) <http://c>", "![a](http://b) &lt;http://c&gt;"),
    ],
)
def test_texts_are_a_little_markdown(markdown, html):
    assert text.inline(markdown) == html


def test_templates_are_part_of_the_package():
    names = {path.rpartition("/")[2] for path in finished.paged.templates()}
    assert names == {"page.html", "parts.html", "page.css", "page.js"}


def test_images_are_scored_where_the_data_must_be_there():
    asked = finished.config()
    table = asked["tables"]["table1"] | {"seeds": {"tfd": [0], "faces": [2, 1], "mnist": [0]}}
    runs = finished.paged.scored(asked | {"tables": {"table1": table}})
    assert [tuple(run) for run in runs] == [("faces", model, 2) for model in finished.MODELS]
    assert finished.paged.scored(asked | {"tables": {"table2": asked["tables"]["table2"]}}) == []


def test_a_page_without_tables_and_figures(content, tmp_path):
    empty = dict.fromkeys(("metrics", "figures", "histories", "samples", "images"), ())
    header, *_ = content.files.table.read_text().splitlines()
    (tmp_path / "metrics.csv").write_text(header + "\n")
    files = dataclasses.replace(content.files, **empty, table=tmp_path / "metrics.csv")
    told = content.told | {"tables": {}, "figures": {}, "trained": [], "manifests": {}}
    text = Reader(page.render(dataclasses.replace(content, told=told, files=files))).text
    assert "No figure was drawn." in text and "No run scores test images" in text
    assert "No claim is about what the tables have." in text and "Of 0 claims" not in text
