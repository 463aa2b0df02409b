"""The figures: what they show, that nothing is clipped, and that the same data give same bytes."""

import numpy as np
import pandas as pd
import pytest

from gaebench.errors import GaebenchError
from gaebench.report import (
    curves,
    depths,
    latent,
    likelihood_curves,
    nearest,
    parzen_curves,
    samples,
    style,
)


def images(count, pixels):
    return np.random.default_rng(count).random((count, pixels))


def plane(count=300):
    rng = np.random.default_rng(count)
    labels = rng.integers(0, 10, count)
    angle = labels * 2 * np.pi / 10
    centre = 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return centre + 0.4 * rng.normal(size=(count, 2)), labels


def history(length, best, first=-150.0, stage="vae"):
    epochs = np.arange(1, length + 1)
    scores = best - (best - first) * np.exp(-epochs / 4)
    columns = {"stage": stage, "epoch": epochs, "loss": -scores, "score": scores}
    return pd.DataFrame(columns)


def grids():
    return samples.draw([("GAE", images(100, 784), (28, 28)), ("VAE", images(100, 784), (28, 28))])


def densities():
    return latent.density([("1 layer", plane(200)[0]), ("2 layers", plane(300)[0])])


def scatters():
    return latent.scatter([("1 layer", *plane(200)), ("2 layers", *plane(300))])


def heaps(count=3):
    sides = np.linspace(-5, 5, 60)
    places = np.stack(np.meshgrid(sides, sides, indexing="ij"), axis=-1)
    masses = np.exp(-0.5 * (places**2).sum(-1))
    masses /= masses.sum()
    titles = [
        depths.title(f"GAE ({k} layers)", {"value": 0.456}, {"value": k})
        for k in range(1, count + 1)
    ]
    return depths.draw([depths.Panel(name, places, masses, np.zeros((1, 2))) for name in titles])


def a_row_of_heaps():
    return heaps(2)


def training():
    deep = {
        f"{name} ({k} layers)": history(20, -100 - k) for name in ("VAE", "GAE") for k in (2, 3)
    }
    mixed = {"GMMN+AE": history(200, 280.0), "GAN": history(10, 200.0, first=-1e6)}
    return curves.draw({"Table 1": mixed, "Table 2": deep})


def neighbours():
    train = images(300, 784).astype(np.float32)
    panels = [(f"model {n}", images(20 + n, 784).astype(np.float32)) for n in range(3)]
    return nearest.draw([*panels, ("training images", train)], train, (28, 28))


def parzen_details(best, sizes=(1000, 10_000, 1_000_000)):
    widths = np.geomspace(0.1, 0.4, 20)
    test = best - 784 * np.log(widths / 0.16) ** 2
    curve = {str(n): {"value": best + 20 * np.log(n / 10_000)} for n in sizes}
    grid = {"bandwidths": widths.tolist(), "valid": (test - 3).tolist(), "test": test.tolist()}
    return {"curve": curve, "grid": grid}


def parzen_panels():
    models = {"VAE": parzen_details(300.0), "GAN": parzen_details(170.0)}
    return parzen_curves.draw(models, {"k-means centroids": (10_000, 0.155, 320.0)})


def test_below_each_sample_lies_its_nearest_training_image():
    train = images(50, 12).astype(np.float32)
    drawn = (0.9 * train[[7, 3, 7]] + 0.1 * train[[0, 1, 2]]).astype(np.float32)
    grid = nearest.pairs(drawn, train, (4, 3))
    assert grid.shape == (2 * 4 + 3, 3 * 4 + 1)
    for column, (sample, own) in enumerate(zip(drawn, (7, 3, 7), strict=True)):
        left = 1 + 4 * column
        np.testing.assert_array_equal(grid[1:5, left : left + 3], sample.reshape(4, 3))
        np.testing.assert_array_equal(grid[6:10, left : left + 3], train[own].reshape(4, 3))


def bounds(top):
    return {
        "loglik_is": {str(s): top - 9 / s for s in (10, 100, 1000, 5000)},
        "loglik_prior": {str(10**p): top - 100 / p for p in range(2, 7)},
    }


def likelihoods():
    names = [f"{family}-{k}" for family in ("vae", "gae") for k in (1, 2, 3, 4)]
    return likelihood_curves.draw({name: bounds(-90.0 - i) for i, name in enumerate(names)})


FIGURES = [grids, densities, scatters, heaps, training, neighbours, parzen_panels, likelihoods]


@pytest.mark.parametrize("draw", FIGURES)
def test_same_data_same_bytes(draw, tmp_path):
    for name in ("a", "b"):
        style.save(draw(), tmp_path / f"{name}.png", tmp_path / f"{name}.svg")
    for end in ("png", "svg"):
        assert (tmp_path / f"a.{end}").read_bytes() == (tmp_path / f"b.{end}").read_bytes()
    svg = (tmp_path / "a.svg").read_text()
    assert "<dc:date>" not in svg and "Matplotlib v" not in svg
    assert b"Software" not in (tmp_path / "a.png").read_bytes()
    assert len(svg) < 1_500_000


@pytest.mark.parametrize("draw", [*FIGURES, a_row_of_heaps])
def test_nothing_is_clipped(draw):
    figure = draw()
    with style.styled():
        figure.draw_without_rendering()
        drawn, canvas = figure.get_tightbbox(), figure.bbox_inches
    assert drawn.x0 >= 0 and drawn.y0 >= 0
    assert drawn.x1 <= canvas.x1 and drawn.y1 <= canvas.y1


def test_personal_settings_change_nothing(tmp_path):
    import matplotlib

    style.save(grids(), tmp_path / "a.png", tmp_path / "a.svg")
    with matplotlib.rc_context({"font.size": 30, "savefig.bbox": "tight"}):
        style.save(grids(), tmp_path / "b.png", tmp_path / "b.svg")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_mosaic_places_images_row_by_row():
    grid = samples.mosaic(np.array([[0.1], [0.2], [0.3]]), (1, 1))
    line = samples.BORDER
    assert grid.shape == (5, 5)
    assert (grid[0] == line).all() and (grid[:, 2] == line).all()
    assert [grid[1, 1], grid[1, 3], grid[3, 1], grid[3, 3]] == [0.1, 0.2, 0.3, line]


def test_at_most_a_hundred_images_at_whole_dots():
    figure = samples.draw([("faces", images(150, 48 * 48), (48, 48))])
    (axes,) = figure.axes
    assert axes.images[0].get_array().shape == (10 * 49 + 1, 10 * 49 + 1)
    dots = axes.get_window_extent().bounds
    assert np.allclose(dots, np.round(dots)) and round(dots[2]) % (10 * 49 + 1) == 0


@pytest.mark.parametrize("shape", [(0, 784), (5, 783), (784,)])
def test_samples_of_the_wrong_shape_are_refused(shape):
    with pytest.raises(GaebenchError, match="784"):
        samples.draw([("VAE", np.zeros(shape), (28, 28))])


def test_density_is_a_density():
    z, _ = plane(300)
    first, second, heights = latent._heights(z, "1 layer")
    cell = (first[0, 1] - first[0, 0]) * (second[1, 0] - second[0, 0])
    assert 0.9 < heights.sum() * cell < 1.01


def test_regions_hold_their_share():
    """Of a round Gaussian in the plane, what holds a share s lies above 1 - s of its peak."""
    sides = np.linspace(-6, 6, 301)
    masses = np.exp(-0.5 * (sides[:, None] ** 2 + sides**2))
    masses /= masses.sum()
    found = np.array(depths.levels(masses, (0.99, 0.5, 0.1))) / masses.max()
    assert np.allclose(found, [0.01, 0.5, 0.9], atol=2e-3)


def test_depths_have_their_numbers_as_titles():
    first, second, third, empty = heaps().axes
    assert first.get_title() == "GAE (1 layers)\nnegentropy 0.46 nats, 1 mode"
    assert second.get_title().endswith("2 modes") and not empty.axison
    assert len(third.lines[0].get_xdata()) == 1


def test_degenerate_codes_are_refused():
    line = np.outer(np.arange(10.0), [1.0, 1.0])
    with pytest.raises(GaebenchError, match="VAE"):
        latent.density([("VAE", line)])
    with pytest.raises(GaebenchError, match="shape"):
        latent.scatter([("VAE", np.zeros((10, 3)), np.zeros(10))])
    with pytest.raises(GaebenchError, match="finite"):
        latent.density([("VAE", np.full((10, 2), np.nan))])


def test_class_names_stand_apart_at_the_medians():
    z, labels = plane(300)
    axes = latent.scatter([("1 layer", z, labels)]).axes[0]
    places = {int(text.get_text()): text.get_position() for text in axes.texts}
    assert sorted(places) == list(range(10))
    assert np.allclose(places[3], np.median(z[labels == 3], axis=0))
    moved = latent.spread(np.zeros((3, 2)), 1.0)
    gaps = [np.hypot(*(moved[i] - moved[j])) for i, j in [(0, 1), (0, 2), (1, 2)]]
    assert min(gaps) > 0.95


def test_points_are_rasterised():
    axes = scatters().axes[0]
    assert all(points.get_rasterized() for points in axes.collections)


def test_only_the_last_stage_counts():
    first = history(50, 900.0, stage="autoencoder")
    both = pd.concat([first, history(8, 280.0, stage="gmmn")])
    shown = curves.last_stage(both, "GMMN+AE")
    assert len(shown) == 8 and shown["score"].max() < 281


def test_a_history_without_scores_is_refused():
    with pytest.raises(GaebenchError, match="GAN"):
        curves.last_stage(history(0, 1.0), "GAN")


def test_wild_first_epochs_do_not_set_the_axis_but_low_curves_do():
    tame, wild = history(30, 300.0, first=200.0), history(30, 200.0, first=200.0)
    wild.loc[:4, "score"] = -1e5
    low, high = curves.score_limits({"VAE": tame, "GAN": wild})
    assert 150 < low < 200 and 300 <= high < 320
    low, _ = curves.score_limits({"VAE": tame, "bad": history(30, -500.0, first=-500.0)})
    assert low < -500


def test_the_best_epoch_is_marked():
    frame = history(10, 5.0)
    frame.loc[6, "score"] = 50.0
    axes = curves.draw({"Table 1": {"VAE": frame}}).axes[0]
    (mark,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (7, 50.0)


def test_epochs_are_logarithmic_only_for_unequal_runs():
    equal = {"VAE": history(20, 1.0), "GAN": history(30, 1.0)}
    unequal = {"VAE": history(20, 1.0), "GAN": history(300, 1.0)}
    scales = [axes.get_xscale() for axes in curves.draw({"a": equal, "b": unequal}).axes]
    assert scales == ["linear", "log"]


def test_curves_can_be_told_apart():
    deep = [f"{name} ({k} layer{'s' * (k > 1)})" for name in ("VAE", "GAE") for k in (1, 2, 3, 4)]
    for labels in (deep, [f"model {k}" for k in range(12)]):
        looks = [tuple(look.values()) for look in curves.looks(labels).values()]
        assert len(set(looks)) == len(labels)


def test_parzen_curves_rise_in_the_order_of_the_numbers_of_images():
    left, right = parzen_panels().axes
    first = left.lines[0]
    assert list(first.get_xdata()) == [1000, 10_000, 1_000_000]
    assert np.all(np.diff(first.get_ydata()) > 0)
    (dot,) = [line for line in right.lines if line.get_marker() == "o"][:1]
    assert dot.get_ydata()[0] == max(right.lines[0].get_ydata()), "the validation images' choice"
    assert [line.get_ydata()[0] for line in right.lines if line.get_marker() == "s"] == [320.0]


def test_parzen_curves_need_a_model():
    with pytest.raises(GaebenchError, match="no model"):
        parzen_curves.draw({}, {})


def test_likelihood_curves_have_a_panel_per_depth_and_four_lines_in_it():
    figure = likelihoods()
    assert [axes.get_title() for axes in figure.axes] == [
        "1 layer",
        "2 layers",
        "3 layers",
        "4 layers",
    ]
    lines = figure.axes[1].lines
    assert [line.get_ydata()[-1] for line in lines] == pytest.approx(
        [-91 - 9 / 5000, -91 - 100 / 6, -95 - 9 / 5000, -95 - 100 / 6]
    )
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 4
    low, high = figure.axes[0].get_ylim()
    assert high > -90 and low < -97 - 100 / 3
    assert low > -97 - 100 / 2, "a few draws from the prior may lie below"


def test_other_models_have_a_panel_of_their_own():
    figure = likelihood_curves.draw({"vae-2": bounds(-90.0), "mine": bounds(-91.0)})
    assert [axes.get_title() for axes in figure.axes] == ["2 layers", "mine"]


def test_a_missing_curve_is_named():
    with pytest.raises(GaebenchError, match="loglik_is of vae-1 has no curve"):
        likelihood_curves.draw({"vae-1": {"loglik_prior": {"100": -90.0}}})
