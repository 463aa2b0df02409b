"""What every model is to the training loop and to the metrics."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gaebench import plugins
from gaebench.errors import SettingsError, described


@dataclass(frozen=True)
class ImageSpec:
    """What a model must know of its data: the number of pixels, and whether they are bits."""

    pixels: int
    binary: bool


@dataclass(frozen=True)
class Stage:
    """One run of the training loop. Most models have one; GMMN+AE trains two networks in turn.

    Attributes
    ----------
    name : str
        Shown in the log and in ``history.csv``.
    step : (batch, generator) -> Tensor
        One optimisation step on a batch of rows; gives the loss, detached.
    optimisers : list
        Their learning rates follow the loop's schedule.
    share : float
        Share of the epochs.
    rows : (train) -> Tensor
        What is trained on, made of the training images, shape (n, ...).
    before_epoch : (epoch) -> None
        Called before each epoch with its number, from 0. A training that goes on from a checkpoint
        calls it likewise: it sets what follows from that number and from the model.
    score : (valid) -> float, optional
        The stage's own validation score in nats, higher is better; else the loop's.
    """

    name: str
    step: Callable[[Tensor, torch.Generator], Tensor]
    optimisers: list[torch.optim.Optimizer]
    share: float = 1.0
    rows: Callable[[Tensor], Tensor] = lambda train: train
    before_epoch: Callable[[int], None] = lambda epoch: None
    score: Callable[[Tensor], float] | None = None

    def __post_init__(self) -> None:
        for name in ("step", "rows", "before_epoch"):
            if not callable(found := getattr(self, name)):
                raise TypeError(f"{name} of a Stage must be a function, not {described(found)}")
        if not (self.score is None or callable(self.score)):
            raise TypeError(f"score of a Stage must be a function, not {described(self.score)}")
        if not _are_optimisers(self.optimisers):
            raise TypeError("optimisers of a Stage must be a list of torch.optim.Optimizer")
        if not (isinstance(self.share, float | int) and 0 < self.share <= 1):
            raise ValueError(f"share of a Stage must be above 0 and at most 1, not {self.share!r}")


def _are_optimisers(found: object) -> bool:
    listed = isinstance(found, list | tuple)
    return listed and all(isinstance(each, torch.optim.Optimizer) for each in found)


class Model(nn.Module):
    """A generative model of images. This is the contract of a file in ``gaebench/models``.

    - The file has one subclass, called as the file, less case and underscores. ``LABEL`` is the
      family's name in tables, ``NOTE`` empty or a remark on it.
    - Its constructor takes ``(spec, generator, *, settings...)``. Every setting has a default and
      an annotation, which are the schema of ``params.yaml``; one that it cannot take it refuses
      with a :class:`SettingsError`. Initial weights are drawn from ``generator`` alone.
    - It gives :meth:`stages`, :meth:`draw_prior` and :meth:`logits`. The other methods are for what
      some metrics ask for; without them those say that the model has no such thing.
    - It leaves the images that it is given as they are, and starts from weights that are finite:
      what is not, such as a mask, is a buffer that is not saved (``persistent=False``).
    - What :meth:`start` and the stages find is in parameters or buffers, so that it is saved. To
      restore a model it is built, shown the same training images by :meth:`start`, and given its
      weights; it then gives the same samples.
    - What steps change lies in parameters, buffers and the stages' optimisers: a checkpoint holds
      nothing else. What is made of these, such as a cache, :meth:`train` drops.
    - It draws from the generators it is given alone: the same seed gives the same model.
    - One that makes images otherwise than from :meth:`logits` overrides :meth:`sample`; an override
      of :meth:`train` gives the model back, as torch's does.

    Attributes
    ----------
    spec : ImageSpec or None
        The images' format, once the model is built for a data set.
    """

    spec: ImageSpec | None = None

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("_place", torch.empty(0), persistent=False)

    def start(self, train: Tensor) -> None:
        """Look at the training images, shape (n, pixels), once before anything else."""

    def stages(self) -> list[Stage]:
        """The optimisation problems to solve, in order; none if :meth:`start` has found it all.

        Without any, ``history.csv`` has no rows.
        """
        raise NotImplementedError

    def draw_prior(self, n: int, generator: torch.Generator) -> Tensor:
        """n draws z ~ P(z), shape (n, latent)."""
        raise NotImplementedError

    def logits(self, z: Tensor) -> Tensor:
        """Logits of the pixel means of P(x|z), shape (n, pixels)."""
        raise NotImplementedError

    def bound(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Lower bound on log P(x) in nats, shape (batch,)."""
        raise SettingsError(f"{type(self).__name__} has no lower bound on its likelihood")

    def proposal(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of a Gaussian that proposes z given x, each (batch, latent)."""
        raise SettingsError(f"{type(self).__name__} has no encoder to propose codes")

    def log_prior(self, z: Tensor) -> Tensor:
        """log P(z) in nats, shape (m,), for z of shape (m, latent)."""
        raise SettingsError(f"{type(self).__name__} has no density of its codes")

    def log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        """log P(x|z) in nats; ``x`` broadcasts against the rows of ``z``."""
        raise SettingsError(f"{type(self).__name__} has no likelihood")

    def draw_posterior(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """z ~ P(z|x), shape (batch, latent)."""
        raise SettingsError(f"{type(self).__name__} has no encoder to draw codes from")

    @property
    def device(self) -> torch.device:
        """Where the model is, with or without parameters."""
        return self._place.device

    @torch.no_grad()
    def sample(self, n: int, generator: torch.Generator, chunk: int = 1000) -> Tensor:
        """n generated images: pixel means in [0, 1], shape (n, pixels), without pixel noise."""
        z = given(self.draw_prior, self.draw_prior(n, generator), (n, None), floating=False)
        return torch.cat([self._means(rows) for rows in z.split(chunk)])

    def _means(self, z: Tensor) -> Tensor:
        pixels = self.spec.pixels if self.spec else None
        return given(self.logits, self.logits(z), (len(z), pixels)).sigmoid()


@torch.no_grad()
def generated(model: Model, n: int, generator: torch.Generator) -> Tensor:
    """What :meth:`Model.sample` gives, whoever wrote it.

    Raises
    ------
    PluginFault
        If it is anything else than n images of the model's pixels.
    """
    pixels = model.spec.pixels if model.spec else None
    return given(model.sample, model.sample(n, generator), (n, pixels)).detach()


@torch.no_grad()
def check_densities(model: Model, x: Tensor) -> None:
    """Look whether ``proposal``, ``log_prior`` and ``log_likelihood`` give what they are to give.

    A density of another shape might broadcast to one that fits, and no number would say so.

    Parameters
    ----------
    x : Tensor, shape (b, pixels)
        Images, two or more.

    Raises
    ------
    PluginFault
        If one gives anything else.
    """
    found = model.proposal(x)
    if not isinstance(found, tuple | list) or len(found) != 2:
        parts = len(found) if isinstance(found, tuple | list) else described(found)
        raise plugins.fault(model.proposal, f"must give a mean and a log variance, not {parts}")
    mean, log_variance = (given(model.proposal, part, (len(x), None)) for part in found)
    given(model.proposal, log_variance, tuple(mean.shape))
    z = mean.unsqueeze(1).repeat(1, 3, 1)
    given(model.log_prior, model.log_prior(z.flatten(0, 1)), (len(x) * 3,))
    given(model.log_likelihood, model.log_likelihood(x.unsqueeze(1), z), (len(x), 3))


def given(
    method: Callable, found: object, shape: tuple[int | None, ...], *, floating: bool = True
) -> Tensor:
    """What a method of a model gave, if it is what the contract asks for.

    Parameters
    ----------
    method
    found
        What it gave.
    shape
        What it must have; None where any length will do.
    floating
        Whether it must be of float32 or float64.

    Raises
    ------
    PluginFault
        If it is anything else.
    """
    lengths = ", ".join("any" if length is None else str(length) for length in shape)
    wanted = f"must give a tensor of shape ({lengths}{',' if len(shape) == 1 else ''})"
    if not isinstance(found, Tensor):
        raise plugins.fault(method, f"{wanted}, not {described(found)}")
    fits = [length in (None, there) for length, there in zip(shape, found.shape, strict=False)]
    if found.dim() != len(shape) or not all(fits):
        raise plugins.fault(method, f"{wanted}, not one of {tuple(found.shape)}")
    if found.layout != torch.strided or found.is_meta:
        kind = "without values (meta)" if found.is_meta else str(found.layout)
        raise plugins.fault(method, f"must give a dense tensor, not one of {kind}")
    if floating and found.dtype not in (torch.float32, torch.float64):
        kind = str(found.dtype).removeprefix("torch.")
        raise plugins.fault(method, f"must give a tensor of float32 or float64, not of {kind}")
    return found
