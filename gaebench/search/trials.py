"""Trials of settings: ordinary trainings that see no test image and leave their history only."""

import logging
from dataclasses import replace

import numpy as np
import pandas as pd

from gaebench import training
from gaebench.data import Dataset
from gaebench.errors import Failed, SettingsError

log = logging.getLogger(__name__)


def run(data: Dataset, family: str, settings: dict, **how) -> pd.DataFrame:
    """Train once, as :func:`gaebench.training.train` does with the same arguments.

    Returns
    -------
    DataFrame
        Columns stage, epoch, loss, score. No rows if training failed: it diverged, or the images
        it made could not be scored.

    Raises
    ------
    SettingsError
        If the settings are none that can be tried, or the family has no validation score.
    """
    try:
        history = training.train(without_test(data), family, settings, **how).history
    except Failed as error:
        log.warning("failed: %s", error)
        return pd.DataFrame(columns=training.COLUMNS)
    if history.empty:
        raise SettingsError(
            f"{family} is not trained in epochs, so that it has no validation score to search by: "
            "take its models out of workflow/search.yaml"
        )
    return history


def without_test(data: Dataset) -> Dataset:
    """The data set with one black image in place of its test images."""
    nothing = np.empty(0, dtype=np.int64)
    black = np.zeros((1, data.pixels), dtype=np.uint8)
    return replace(data, test=black, test_labels=nothing, test_fold=nothing)
