"""What lifts a log-likelihood to the slide's: the binarisation, the estimator and S."""

from gaebench.report.table import Entry, Table

TABLE = Table(
    title="What does it take to get Table 2?",
    caption="Estimates of log P(x) of the same models' test images in nats, by the binarisation, "
    "the estimator and S. The slide says neither S nor the binarisation.",
    entries=(
        Entry("loglik_prior", "curve/100", "S = 100", optional=True),
        Entry("loglik_prior", "curve/1000", "S = 1000", optional=True),
        Entry("loglik_prior", "curve/10000", "S = 10,000", optional=True),
        Entry("loglik_prior", "curve/100000", "S = 100,000", optional=True),
        Entry("loglik_prior", "curve/1000000", "S = 1,000,000", optional=True),
        Entry("loglik_is", label="importance sampling, S = {loglik_is[draws]}"),
        Entry("bound"),
    ),
    layout="entries",
    published="table2",
)
