"""What the contract of a model asks that no signature shows, looked at while it trains.

See :class:`gaebench.model.Model`. A family that breaks it would train on images that it has changed
itself, differ from run to run, or be another model once it is restored, and no number would say so.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from gaebench import plugins
from gaebench.errors import described
from gaebench.model import Model, generated
from gaebench.processes.surroundings import Surroundings, undisturbed
from gaebench.seeding import stream

SAMPLES = 100
"""Samples by which a model and the same one restored are compared."""


class Watch:
    """Sees whether a model leaves alone what is not its own.

    Parameters
    ----------
    model
    images : {what they are called: Tensor}
        That it must not change.
    """

    def __init__(self, model: Model, images: Mapping[str, Tensor]) -> None:
        self._family = type(model)
        self._images = images
        self._versions = {name: tensor._version for name, tensor in images.items()}
        self._before = Surroundings()

    def look(self) -> None:
        """Look whether it did.

        Raises
        ------
        PluginFault
            If images were changed, numbers drawn from a global stream, or the folder left.
        """
        for name, tensor in self._images.items():
            if tensor._version != self._versions[name]:
                complaint = f"must not change images in place, and changed those of {name}"
                raise plugins.fault(self._family, f"{complaint}: it must make new tensors of them")
        self._before.require(self._family, besides="torch")  # from whose stream dropout draws


def require_weights(model: Model) -> None:
    """Look at the weights of a model that is not trained yet.

    Raises
    ------
    PluginFault
        If they are not tensors, or not finite.
    """
    for name, value in model.state_dict().items():
        if not isinstance(value, Tensor):
            complaint = f"must keep tensors alone in its state_dict, and {name} is"
            raise plugins.fault(type(model), f"{complaint} {described(value)}")
        if not value.isfinite().all():
            complaint = f"must start from finite weights, and {name} is not"
            remedy = "what is infinite on purpose, such as a mask, is a buffer of persistent=False"
            raise plugins.fault(type(model), f"{complaint} ({remedy})")


def require_kept(model: Model, build: Callable[[], Model], images: Tensor) -> None:
    """Compare a trained model with one that has its weights, and samples as later jobs will.

    Parameters
    ----------
    model
    build
        Builds the same model untrained, from other weights, as it is restored.
    images
        The training images.

    Raises
    ------
    PluginFault
        If their samples differ, or are drawn from a global stream.
    """
    restored = build()
    restored.start(images)
    restored.load_state_dict(model.state_dict())
    with undisturbed(type(model)):
        ours, theirs = map(_samples, (model, restored))
    if not torch.allclose(ours, theirs, atol=1e-3, equal_nan=True):  # NaN is told where it shows
        complaint = "must keep all that it learns and draws in parameters and buffers"
        raise plugins.fault(type(model), f"{complaint}: restored from them it samples otherwise")


def _samples(model: Model) -> Tensor:
    model.eval()
    return generated(model, SAMPLES, stream(0, "kept", device=model.device))
