"""What the columns of a table of several metrics say: headers, which way is better, decimals.

A column is named as its metric or, for an estimate among the metric's details, ``metric.detail``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gaebench.report.names import dataset_name


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    header : str
        With an arrow the way that is better, if there is one.
    merit : (value) -> float, optional
        The larger, the better; of a column without it, no cell is the best.
    decimals : int
    """

    header: str
    merit: Callable[[float], float] | None = None
    decimals: int = 2


def high(value: float) -> float:
    """More is better."""
    return value


def low(value: float) -> float:
    """Less is better."""
    return -value


def near_one(value: float) -> float:
    """One is best."""
    return -abs(value - 1)


OURS = Column("ours", high)
"""Of a table of one metric."""

COLUMNS = {
    "frechet": Column("Frechet distance ↓", low),
    "prdc.precision": Column("precision ↑", high, 3),
    "prdc.recall": Column("recall ↑", high, 3),
    "prdc.density": Column("density → 1", near_one, 3),
    "prdc": Column("coverage ↑", high, 3),
    "class_histogram": Column("class histogram ↓", low, 3),
}

CAPTIONS = {
    "quality": "{samples:,} generated images beside the test images in the feature space of a "
    "small classifier trained on the training images (test accuracy {accuracy}): squared Frechet "
    "distance; precision and recall, density and coverage with balls to the k-th nearest image, "
    "k = {prdc[neighbours]}; total variation of the classes from those of the training images.",
}
"""By the name of the table; braces name the samples, or a metric's settings."""


def accuracy(shares: Mapping[str, float]) -> str:
    """The classifiers' test accuracies as text, by data set where there are several."""
    texts = {dataset: f"{100 * share:.2f} %" for dataset, share in shares.items()}
    if len(texts) == 1:
        return next(iter(texts.values()))
    return ", ".join(f"{dataset_name(dataset)} {text}" for dataset, text in texts.items())
