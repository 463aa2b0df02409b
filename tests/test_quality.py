"""Frechet distance, precision, recall, density, coverage and class histogram: closed forms, slow
versions, and a perfect, a useless and a collapsed generator."""

import math

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from gaebench.errors import SettingsError
from gaebench.features import Embedded, Embedding
from gaebench.mathematics.neighbours import nearest, squared_distances, to_others
from gaebench.metrics import class_histogram, frechet, prdc
from gaebench.seeding import stream

RNG = np.random.default_rng(0)
DIMENSIONS = 4
PR = ("precision", "recall")


def draws(n, shift=0.0, scale=1.0):
    return (shift + scale * RNG.standard_normal((n, DIMENSIONS))).astype(np.float32)


def embedding(points, classes=None):
    return Embedding(points, np.zeros(len(points), int) if classes is None else classes)


def source(samples, real=None, **classes):
    real = {"train": draws(800), "valid": draws(600), "test": draws(600)} if real is None else real
    return Embedded(
        embedding(samples, classes.get("classes")),
        {split: embedding(points, classes.get(split)) for split, points in real.items()},
    )


def score(metric, samples, **more):
    settings = more.pop("settings", {})
    return metric.evaluate(source(samples, **more), None, stream(0, "test"), **settings)


# ---- Frechet distance


def covariance():
    root = RNG.standard_normal((DIMENSIONS, DIMENSIONS))
    return root @ root.T


def test_the_distance_between_gaussians_is_that_of_the_matrix_square_root():
    (m_1, c_1), (m_2, c_2) = ((RNG.standard_normal(DIMENSIONS), covariance()) for _ in range(2))
    expected = np.square(m_1 - m_2).sum() + np.trace(c_1 + c_2 - 2 * sqrtm(c_1 @ c_2).real)
    assert frechet.squared_distance((m_1, c_1), (m_2, c_2)) == pytest.approx(expected)


def test_on_axes_it_is_that_of_the_deviations():
    s_1, s_2 = np.array([1.0, 2.0, 0.0]), np.array([3.0, 0.5, 1.5])
    found = frechet.squared_distance((np.zeros(3), np.diag(s_1**2)), (np.ones(3), np.diag(s_2**2)))
    assert found == pytest.approx(3 + np.square(s_1 - s_2).sum())


def test_a_set_has_no_distance_from_itself_and_a_shifted_one_the_squared_shift():
    points, shift = draws(500).astype(float), np.array([1.0, -2.0, 0.0, 0.5])
    here = frechet.moments(points)
    assert frechet.squared_distance(here, here) == pytest.approx(0, abs=1e-9)
    assert frechet.squared_distance(frechet.moments(points + shift), here) == pytest.approx(
        np.square(shift).sum()
    )


def test_frechet_of_a_perfect_a_useless_and_a_collapsed_generator():
    real = {"train": draws(800), "valid": draws(600), "test": draws(600)}
    perfect, useless, collapsed = (
        score(frechet, samples, real=real)
        for samples in (draws(600), draws(600, shift=3), np.zeros((600, DIMENSIONS), np.float32))
    )
    assert perfect.value < 0.1 and perfect.details["floor"] < 0.1
    assert useless.value == pytest.approx(9 * DIMENSIONS, rel=0.1)
    mean, cov = frechet.moments(real["test"])
    assert collapsed.value == pytest.approx(np.square(mean).sum() + np.trace(cov))
    assert collapsed.sem == pytest.approx(0, abs=1e-12)


def test_frechet_errors_are_those_of_other_samples():
    real = {"train": draws(800), "valid": draws(600), "test": draws(600)}
    found = [score(frechet, draws(400, shift=1), real=real) for _ in range(40)]
    spread = np.std([each.value for each in found], ddof=1)
    assert np.mean([each.sem for each in found]) == pytest.approx(spread, rel=0.4)


# ---- neighbours


def test_distances_agree_with_the_definition_for_any_chunk():
    rows, points = (torch.from_numpy(draws(n)) for n in (37, 50))
    expected = (rows[:, None] - points[None]).square().sum(2)
    for chunk in (1, 10, 100):
        found = torch.cat(list(squared_distances(rows, points, chunk)))
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)
    distances, indices = nearest(rows, points)
    torch.testing.assert_close(distances, expected.min(1).values.sqrt(), atol=1e-4, rtol=0)
    assert torch.equal(indices, expected.argmin(1))


@pytest.mark.parametrize("k", [1, 3])
def test_a_point_is_not_its_own_neighbour(k):
    points = torch.from_numpy(draws(601))  # more than a block
    expected = torch.cdist(points, points).sort(1).values[:, k]
    torch.testing.assert_close(to_others(points, k), expected, atol=1e-3, rtol=0)
    some = torch.tensor([5, 600, 0])
    torch.testing.assert_close(to_others(points, k, some), expected[some], atol=1e-3, rtol=0)
    twins = torch.cat([points, points])
    assert to_others(twins, 1).max() < 5e-3


# ---- precision, recall, density, coverage


def slow(real, samples, k):
    """The definitions, one ball after the other."""
    radius = [sorted(math.dist(a, b) for b in real)[k] for a in real]
    reach = [sorted(math.dist(a, b) for b in samples)[k] for a in samples]
    inside = [[math.dist(r, s) <= radius[i] for s in samples] for i, r in enumerate(real)]
    recall = [any(math.dist(r, s) <= reach[j] for j, s in enumerate(samples)) for r in real]
    columns = list(zip(*inside, strict=True))
    return {
        "precision": np.mean([any(column) for column in columns]),
        "recall": np.mean(recall),
        "density": np.mean([sum(column) / k for column in columns]),
        "coverage": np.mean([any(row) for row in inside]),
    }


def four(samples, real=None, k=5):
    found = score(prdc, samples, settings={"neighbours": k}, real=real)
    means = {name: part["value"] for name, part in found.details.items()}
    return means | {"coverage": found.value}


def test_prdc_agrees_with_the_definitions():
    real, samples = draws(70), draws(50, shift=0.5, scale=1.2)
    found = prdc.prdc(torch.from_numpy(real), torch.from_numpy(samples), 3)
    expected = slow(real.tolist(), samples.tolist(), 3)
    assert {name: values.mean().item() for name, values in found.items()} == pytest.approx(expected)


def test_prdc_does_not_depend_on_the_blocks(monkeypatch):
    real, samples = draws(70), draws(50)
    found = four(samples, {"test": real})
    for name in ("gaebench.mathematics.neighbours.CHUNK", "gaebench.metrics.prdc.CHUNK"):
        monkeypatch.setattr(name, 500)
    assert four(samples, {"test": real}) == found


def test_prdc_of_a_perfect_generator():
    n, k = 1500, 5
    found = four(draws(n), {"test": draws(n)}, k)
    covered = 1 - math.prod((n - i) / (2 * n - i) for i in range(1, k + 1))  # Naeem et al., lemma 2
    assert found["coverage"] == pytest.approx(covered, abs=0.015)
    assert found["density"] == pytest.approx(1, abs=0.08)
    assert min(found["precision"], found["recall"]) > 0.9


def test_prdc_of_a_useless_and_of_a_collapsed_generator():
    useless = four(draws(600, shift=30))
    assert useless == {"precision": 0, "recall": 0, "density": 0, "coverage": 0}
    collapsed = four(draws(600, scale=1e-3))
    assert collapsed["precision"] == 1, "its one kind of image is a good one"
    assert collapsed["recall"] == 0 and collapsed["coverage"] < 0.2


def test_the_errors_of_shares_are_binomial():
    found = score(prdc, draws(600, shift=1))
    shares = [(found.value, found.sem), *map(dict.values, map(found.details.get, PR))]
    for value, sem in shares:
        assert sem == pytest.approx(math.sqrt(value * (1 - value) / 600))


def test_more_neighbours_than_images_are_refused():
    with pytest.raises(SettingsError, match="neighbours must be between 1 and 49"):
        four(draws(50), k=50)


# ---- class histogram


def classified(classes):
    classes = np.asarray(classes)
    return score(class_histogram, draws(len(classes)), classes=classes, train=np.arange(800) % 10)


def test_class_histogram_of_a_perfect_a_skewed_and_a_collapsed_generator():
    perfect = classified(np.arange(500) % 10)
    assert perfect.value == 0 and perfect.details == {"counts": [50] * 10, "missing": 0}
    skewed = classified(np.repeat(np.arange(10), [70, 30, *[50] * 8]))
    assert skewed.value == pytest.approx(0.04) and skewed.details["missing"] == 0
    collapsed = classified(np.full(500, 3))
    assert collapsed.value == pytest.approx(0.9) and collapsed.details["missing"] == 9
    assert collapsed.sem == pytest.approx(0, abs=1e-12)


def test_class_histogram_errors_are_those_of_other_samples():
    shares = [0.28, 0.02, *[0.0875] * 8]
    found = [classified(RNG.choice(10, 400, p=shares)) for _ in range(200)]
    spread = np.std([each.value for each in found], ddof=1)
    assert np.mean([each.sem for each in found]) == pytest.approx(spread, rel=0.25)
