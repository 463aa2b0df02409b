"""What a metric gives back: a number, how sure it is, and what a reader may ask about it."""

import json
import logging
import math
from dataclasses import dataclass, field

import numpy as np

from gaebench.errors import DataError, Failed, SettingsError

log = logging.getLogger(__name__)

LARGEST = 1e150
"""Of a number of a metric, so that sums of squares are finite."""
FEW = 2.0
"""Effective draws below which an estimate hangs on one of its draws."""


@dataclass(frozen=True)
class Estimate:
    """A number, most often a mean over test images.

    Attributes
    ----------
    value : float
        In the metric's unit, nats per image for every likelihood.
    sem : float
        Its own error: most often the standard error over the test images, over the folds where
        there are several; the metric's file says of what else.
    details : dict
        Further numbers, such as the bandwidth chosen; tables show them by their ``path``.
    """

    value: float
    sem: float
    details: dict = field(default_factory=dict)

    def to_json(self) -> str:
        """JSON text, keys sorted.

        Raises
        ------
        Failed
            If the value or its error is not finite.
        ValueError
            If a detail is not finite.
        """
        if not (math.isfinite(self.value) and math.isfinite(self.sem)):
            raise Failed(f"the estimate is not a number: {self.value} +- {self.sem}")
        return json.dumps(
            {"value": self.value, "sem": self.sem} | self.details,
            indent=2,
            sort_keys=True,
            allow_nan=False,
        )


def curve(found: object) -> dict[float, float]:
    """The detail ``curve``: numbers, or mappings with ``value``, by a number as text.

    Raises
    ------
    DataError
        If it is anything else.
    """
    try:
        return {float(x): float(y["value"] if isinstance(y, dict) else y) for x, y in found.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        wanted = "the detail `curve` of a metric must hold numbers by numbers as text"
        raise DataError(f"{wanted}, not {found!r}") from error


def enough(count: int, least: int, what: str, metric: str, remedy: str = "") -> None:
    """Raise a :class:`SettingsError` unless there are as many as a metric needs.

    Parameters
    ----------
    count, least
        How many there are, and must be.
    what
        Of what, in the plural.
    metric
        What needs them.
    remedy
        How there will be more.
    """
    if count < least:
        more = f": {remedy}" if remedy else ""
        raise SettingsError(f"{metric} needs at least {least} {what} not {count}{more}")


def enough_samples(count: int, least: int, metric: str) -> None:
    """The same for the images that are generated per run."""
    enough(count, least, "generated images,", metric, f"set samples to {least} or more")


def mean_and_sem(values: np.ndarray, ddof: int = 0, **details) -> Estimate:
    """The mean of values, shape (n,), and its standard error ``std / sqrt(n)``.

    ``ddof`` is 1 for few values, such as folds, 0 for the many of a test set, as is the custom.

    Raises
    ------
    SettingsError
        If there is a single value, whose spread no one knows.
    ValueError
        If the values have another shape, or are complex.
    """
    if np.iscomplexobj(values):
        raise ValueError("a mean with its standard error is of real numbers, not complex ones")
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"a mean with its standard error is of shape (n,), not {values.shape}")
    enough(len(values), 2, "values, such as test images,", "a mean with its standard error")
    sem = values.std(ddof=ddof) / math.sqrt(len(values))
    return Estimate(float(values.mean()), float(sem), details)


def check_possible(name: str, found: Estimate, binary: bool) -> None:
    """Refuse a mean log-likelihood of bits above 0: a probability is at most 1.

    Few draws of a proposal that is too wide give one: a draw where the prior is far denser than the
    proposal outweighs all others.

    Raises
    ------
    Failed
        If it is that.
    """
    if binary and found.value > 0:
        raise Failed(
            f"{name} is {found.value:.2f} +- {found.sem:.2f} nats, which is impossible: of bits it "
            "cannot exceed 0. The codes that the encoder proposes are too far from those of the "
            "prior for these draws: train the model for longer, or take more draws where the "
            "metric can. A model of your own may also give densities that are too high."
        )


def warn_of_few(name: str, effective: float, draws: int) -> None:
    """Log a warning where the draws of an estimate, ten or more, amount to hardly more than one."""
    if draws >= 10 and effective < FEW:
        log.warning(
            "%s: its %d draws amount to %.2f, so it may be nats off, most likely too low",
            name,
            draws,
            effective,
        )
