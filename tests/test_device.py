"""No CPU tensor slips into a computation on CUDA: shown without a GPU, by tensors without data."""

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functional_call
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.utils._python_dispatch import TorchDispatchMode

from gaebench import plugins
from gaebench.mathematics import gaussians
from gaebench.metrics import loglik_prior, parzen
from gaebench.model import ImageSpec
from gaebench.models.gmmn_ae import squared_mmd
from gaebench.seeding import stream
from gaebench.training.steps import Steps


def without_data():
    """Tensors with a device, but without data; shapes that depend on data are symbols."""
    return FakeTensorMode(shape_env=ShapeEnv())


class Calling(nn.Module):
    """Calls a function of a model while its parameters are replaced."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, function):
        return function(self.model)


def on_cuda(family, function, **settings):
    """The device of ``function(model)`` with all of the model's tensors on CUDA."""
    model = plugins.model(family)(ImageSpec(12, True), stream(0), **settings)
    own = [*model.named_parameters(), *model.named_buffers()]
    fake = without_data()
    with fake:
        tensors = {
            f"model.{name}": torch.empty(value.shape, dtype=value.dtype, device="cuda")
            for name, value in own
        }
        model.train_images = torch.empty(20, 12, device="cuda")

    def run(model):
        with fake:
            return function(model)

    return functional_call(Calling(model), tensors, (run,)).device.type


def images():
    return torch.empty(9, 12, device="cuda")


@pytest.mark.parametrize("family", plugins.names("models"))
def test_sampling(family):
    assert on_cuda(family, lambda model: model.sample(7, stream(1))) == "cuda"


@pytest.mark.parametrize(
    "family, settings",
    [
        ("vae", {}),
        ("gae", {}),
        ("gae", {"leave_one_out": False, "l1": 1.0, "l2": 1.0}),
    ],
)
def test_training_objectives(family, settings):
    assert on_cuda(family, lambda model: model.objective(images(), stream(1)), **settings) == "cuda"


@pytest.mark.parametrize("family", ["vae", "gae"])
def test_bounds(family):
    assert on_cuda(family, lambda model: model.bound(images(), stream(1))) == "cuda"


@pytest.mark.parametrize("family", ["gan", "aae"])
def test_discriminators(family):
    judge = {
        "gan": lambda m: m._discriminate(images()),
        "aae": lambda m: m._judge(m.encoder(images())),
    }
    assert on_cuda(family, judge[family]) == "cuda"


def narrowed(tensor, rows):
    """``tensor[rows]`` for a slice: Python's own indexing asks for a driver."""
    return tensor.narrow(0, rows.start, rows.stop - rows.start)


def test_the_likelihood_estimate(monkeypatch):
    def estimate(model):
        monkeypatch.setattr(torch.Tensor, "__getitem__", narrowed)
        return loglik_prior.log_likelihoods(model, images(), stream(1), draws=30, chunk=8)

    assert on_cuda("gae", estimate) == "cuda"


def test_parzen_distances_and_mmd():
    with without_data():
        centres = torch.empty(20, 12, device="cuda")
        assert parzen.log_densities(images(), centres, [0.1, 0.2]).device.type == "cuda"
        assert squared_mmd(images(), centres, [1.0]).device.type == "cuda"
        terms = gaussians.log_mixture(images(), centres, torch.empty(20, 12, device="cuda"))
        assert terms.device.type == "cuda"


def test_a_mixed_device_would_be_caught():
    with without_data(), pytest.raises(RuntimeError, match="device"):
        images() @ torch.empty(12, 3)


class Waits(TorchDispatchMode):
    """Notes the operations that make the host wait for a device, or that take data to it."""

    names = ("_local_scalar_dense", "nonzero", "is_nonzero", "equal", "lift_fresh", "unique")

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.overloadpacket.__name__
        self.seen += [name] if name in self.names else []
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("family", plugins.names("models"))
def test_an_epoch_waits_for_the_device_once_at_its_end(family):
    model = plugins.model(family)(ImageSpec(12, False), stream(0))
    train = torch.rand(600, 12, generator=stream(1))
    model.start(train)
    for stage in model.stages():
        run = Steps(stage, stage.rows(train), stream(2), batch=100)
        run.epoch()  # the optimiser's state is made
        with Waits() as waits:
            run.epoch()
        assert waits.seen == ["_local_scalar_dense"]
