"""The error of a mean that is known of some images only, against its scatter."""

import math

import numpy as np
import pytest

from gaebench.mathematics.two_phase import difference_error

IMAGES, DEEP, TRIALS = 200, 20, 4000


def drawn(rng, slope):
    """Cheap values and gains of images; a slope of -1/4 is that of more draws of codes."""
    cheap = rng.normal(-90, 25, IMAGES)
    return cheap, 3 + slope * (cheap + 90) + rng.normal(0, 2, IMAGES)


@pytest.mark.parametrize("slope", [-0.25, 0.0, 0.25])
def test_the_error_is_the_scatter_of_the_mean(slope):
    rng = np.random.default_rng(0)
    means, errors = [], []
    for _ in range(TRIALS):
        cheap, gains = drawn(rng, slope)
        deep = rng.choice(IMAGES, DEEP, replace=False)
        means.append(cheap.mean() + gains[deep].mean())
        errors.append(difference_error(cheap, cheap[deep], gains[deep]))
    assert np.mean(means) == pytest.approx(-87, abs=4 * np.std(means) / math.sqrt(TRIALS))
    assert math.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(means), rel=0.05)


def test_with_all_gains_it_is_the_error_of_the_sums():
    cheap, gains = drawn(np.random.default_rng(0), 0.3)
    expected = (cheap + gains).std() / math.sqrt(IMAGES)
    assert difference_error(cheap, cheap, gains) == pytest.approx(expected)


def test_without_gains_it_is_the_error_of_the_cheap_values():
    cheap, _ = drawn(np.random.default_rng(0), 0.0)
    none = np.zeros(DEEP)
    assert difference_error(cheap, cheap[:DEEP], none) == cheap.std() / math.sqrt(IMAGES)


def test_gains_that_undo_their_images_have_no_negative_variance():
    cheap = np.concatenate([np.zeros(198), [-50.0, 50.0]])
    assert difference_error(cheap, cheap[-2:], -2 * cheap[-2:]) >= 0
    assert difference_error(cheap, cheap[-2:], -cheap[-2:]) > 0
