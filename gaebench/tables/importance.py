"""Models with the encoder as proposal: test images, and training images."""

from gaebench.report.table import Entry, Table

MEASURE = (
    "Importance-sampled log-likelihood in nats, higher is better: `log (1/S) sum_s "
    "P(x|z_s) P(z_s) / q(z_s|x)` with `z_s` from the encoder's `q(z|x)`, S = "
    "{loglik_is[draws]:,}; for GAE under the exact mixture prior over all training images. A lower "
    "bound in expectation, like Table 2, but tight where the encoder's proposal is near P(z|x). "
    "Each of the {loglik_is[images]:,} images has {loglik_is[few]:|draw}, and {loglik_is[subset]} "
    "of them, evenly spaced, all S: their mean gain is added to the mean of all. Effective draws: "
    "how many of S the weights amount to, on average. A training image has a component of its own "
    "in GAE's prior, which a test image has not: the last column leaves it out."
)
TABLE = Table(
    title="Importance-sampled log-likelihood",
    caption=f"{MEASURE} Models with their number of latent dimensions behind them are stopped by "
    "their bound, on validation images, the others as for Table 2.",
    entries=(
        Entry("loglik_is", label="test images"),
        Entry("loglik_is", "effective_draws"),
        Entry("loglik_is", "train"),
        Entry("loglik_is", "train_left_out", "the same, own component left out", optional=True),
    ),
)
