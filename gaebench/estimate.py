"""What a metric gives back: a number, how sure it is, and what a reader may ask about it."""

import json
import math
from dataclasses import dataclass, field

import numpy as np

from gaebench.errors import Failed


@dataclass(frozen=True)
class Estimate:
    """A mean over test images.

    Attributes
    ----------
    value : float
        In the metric's unit, nats per image for every likelihood.
    sem : float
        Standard error of ``value`` over the test images (over the folds, where there are several).
    details : dict
        Further numbers, such as the bandwidth chosen; kept beside the value, not in the tables.
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
        """
        if not (math.isfinite(self.value) and math.isfinite(self.sem)):
            raise Failed(f"the estimate is not a number: {self.value} +- {self.sem}")
        return json.dumps(
            {"value": self.value, "sem": self.sem} | self.details, indent=2, sort_keys=True
        )


def mean_and_sem(values: np.ndarray, ddof: int = 0, **details) -> Estimate:
    """The mean of values, shape (n,), and its standard error ``std / sqrt(n)``.

    ``ddof`` is 1 for few values, such as folds, 0 for the many of a test set, as is the custom.
    """
    values = np.asarray(values, dtype=np.float64)
    sem = values.std(ddof=ddof) / math.sqrt(len(values))
    return Estimate(float(values.mean()), float(sem), details)
