"""On a CUDA device: the numbers are those of a CPU, within what is said here, and nothing waits.

Random numbers differ between a CPU and a GPU, so what draws them agrees within its own errors; what
draws none agrees to rounding.
"""

import math
import warnings

import numpy as np
import pytest
import torch

from gaebench import metrics, plugins, training
from gaebench.data import Dataset
from gaebench.metrics import parzen
from gaebench.model import ImageSpec
from gaebench.networks import classifier
from gaebench.seeding import stream
from gaebench.training.steps import CapturedSteps, Steps

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here"),
]

FAMILIES = plugins.names("models")
VARIANTS = [(family, {}) for family in FAMILIES] + [
    ("gae", {"exemplars": 300, "narrow_proposal": True}),
    ("gan", {"optimiser": "sgd", "learning_rate": 0.1, "momentum_epochs": 2}),
    ("aae", {"stochastic": True, "dropout": 0.2, "adversarial_dropout": 0.2}),
    ("vae", {"dropout": 0.2}),
]
HOW = {"epochs": 4, "batch": 100, "patience": 4, "valid_images": 200}
BOUNDED = ("bernoulli_mixture", "gae", "vae")
ERRORS = 5.0
"""Standard errors within which two draws of the same quantity lie."""
ROUNDING = 2e-3
"""Nats, of what draws nothing: float32 products in another order."""


@pytest.fixture(scope="module", autouse=True)
def exact_products():
    torch.backends.cuda.matmul.fp32_precision = "ieee"


@pytest.fixture(scope="module")
def digits():
    from sklearn.datasets import load_digits

    images = np.round(load_digits().images.reshape(-1, 64) * 255 / 16).astype(np.uint8)
    labels = np.split(load_digits().target.astype(np.int64), (1000, 1400))
    named = dict(zip(("train_labels", "valid_labels", "test_labels"), labels, strict=True))
    return Dataset(*np.split(images, (1000, 1400)), (8, 8), **named)


def fit(digits, family, settings, device):
    stop_on = "bound" if family in BOUNDED else "parzen"
    how = HOW | {"stop_on": stop_on, "device": device}
    return training.train(digits, family, settings, seed=0, labels=("gpu",), **how)


def epochs(kind, family, settings, count=3):
    """Weights and losses after some epochs of every stage."""
    torch.manual_seed(0)
    train = torch.rand(1000, 64, generator=stream(3)).cuda()
    model = plugins.model(family)(ImageSpec(64, False), stream(0), **settings).cuda()
    model.start(train)
    losses = []
    for stage in model.stages():
        run = kind(stage, stage.rows(train), stream(2, device="cuda"), 100)
        model.train()
        for epoch in range(count):
            stage.before_epoch(epoch)
            losses.append(run.epoch())
        model.eval()
        captured = kind is Steps or run.graph is not None
        assert captured, f"{family}'s stage {stage.name} was not captured"
    return model.state_dict(), losses


@pytest.mark.parametrize("family, settings", VARIANTS)
def test_captured_steps_give_the_bits_of_steps_one_by_one(family, settings):
    weights, losses = epochs(Steps, family, settings)
    same, again = epochs(CapturedSteps, family, settings)
    assert losses == again
    assert all(map(torch.equal, weights.values(), same.values()))


@pytest.mark.parametrize("family, settings", VARIANTS)
def test_the_same_seed_gives_the_same_bits_twice(digits, family, settings):
    one, other = (fit(digits, family, settings, "cuda") for _ in range(2))
    assert one.history.equals(other.history)
    assert all(map(torch.equal, one.model.state_dict().values(), other.model.state_dict().values()))


@pytest.mark.parametrize("family, settings", VARIANTS)
def test_training_ends_where_it_does_on_a_cpu(digits, family, settings):
    found = (fit(digits, family, settings, device) for device in ("cuda", "cpu"))
    on_gpu, on_cpu = (trained.history.score.iloc[-1] for trained in found)
    tolerance = 0.1 * abs(on_cpu) + 5 if family not in BOUNDED else 0.05 * abs(on_cpu) + 1
    assert on_gpu == pytest.approx(on_cpu, abs=tolerance)


@pytest.mark.parametrize("family, settings", VARIANTS)
def test_an_epoch_waits_for_the_device_once_at_its_end(family, settings):
    train = torch.rand(1000, 64, generator=stream(3)).cuda()
    model = plugins.model(family)(ImageSpec(64, False), stream(0), **settings).cuda()
    model.start(train)
    for stage in model.stages():
        run = CapturedSteps(stage, stage.rows(train), stream(2, device="cuda"), 100)
        stage.before_epoch(0)
        model.train()
        run.epoch()
        torch.cuda.set_sync_debug_mode("warn")
        try:
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                run.epoch()
        finally:
            torch.cuda.set_sync_debug_mode("default")
        model.eval()
        assert len([w for w in seen if "synchronizing" in str(w.message)]) == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_decoded_codes_are_those_of_a_cpu(family):
    model = plugins.model(family)(ImageSpec(64, False), stream(0))
    model.start(torch.rand(1000, 64, generator=stream(3)))
    z = model.eval().draw_prior(500, stream(1))
    with torch.no_grad():
        on_cpu = model.logits(z).sigmoid()
        on_gpu = model.cuda().logits(z.cuda()).sigmoid().cpu()
    torch.testing.assert_close(on_gpu, on_cpu, atol=1e-5, rtol=0)


@pytest.fixture(scope="module")
def bits(digits):
    parts = (digits.train, digits.valid, digits.test)
    return Dataset(*((part > 127).astype(np.uint8) for part in parts), (8, 8), levels=1)


@pytest.fixture(scope="module")
def planar(bits):
    """A GAE with two latent dimensions, trained on a CPU."""
    return fit(bits, "gae", PLANAR, "cpu").model


def placed(model, data, device):
    """A copy of the model on a device."""
    copy = plugins.model("gae")(model.spec, stream(0), **PLANAR)
    copy.spec = model.spec
    copy.load_state_dict(model.state_dict())
    copy.to(device).start(torch.from_numpy(data.images("train")).to(device))
    copy.load_state_dict(model.state_dict())
    return copy.eval()


PLANAR = {"latent": 2, "hidden": 50, "l1": 0.01, "l2": 0.01}
SMALL = {
    "loglik_prior": {"draws": 20_000, "images": 300},
    "loglik_is": {"draws": 500, "images": 300},
}
MODEL_METRICS = ("bound", "loglik_prior", "loglik_is", "negentropy", "modes")


@pytest.mark.parametrize("metric", MODEL_METRICS)
def test_metrics_of_a_model_agree_with_a_cpu(planar, bits, metric):
    on_gpu, on_cpu = (
        metrics.measured(
            metric,
            placed(planar, bits, device),
            bits,
            stream(0, metric, device=device),
            SMALL.get(metric, {}),
        )
        for device in ("cuda", "cpu")
    )
    tolerance = ERRORS * math.hypot(on_gpu.sem, on_cpu.sem) + ROUNDING
    assert on_gpu.value == pytest.approx(on_cpu.value, abs=tolerance)


def test_parzen_windows_agree_with_a_cpu():
    images, centres = torch.rand(300, 784), torch.rand(1000, 784)
    grid = np.geomspace(0.1, 0.4, 20).tolist()
    on_gpu = parzen.log_densities(images.cuda(), centres.cuda(), grid).cpu()
    torch.testing.assert_close(
        on_gpu, parzen.log_densities(images, centres, grid), atol=2e-2, rtol=0
    )


@pytest.mark.parametrize("settings", [{}, {"exemplars": 5000}])
def test_training_on_mnists_size_takes_little_memory(settings):
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    train = torch.rand(50_000, 784, device="cuda")
    model = plugins.model("gae")(ImageSpec(784, False), stream(0), **settings).cuda()
    model.start(train)
    (stage,) = model.stages()
    model.train()
    run = CapturedSteps(stage, stage.rows(train), stream(2, device="cuda"), 250)
    stage.before_epoch(0)
    run.epoch()
    assert torch.cuda.max_memory_allocated() - before < 1 << 30


def test_a_classifiers_features_agree_with_a_cpu(digits):
    model = classifier.build(digits, stream(0)).eval()
    images = np.random.default_rng(0).random((500, 64)).astype(np.float32)
    on_cpu = classifier.embed(model, images).features
    on_gpu = classifier.embed(model.cuda(), images).features
    np.testing.assert_allclose(on_gpu, on_cpu, atol=1e-4)
