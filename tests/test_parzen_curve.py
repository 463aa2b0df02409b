"""The Parzen curve: a cloud with a known density, the metric itself, any blocks."""

import math

import numpy as np
import pytest
import torch

from gaebench.data import Dataset
from gaebench.errors import GaebenchError, SettingsError
from gaebench.metrics import parzen, parzen_curve
from gaebench.model import Model

GRID = {"low": 0.01, "high": 0.2, "count": 20}


class Cloud(Model):
    """Pixels are independent Gaussians about 0.5, in two dimensions."""

    STD = 0.1

    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.tensor(self.STD))

    def sample(self, n, generator, chunk=1000):
        return 0.5 + self.scale.detach() * torch.randn(n, 2, generator=generator)


def cloud_data(count=500):
    drawn = Cloud().sample(3 * count, torch.Generator().manual_seed(9)).clamp(0, 1)
    levels = np.round(drawn.numpy() * 255).astype(np.uint8)
    return Dataset(levels[:count], levels[count : 2 * count], levels[2 * count :], shape=(1, 2))


@pytest.fixture(scope="module")
def found():
    generator = torch.Generator().manual_seed(0)
    settings = {"samples": 20_000, "images": 200, "validation": 500, **GRID}
    return parzen_curve.evaluate(Cloud(), cloud_data(), generator, **settings)


def test_the_score_nears_the_negative_entropy_of_the_cloud_from_below(found):
    entropy = 2 * (0.5 * math.log(2 * math.pi * math.e) + math.log(Cloud.STD))
    scores = [found.details["curve"][str(n)]["value"] for n in (1000, 20_000)]
    assert scores[0] < scores[1]
    assert found.value == scores[1] == pytest.approx(-entropy, abs=4 * found.sem)


def test_the_bandwidth_shrinks_as_the_images_grow_in_number(found):
    widths = [found.details["curve"][str(n)]["bandwidth"] for n in (1000, 5000, 20_000)]
    assert widths == sorted(widths, reverse=True) and widths[0] > widths[-1]


def test_the_points_are_the_metric_on_the_same_images(found):
    data, generator = cloud_data(), torch.Generator().manual_seed(0)
    drawn = [Cloud().sample(n, generator) for n in (1000, 1000, 3000, 5000)]
    for n, parts in ((1000, drawn[:1]), (10_000, drawn)):
        centres = torch.cat(parts).numpy()
        expected = parzen.evaluate(centres, data, generator, validation=500, **GRID)
        point = found.details["curve"][str(n)]
        assert point["bandwidth"] == pytest.approx(expected.details["bandwidth"])
        tolerance = 1e-6 if n == 10_000 else 3 * point["sem"]
        assert point["value"] == pytest.approx(expected.value, abs=tolerance)
    assert found.details["curve"]["10000"]["sem"] == pytest.approx(expected.sem)
    grid = found.details["grid"]
    best = int(np.argmax(grid["valid"]))
    assert grid["bandwidths"][best] == pytest.approx(expected.details["bandwidth"])
    assert grid["test"][best] == pytest.approx(expected.value, abs=1e-6)


def test_all_test_images_in_the_subset_leave_no_approximation():
    data = cloud_data(300)
    settings = {"samples": 2000, "images": 300, "validation": 300, **GRID}
    found = parzen_curve.evaluate(Cloud(), data, torch.Generator().manual_seed(1), **settings)
    generator = torch.Generator().manual_seed(1)
    first = Cloud().sample(1000, generator).numpy()
    expected = parzen.evaluate(first, data, generator, validation=300, **GRID)
    assert found.details["curve"]["1000"]["value"] == pytest.approx(expected.value, abs=1e-6)


@pytest.mark.parametrize("cuts", [[500], [1, 2, 499], [100, 333]])
def test_blocks_of_any_size_give_the_same(cuts):
    torch.manual_seed(0)
    images, centres = torch.rand(30, 64), torch.rand(500, 64)
    stream = parzen_curve.StreamingParzen(images, [0.1, 0.3])
    for block in centres.tensor_split(cuts):
        if len(block):
            stream.add(block)
    expected = parzen.log_densities(images, centres, [0.1, 0.3])
    torch.testing.assert_close(stream.result(), expected, atol=1e-3, rtol=0)


def test_sizes_and_blocks():
    assert parzen_curve.sizes(1000) == [1000]
    assert parzen_curve.sizes(20_000) == [1000, 2000, 5000, 10_000, 20_000]
    assert parzen_curve.sizes(30_000)[-2:] == [20_000, 30_000]
    assert list(parzen_curve.blocks([3, 10], most=4)) == [(0, 3), (3, 7), (7, 10)]


def test_copies_of_the_validation_images_are_refused():
    images = torch.rand(200, 64, generator=torch.Generator().manual_seed(0))
    fresh = iter([torch.rand(1000, 64, generator=torch.Generator().manual_seed(1))])

    def sample(n):
        return next(fresh, images[torch.arange(n) % len(images)])

    with pytest.raises(GaebenchError, match="degenerate"):
        parzen_curve.curve(sample, images, images, images, 2000, GRID)


def test_too_few_samples_are_refused():
    with pytest.raises(SettingsError, match="samples must be at least 1000"):
        parzen_curve.evaluate(Cloud(), cloud_data(), torch.Generator(), samples=999)
