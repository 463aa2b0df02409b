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
    "data_copying": Column("C_T"),
    "authenticity": Column("authenticity", decimals=3),
    "nearest_train": Column("nearest image"),
    "negentropy": Column("negentropy", decimals=3),
    "modes": Column("modes", decimals=1),
    "loglik_ais": Column("AIS ↑", high),
    "loglik_ais.importance": Column("importance sampling ↑", high),
    "loglik_ais.difference": Column("difference"),
    "loglik_ais.bdmc_lower": Column("simulated, lower bound"),
    "loglik_ais.bdmc_upper": Column("simulated, upper bound"),
    "loglik_ais.bdmc_gap": Column("gap"),
    "loglik_exact": Column("exact"),
    "loglik_exact.train": Column("exact, training images"),
    "loglik_prior": Column("S-sample"),
    "loglik_is": Column("test images ↑", high),
    "loglik_is.effective_draws": Column("effective draws", decimals=0),
    "loglik_is.train": Column("training images"),
    "loglik_is.train_left_out": Column("the same, own component left out"),
    "bound": Column("evidence lower bound ↑", high),
}

IMPORTANCE = (
    "Importance-sampled log-likelihood in nats, higher is better: `log (1/S) sum_s P(x|z_s) "
    "P(z_s) / q(z_s|x)` with `z_s` from the encoder's `q(z|x)`, S = {loglik_is[draws]:,}; for GAE "
    "under the exact mixture prior over all training images. A lower bound in expectation, like "
    "Table 2, but tight where the encoder's proposal is near P(z|x). Each of the "
    "{loglik_is[images]:,} images has {loglik_is[few]} draws, and {loglik_is[subset]} of them, "
    "evenly spaced, all S: their mean gain is added to the mean of all. Effective draws: how many "
    "of S the weights amount to, on average. A training image has a component of its own in GAE's "
    "prior, which a test image has not: the last column leaves it out."
)

CAPTIONS = {
    "importance": IMPORTANCE,
    "variants": "Models that are in neither of the slides' tables, beside GAE (2 layers): with "
    "codes of 40 dimensions, GAE's with a proposal of its own variance; and GAE trained without "
    f"leave-one-out. {IMPORTANCE}",
    "quality": "{samples:,} generated images beside the test images in the feature space of a "
    "small classifier trained on the training images (test accuracy {accuracy}): squared Frechet "
    "distance; precision and recall, density and coverage with balls to the k-th nearest image, "
    "k = {prdc[neighbours]}; total variation of the classes from those of the training images.",
    "copying": "Are the {samples:,} generated images of a run copies of training images? C_T "
    "(Meehan et al. 2020): below -3, they are significantly nearer to training images than test "
    "images are. Authenticity (Alaa et al. 2022): the share that is further from the nearest "
    "training image than that one is from its own nearest; 0 for copies. Both are in the feature "
    "space of the classifier, and smooth images lower both. Nearest image: how much more "
    "often than chance the nearest real image, between pixels, is a training rather than a test "
    "image; 0 for fresh images, smooth or not, 1 for copies. Training images must be flagged, "
    "held-out images must not.",
    "complexity": "Prior P(z) of models with two latent dimensions. Negentropy in nats: KL(P(z) || "
    "the Gaussian of its mean and covariance), from {negentropy[draws]:,} draws; 0 for a Gaussian, "
    "the more, the more complex, and the same for every affine map of z. Modes of the exact "
    "density that hold at least {modes[least]:.0%} of the probability above the level at which "
    "they run together with another one.",
    "ais": "Lower bounds on the log-likelihood of {loglik_ais[images]} test images, evenly spaced, "
    "in nats: annealed importance sampling (AIS) from the prior with {loglik_ais[chains]} chains "
    "per image, {loglik_ais[steps]:,} temperatures and {loglik_ais[leapfrogs]} leapfrog steps at "
    "each, and importance sampling of the same images with {loglik_ais[draws]:,} draws of the "
    "encoder's proposal; AIS less importance sampling, by image; then bidirectional bounds on as "
    "many images that the model made, whose log-likelihood lies between them in the mean, and "
    "their gap. For GAE the prior is the exact mixture over all training images. Errors are over "
    "images.",
    "anchor": "Log-likelihood in nats, higher is better, of a model that has it exactly: a mixture "
    "of products of Bernoulli pixels. Beside it is the S-sample estimate of Table 2 on the same "
    "{loglik_exact[images]:,} test images, S = {loglik_prior[draws]:,}.",
}
"""By the name of the table; braces name the samples, or a metric's settings."""


def accuracy(shares: Mapping[str, float]) -> str:
    """The classifiers' test accuracies as text, by data set where there are several."""
    texts = {dataset: f"{100 * share:.2f} %" for dataset, share in shares.items()}
    if len(texts) == 1:
        return next(iter(texts.values()))
    return ", ".join(f"{dataset_name(dataset)} {text}" for dataset, text in texts.items())
