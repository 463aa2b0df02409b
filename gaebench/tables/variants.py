"""GAE (2 layers) with other exemplars, measured as the models of Table 2."""

from gaebench.report.table import Entry, Table
from gaebench.tables import importance

TABLE = Table(
    title="Exemplars in training",
    caption="What GAE (2 layers) gains or loses with other exemplars in training than the rest of "
    "the minibatch, such as 5000 drawn in each step beside it, or each image its own (without "
    "leave-one-out). The S-sample estimate is that of Table 2. "
    f"{importance.MEASURE}",
    entries=(Entry("loglik_prior", label="S-sample"), *importance.TABLE.entries),
)
