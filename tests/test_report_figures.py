"""What the figures show, and the runs they are handed."""

import json
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib import colors

from gaebench import data, plugins
from gaebench.data import Dataset
from gaebench.errors import GaebenchError
from gaebench.figures import (
    curves,
    latent_classes,
    latent_density,
    latent_depths,
    likelihood_curves,
    nearest,
    parzen_curves,
    samples,
)
from gaebench.report import histories, lines, plane, shown, style
from gaebench.report.mosaic import BORDER, mosaic
from gaebench.report.names import Label


@dataclass
class MadeUp:
    """A run whose files are made up; the rest is as `ShownRun` has it."""

    label: Label
    content: dict = field(default_factory=dict)
    control: bool = False
    data: Dataset | None = None
    dataset_label: Label = field(default_factory=lambda: Label("MNIST"))
    dataset: str = "mnist"
    model: str = "gae-2"
    seed: int = 0
    images_per_run: int = 10_000

    def metric(self, name):
        return self.content[name]

    def history(self):
        return self.content["history"]

    def samples(self):
        return self.content["samples"]

    def restore(self, device):
        return self.content["model"]


@pytest.fixture(autouse=True)
def in_style():
    """As the workflow draws."""
    with style.styled():
        yield


def layered(family, layers):
    return Label(f"{family} ({layers} layer{'s' * (layers > 1)})", family, layers)


def plain(name):
    return Label(name, name)


def images(count, pixels):
    return np.random.default_rng(count).random((count, pixels)).astype(np.float32)


def history(length, best, first=-150.0, stage="vae"):
    epochs = np.arange(1, length + 1)
    scores = best - (best - first) * np.exp(-epochs / 4)
    columns = {"stage": stage, "epoch": epochs, "loss": -scores, "score": scores}
    return pd.DataFrame(columns)


def trained(name, frame, dataset="MNIST"):
    return MadeUp(plain(name), {"history": frame}, dataset_label=Label(dataset))


class Gaussian:
    """A model of the plane whose prior is a standard Gaussian, and whose codes are given."""

    device = torch.device("cpu")

    def __init__(self, codes=None):
        self.codes = codes

    def draw_prior(self, n, generator):
        return torch.randn(n, 2, generator=generator)

    def log_prior(self, z):
        return -z.square().sum(1) / 2 - np.log(2 * np.pi)

    def draw_posterior(self, x, generator):
        return torch.from_numpy(self.codes)


# --- runs ----------------------------------------------------------------------------------------


def entry(model, needs, control=False):
    return {
        "dataset": "small",
        "model": model,
        "seed": 3,
        "control": control,
        "needs": needs,
        "restore": None if control else {"family": "gae", "settings": {"layers": 1}},
    }


@pytest.fixture
def content():
    """Of a figure with a model and a control that needs other files."""
    return {
        "runs": [entry("mine", ["history", "modes"]), entry("held-out", ["parzen"], control=True)],
        "names": {"models": {"mine": {"text": "Mine"}}, "datasets": {"small": {"text": "Small"}}},
        "samples": 50,
    }


def test_runs_are_given_their_names_and_files(content, tmp_path):
    blank = np.zeros((2, 6), np.uint8)
    data.save(Dataset(blank, blank, blank, (2, 3)), tmp_path / "small.npz")
    files = [tmp_path / name for name in ("history.csv", "modes.json", "parzen.json")]
    files[0].write_text("stage,epoch,loss,score\ngae,1,0.5,-0.5\n")
    files[1].write_text(json.dumps({"value": 2.0}))
    files[2].write_text(json.dumps({"value": 100.0}))
    mine, control = shown.listed(content, [tmp_path / "small.npz"], files)
    assert (mine.label.text, mine.dataset_label.text, mine.seed) == ("Mine", "Small", 3)
    assert (mine.family, mine.settings, mine.images_per_run) == ("gae", {"layers": 1}, 50)
    assert mine.history()["score"].tolist() == [-0.5] and mine.metric("modes") == {"value": 2.0}
    assert control.label.text == "held-out" and control.control and not mine.control
    assert control.metric("parzen") == {"value": 100.0}
    assert mine.data is control.data, "read once"


def test_a_data_set_is_read_only_when_asked_for(content, tmp_path):
    mine, _ = shown.listed(content, [tmp_path / "none.npz"], ["a", "b", "c"])
    with pytest.raises(GaebenchError, match=r"none\.npz"):
        _ = mine.data


def test_what_a_figure_does_not_need_it_does_not_get(content):
    mine, _ = shown.listed(content, ["small.npz"], ["a", "b", "c"])
    with pytest.raises(GaebenchError, match="asks for samples of mine: add it to its NEEDS"):
        mine.samples()


def test_a_damaged_file_is_named(content, tmp_path):
    (tmp_path / "modes.json").write_text('{"value": ')
    files = [tmp_path / "none.csv", tmp_path / "modes.json", "c"]
    mine, _ = shown.listed(content, ["small.npz"], files)
    with pytest.raises(GaebenchError, match=r"none.csv cannot be read.*Delete it"):
        mine.history()
    with pytest.raises(GaebenchError, match=r"modes.json is not a metric file.*Delete it"):
        mine.metric("modes")


# --- images --------------------------------------------------------------------------------------


def test_mosaic_places_images_row_by_row():
    grid = mosaic(np.array([[0.1], [0.2], [0.3]]), (1, 1))
    assert grid.shape == (5, 5)
    assert (grid[0] == BORDER).all() and (grid[:, 2] == BORDER).all()
    assert [grid[1, 1], grid[1, 3], grid[3, 1], grid[3, 3]] == [0.1, 0.2, 0.3, BORDER]
    assert mosaic(np.zeros((3, 1)), (1, 1), columns=3).shape == (3, 7)


def test_at_most_a_hundred_images_at_whole_dots():
    blank = np.zeros((1, 48 * 48), np.uint8)
    faces = Dataset(blank, blank, blank, (48, 48))
    run = MadeUp(plain("VAE"), {"samples": images(150, 48 * 48)}, data=faces)
    (axes,) = samples.draw([run], "cpu").axes
    assert axes.get_title() == "VAE"
    assert axes.images[0].get_array().shape == (10 * 49 + 1, 10 * 49 + 1)
    dots = axes.get_window_extent().bounds
    assert np.allclose(dots, np.round(dots)) and round(dots[2]) % (10 * 49 + 1) == 0


def test_below_each_sample_lies_its_nearest_training_image():
    levels = np.random.default_rng(0).integers(0, 256, (50, 12)).astype(np.uint8)
    truth = Dataset(levels, levels[:1], levels[:1], (4, 3))
    train = truth.images("train")
    drawn = (0.9 * train[[7, 3, 7]] + 0.1 * train[[0, 1, 2]]).astype(np.float32)
    grid = nearest.pairs(MadeUp(plain("VAE"), {"samples": drawn}, data=truth))
    assert grid.shape == (2 * 4 + 3, 3 * 4 + 1)
    for column, (sample, own) in enumerate(zip(drawn, (7, 3, 7), strict=True)):
        left = 1 + 4 * column
        np.testing.assert_array_equal(grid[1:5, left : left + 3], sample.reshape(4, 3))
        np.testing.assert_array_equal(grid[6:10, left : left + 3], train[own].reshape(4, 3))


# --- latent space --------------------------------------------------------------------------------


def rings(count=300):
    """Codes in ten heaps around the origin, and which heap each is in."""
    rng = np.random.default_rng(count)
    labels = rng.integers(0, 10, count)
    angle = labels * 2 * np.pi / 10
    centre = 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return centre + 0.4 * rng.normal(size=(count, 2)), labels


def classes(codes, labels):
    blank = np.zeros((len(labels), 4), np.uint8)
    truth = Dataset(blank, blank, blank, (2, 2), test_labels=labels)
    run = MadeUp(plain("GAE"), {"model": Gaussian(codes)}, data=truth)
    return latent_classes.draw([run], "cpu").axes[0]


def test_codes_without_classes_are_no_picture():
    blank = np.zeros((2, 4), np.uint8)
    run = MadeUp(plain("GAE"), data=Dataset(blank, blank, blank, (2, 2)))
    with pytest.raises(GaebenchError, match="MNIST has no labels"):
        latent_classes.draw([run], "cpu")


def test_density_is_a_density():
    first, second, heights = latent_density.heights(rings()[0], "GAE")
    cell = (first[0, 1] - first[0, 0]) * (second[1, 0] - second[0, 0])
    assert 0.9 < heights.sum() * cell < 1.01


def test_draws_lie_above_their_density():
    runs = [MadeUp(layered("GAE", k), {"model": Gaussian()}, model=f"gae-{k}") for k in (1, 2)]
    above, other, below, _ = latent_density.draw(runs, "cpu").axes[:4]
    assert above.get_title() == "GAE (1 layer)\n1000 draws from $P(z)$"
    assert above.get_xlim() == below.get_xlim() and above.get_ylim() == below.get_ylim()
    first, second = (axes.collections[0].get_offsets() for axes in (above, other))
    assert len(first) == 1000 and not np.allclose(first, second), "each model has its own draws"


def test_regions_hold_their_share():
    """Of a round Gaussian in the plane, what holds a share s lies above 1 - s of its peak."""
    sides = np.linspace(-6, 6, 301)
    masses = np.exp(-0.5 * (sides[:, None] ** 2 + sides**2))
    masses /= masses.sum()
    found = np.array(latent_depths.levels(masses, (0.99, 0.5, 0.1))) / masses.max()
    assert np.allclose(found, [0.01, 0.5, 0.9], atol=2e-3)


def test_depths_have_their_numbers_as_titles():
    runs = [
        MadeUp(
            layered("GAE", modes),
            {
                "model": Gaussian(),
                "negentropy": {"value": 0.456},
                "modes": {"value": modes, "places": [[0.0, 0.0]] * modes, "step": 0.1},
            },
        )
        for modes in (1, 2, 3)
    ]
    first, second, third, empty = latent_depths.draw(runs, "cpu").axes
    assert first.get_title() == "GAE (1 layer)\nnegentropy 0.46 nats, 1 mode"
    assert second.get_title().endswith("2 modes") and not empty.axison
    assert len(third.lines[0].get_xdata()) == 3
    assert np.allclose(np.abs(first.get_xlim()), 1.08 * np.sqrt(2 * np.log(100)), atol=0.1)


def test_degenerate_codes_are_refused():
    line = np.outer(np.arange(10.0), [1.0, 1.0])
    with pytest.raises(GaebenchError, match="VAE"):
        latent_density.heights(line, "VAE")
    with pytest.raises(GaebenchError, match="shape"):
        plane.checked(np.zeros((10, 3)), "VAE")
    with pytest.raises(GaebenchError, match="finite"):
        plane.checked(np.full((10, 2), np.nan), "VAE")


def names_of(axes):
    return {int(text.get_text()): np.array(text.get_position()) for text in axes.texts}


def test_each_class_name_stands_at_a_code_of_its_class_where_that_is_dense():
    z, labels = rings(3000)
    places = names_of(classes(z, labels))
    assert sorted(places) == list(range(10))
    for label, place in places.items():
        own = z[labels == label]
        assert (own == place).all(1).any()
        assert np.hypot(*(place - own.mean(0))) < 0.3


def test_a_class_name_is_not_where_another_class_is():
    """A class in two heaps has its median between them, where only the other class lies."""
    rng = np.random.default_rng(0)
    heaps = np.concatenate([[[-3.0, 0.0]] * 300, [[3.0, 0.0]] * 300, [[0.0, 0.0]] * 600])
    z = heaps + 0.4 * rng.normal(size=(1200, 2))
    labels = np.repeat([2, 6], 600)
    assert np.abs(np.median(z[labels == 2], axis=0)).max() < 3 * 0.9, "the former place"
    places = names_of(classes(z, labels))
    assert abs(abs(places[2][0]) - 3) < 1 and abs(places[6][0]) < 1


def test_names_of_classes_that_lie_upon_each_other_stand_apart_and_on_their_own_codes():
    rng = np.random.default_rng(0)
    z, labels = rng.normal(size=(2000, 2)), rng.integers(0, 10, 2000)
    places = names_of(classes(z, labels))
    apart = latent_classes.APART * np.ptp(z, axis=0).max()
    pairs = combinations(places.values(), 2)
    assert min(np.hypot(*(one - other)) for one, other in pairs) >= apart
    assert all((z[labels == label] == place).all(1).any() for label, place in places.items())


def test_classes_of_few_codes_have_names_and_those_of_one_place_are_pushed_apart():
    z = np.array([[0.0, 0.0], [0.0, 0.0], [5.0, 5.0], [6.0, 6.0], [7.0, 7.0]])
    places = latent_classes.places(z, np.array([0, 1, 2, 2, 2]), 0.5)
    assert np.hypot(*(places[0] - places[1])) > 0.45
    assert places[2].tolist() == [6.0, 6.0], "on a line: the one nearest to the median"


def test_names_that_must_move_are_pushed_apart():
    moved = latent_classes.spread(np.zeros((3, 2)), 1.0)
    gaps = [np.hypot(*(moved[i] - moved[j])) for i, j in [(0, 1), (0, 2), (1, 2)]]
    assert min(gaps) > 0.95


def test_each_class_has_its_colour():
    (points,) = classes(*rings()).collections
    assert points.get_rasterized()
    labels, shades = rings()[1], points.get_facecolor()
    assert len({colors.to_hex(shade) for shade in shades}) == 10
    assert len({colors.to_hex(shade) for shade in shades[labels == 3]}) == 1


# --- lines ---------------------------------------------------------------------------------------


def test_only_the_last_stage_counts():
    first = history(50, 900.0, stage="autoencoder")
    both = pd.concat([first, history(8, 280.0, stage="gmmn")])
    last = histories.last_scores(both, "GMMN+AE")
    assert len(last) == 8 and last["score"].max() < 281


def test_a_history_without_a_finite_score_is_refused():
    frame = history(3, 1.0)
    frame["score"] = np.nan
    with pytest.raises(GaebenchError, match="GAN"):
        histories.last_scores(frame, "GAN")


@pytest.mark.parametrize("others", [["VAE"], []])
def test_a_model_without_epochs_has_no_curve_but_is_named(others):
    runs = [trained(name, history(20, 1.0)) for name in others]
    axes = curves.draw([*runs, trained("PPCA", history(0, 1.0))], "cpu").axes[0]
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == [*others, "PPCA: no epochs"]
    assert len([line for line in axes.lines if len(line.get_xdata())]) == 2 * len(others)


def test_wild_first_epochs_do_not_set_the_axis_but_low_curves_do():
    tame, wild = history(30, 300.0, first=200.0), history(30, 200.0, first=200.0)
    wild.loc[:4, "score"] = -1e5
    low, high = histories.score_limits([tame, wild])
    assert 150 < low < 200 and 300 <= high < 320
    low, _ = histories.score_limits([tame, history(30, -500.0, first=-500.0)])
    assert low < -500


def test_the_best_epoch_is_marked():
    frame = history(10, 5.0)
    frame.loc[6, "score"] = 50.0
    axes = curves.draw([trained("VAE", frame)], "cpu").axes[0]
    (mark,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (7, 50.0)


def test_curves_have_a_panel_per_data_set_with_logarithmic_epochs_for_unequal_runs():
    runs = [
        trained("VAE", history(20, 1.0), "MNIST"),
        trained("GAN", history(30, 1.0), "MNIST"),
        trained("VAE", history(20, 1.0), "TFD"),
        trained("GAN", history(300, 1.0), "TFD"),
    ]
    first, second = curves.draw(runs, "cpu").axes
    assert (first.get_title(), first.get_xscale()) == ("MNIST", "linear")
    assert (second.get_title(), second.get_xscale()) == ("TFD", "log")


def test_lines_can_be_told_apart():
    deep = [layered(name, k) for name in ("VAE", "GAE") for k in (1, 2, 3, 4)]
    for labels in (deep, [plain(f"model {k}") for k in range(12)]):
        looks = [tuple(look.values()) for look in lines.looks(labels)]
        assert len(set(looks)) == len(labels)


def families():
    return [plugins.constant("models", name, "LABEL") for name in plugins.names("models")]


def test_colours_say_the_family_and_line_styles_and_marks_the_layers():
    deep = [layered(name, k) for k in (1, 2) for name in ("VAE", "GAE")]
    one, other, deeper, _ = lines.looks(deep)
    assert one["color"] == deeper["color"] != other["color"]
    assert one["linestyle"] == other["linestyle"] != deeper["linestyle"]
    assert one["marker"] == other["marker"] != deeper["marker"]


def test_a_family_has_one_colour_whatever_stands_beside_it():
    alone = {name: lines.looks([plain(name)])[0]["color"] for name in families()}
    assert len(set(alone.values())) == len(alone)
    for order in (families(), families()[::-1], ["GAE", "VAE"], ["AAE", "GAE"]):
        looks = lines.looks([plain(name) for name in order])
        assert [look["color"] for look in looks] == [alone[name] for name in order]
    together = lines.looks([layered("GAE", 2), Label("GAE (own exemplar)", "GAE"), plain("VAE")])
    assert [look["color"] for look in together] == [alone["GAE"], alone["GAE"], alone["VAE"]]
    assert together[0] == lines.looks([layered("GAE", 2)])[0], "2 layers look like 2 layers"
    assert together[1] != together[0]


def test_an_added_family_has_a_colour_of_its_own(monkeypatch):
    monkeypatch.setattr(style, "_families", lambda: [*families(), "Flow", "Score"])
    colours = [style.colour(name) for name in [*families(), "Flow", "Score"]]
    assert len(set(colours)) == len(colours)


def lightness(colour):
    """CIE L* of a colour, 0 to 100: what a print without colours leaves of it."""
    parts = np.array(colors.to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return 116 * np.cbrt(y) - 16 if y > 0.009 else 903.3 * y


def test_gae_and_vae_differ_without_colours_and_every_line_shows_on_white():
    assert abs(lightness(style.colour("GAE")) - lightness(style.colour("VAE"))) > 20
    assert all(lightness(style.colour(name)) < 75 for name in families())


def test_every_figure_draws_a_family_in_its_colour():
    vae, gae = (layered(name, 1) for name in ("VAE", "GAE"))
    trainings = [
        MadeUp(label, {"history": history(9, 1.0)}, dataset_label=Label(place))
        for label, place in ((vae, "MNIST"), (gae, "MNIST"), (gae, "TFD"))
    ]
    first, second = curves.draw(trainings, "cpu").axes
    likelihood = likelihood_curves.draw([bounds(gae, -90.0), bounds(vae, -91.0)], "cpu").axes[0]
    scores = parzen("VAE", 300.0), parzen("GAE", 200.0)
    left, right = parzen_curves.draw(scores, "cpu").axes
    density = latent_density.draw([MadeUp(gae, {"model": Gaussian()})], "cpu").axes[0]
    drawn = {
        "VAE": [first.lines[0], likelihood.lines[2], left.lines[0], right.lines[0]],
        "GAE": [first.lines[2], second.lines[0], likelihood.lines[0], left.lines[1]],
    }
    for name, found in drawn.items():
        assert {line.get_color() for line in found} == {style.colour(name)}
    points = density.collections[0].get_facecolor()[0]
    assert colors.to_hex(points).upper() == style.colour("GAE")


@pytest.mark.parametrize("figure", ["parzen_curves", "likelihood_curves", "latent_density"])
def test_a_chart_names_its_data_set(figure):
    run = bounds(layered("GAE", 1), -90.0)
    run.content |= parzen("GAE", 300.0).content | {"model": Gaussian()}
    run.dataset_label = Label("Fashion-MNIST")
    drawn = plugins.load("figures", figure).draw([run], "cpu")
    assert drawn.get_suptitle() == "Fashion-MNIST"


def parzen(name, best):
    widths = np.geomspace(0.1, 0.4, 20)
    test = best - 784 * np.log(widths / 0.16) ** 2
    curve = {str(n): {"value": best + 20 * np.log(n / 1e4)} for n in (1000, 10_000, 1_000_000)}
    grid = {"bandwidths": widths.tolist(), "valid": (test - 3).tolist(), "test": test.tolist()}
    return MadeUp(plain(name), {"parzen_curve": {"curve": curve, "grid": grid}})


def test_parzen_curves_rise_in_the_order_of_the_numbers_of_images():
    content = {"parzen": {"value": 320.0, "bandwidth": 0.155}}
    control = MadeUp(plain("k-means centroids"), content, control=True)
    runs = [parzen("VAE", 300.0), parzen("GAN", 170.0), control]
    left, right = parzen_curves.draw(runs, "cpu").axes
    first, *_, point = left.lines
    assert not left.texts, "none of them is a GAE"
    assert list(first.get_xdata()) == [1000, 10_000, 1_000_000]
    assert np.all(np.diff(first.get_ydata()) > 0)
    assert (point.get_xdata()[0], point.get_ydata()[0]) == (10_000, 320.0)
    (dot,) = [line for line in right.lines if line.get_marker() == "o"][:1]
    assert dot.get_ydata()[0] == max(right.lines[0].get_ydata()), "the validation images' choice"
    assert [line.get_ydata()[0] for line in right.lines if line.get_marker() == "X"] == [320.0]


def test_every_control_is_a_point_of_the_parzen_curves():
    content = {"parzen": {"value": 320.0, "bandwidth": 0.155}}
    controls = [MadeUp(plain(f"control {k}"), content, control=True) for k in range(5)]
    left, _ = parzen_curves.draw([parzen("VAE", 300.0), *controls], "cpu").axes
    labels = left.get_legend_handles_labels()[1]
    assert labels[1:] == [control.label.text for control in controls]


def of_slide(dataset="mnist"):
    runs = [parzen("VAE", 330.0), *(parzen("GAE", 340.0 + k) for k in (1, 2))]
    for k, run in enumerate(runs):
        run.dataset, run.model = dataset, f"gae-{k}" if k else "vae"
        run.label = layered("GAE", k) if k else plain("VAE")
    return parzen_curves.draw(runs, "cpu").axes[0]


@pytest.mark.parametrize(
    ("dataset", "numbers"), [("mnist", ["456.71", "460.73"]), ("tfd", ["2815.76", "2796.91"])]
)
def test_the_slides_numbers_of_gae_are_lines_with_their_names(dataset, numbers):
    axes = of_slide(dataset)
    level = [line for line in axes.lines if len(set(line.get_ydata())) == 1]
    assert [line.get_ydata()[0] for line in level] == [float(number) for number in numbers]
    drawn = [line for line in axes.lines if line not in level][1:]
    for line, model in zip(level, drawn, strict=True):
        assert line.get_linewidth() < 1 < model.get_linewidth()
        assert line.get_linestyle() == model.get_linestyle()
    (text,) = axes.texts
    first, second = numbers
    assert text.get_text() == f"slide, GAE: {first} (1 layer), {second} (2 layers)"
    assert axes.get_ylim()[1] > max(map(float, numbers))


def test_where_the_slide_has_no_number_there_is_no_line():
    assert not of_slide("fashion").texts


def test_scores_of_one_epoch_have_a_whole_number_below():
    axes = curves.draw([trained("VAE", history(1, 1.0)), trained("GAN", history(1, 2.0))], "cpu")
    axes.draw_without_rendering()
    low, high = axes.axes[0].get_xlim()
    assert [tick for tick in axes.axes[0].get_xticks() if low <= tick <= high] == [1]


def test_marks_in_the_legend_are_those_of_the_best_epochs():
    labels = [layered("GAE", k) for k in (1, 2, 3, 4)]
    runs = [MadeUp(label, {"history": history(9, k)}) for k, label in enumerate(labels, 1)]
    (axes,) = curves.draw(runs, "cpu").axes
    handles = axes.get_legend().legend_handles
    drawn = [line.get_marker() for line in axes.lines if line.get_linestyle() == "None"]
    assert [handle.get_marker() for handle in handles] == drawn and len(set(drawn)) == 4


def test_parzen_curves_of_controls_alone_are_points():
    content = {"parzen": {"value": 320.0, "bandwidth": 0.155}}
    control = MadeUp(plain("k-means centroids"), content, control=True)
    figure = parzen_curves.draw([control], "cpu")
    figure.draw_without_rendering()
    assert [[tuple(point) for point in axes.lines[0].get_xydata()] for axes in figure.axes] == [
        [(10_000, 320.0)],
        [(0.155, 320.0)],
    ]


def bounds(label, top):
    exact = {str(s): top - 9 / s for s in (10, 100, 1000, 5000)}
    prior = {str(10**p): top - 100 / p for p in range(2, 7)}
    return MadeUp(label, {"loglik_is": {"curve": exact}, "loglik_prior": {"curve": prior}})


def test_likelihood_curves_have_a_panel_per_depth_and_four_lines_in_it():
    labels = [layered(family, k) for family in ("VAE", "GAE") for k in (1, 2, 3, 4)]
    runs = [bounds(label, -90.0 - i) for i, label in enumerate(labels)]
    figure = likelihood_curves.draw(runs, "cpu")
    assert [axes.get_title() for axes in figure.axes] == [
        "1 layer",
        "2 layers",
        "3 layers",
        "4 layers",
    ]
    drawn = figure.axes[1].lines
    assert [line.get_ydata()[-1] for line in drawn] == pytest.approx(
        [-91 - 9 / 5000, -91 - 100 / 6, -95 - 9 / 5000, -95 - 100 / 6]
    )
    assert len({(line.get_color(), line.get_linestyle()) for line in drawn}) == 4
    low, high = figure.axes[0].get_ylim()
    assert high > -90 and low < -97 - 100 / 3
    assert low > -97 - 100 / 2, "a few draws from the prior may lie below"


def test_other_models_have_a_panel_of_their_own():
    runs = [bounds(layered("VAE", 2), -90.0), bounds(Label("VAE (2 layers, 2-d)", "VAE"), -91.0)]
    figure = likelihood_curves.draw(runs, "cpu")
    assert [axes.get_title() for axes in figure.axes] == ["2 layers", "VAE (2 layers, 2-d)"]
    first, second = (axes.lines[0].get_color() for axes in figure.axes)
    assert first == second == style.colour("VAE")


def test_a_missing_curve_is_named():
    run = MadeUp(layered("VAE", 1), {"loglik_is": {"value": -90.0}}, model="vae-1")
    with pytest.raises(GaebenchError, match="loglik_is of vae-1 has no curve"):
        likelihood_curves.draw([run], "cpu")
