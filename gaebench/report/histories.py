"""Histories of training: what the state that is kept was chosen by."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from gaebench.errors import DataError, GaebenchError
from gaebench.identity import record

RISE = 0.25
"""The most of a curve, its worst epochs, that may fall below the axis..."""
LATE = 0.05
"""...and the most of its second half."""


def read(path: str | Path) -> pd.DataFrame:
    """A run's history: columns ``stage, epoch, loss, score``, a row for each validation score.

    Raises
    ------
    DataError
        If it cannot be read, or is another than its identity says.
    """
    record.refuse(path)
    try:
        return pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path} cannot be read ({error}). Delete it and run again: it is made anew."
        ) from error


def of_last_stage(history: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last stage; none of a history without any."""
    return history[history["stage"] == history["stage"].iloc[-1]] if len(history) else history


def last_scores(history: pd.DataFrame, model: str) -> pd.DataFrame:
    """The finite scores of the last stage: columns ``epoch`` and ``score``.

    Of a model that is not trained in epochs there are none.

    Raises
    ------
    GaebenchError
        If there are scores, but no finite one.
    """
    found = of_last_stage(history)[["epoch", "score"]].astype(float)
    scores = found[np.isfinite(found["score"])].reset_index(drop=True)
    if scores.empty and len(found):
        raise GaebenchError(
            f"the history of {model} has no finite validation score. "
            "Delete the run and train again."
        )
    return scores


def score_limits(curves: Sequence[pd.DataFrame]) -> tuple[float, float]:
    """Lower and upper end of the axis of some curves' scores, in nats."""
    scores = [curve["score"] for curve in curves]
    low = min(min(y.quantile(RISE), y[len(y) // 2 :].quantile(LATE)) for y in scores)
    high = max(y.max() for y in scores)
    margin = 0.05 * (high - low) or 1.0
    return low - margin, high + margin
