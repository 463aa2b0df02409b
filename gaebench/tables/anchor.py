"""An anchor for Table 2: the S-sample estimate of a model whose likelihood is known exactly."""

from gaebench.report.table import Entry, Table

TABLE = Table(
    title="An anchor for Table 2",
    caption="Log-likelihood in nats, higher is better, of a model that has it exactly: a mixture "
    "of products of Bernoulli pixels. Beside it is the S-sample estimate of Table 2 on the same "
    "{loglik_exact[images]:,|test image}, S = {loglik_prior[draws]:,}.",
    entries=(
        Entry("loglik_exact", label="exact"),
        Entry("loglik_exact", "train", "exact, training images"),
        Entry("loglik_prior", label="S-sample"),
    ),
    notes=(
        "What the S-sample estimate lacks here is small because a code is one of a few hundred "
        "components: it holds at most their logarithm in nats, far less than ln S. A model whose "
        "codes hold more than ln S nats is underestimated, and no such check exists for it.",
    ),
)
