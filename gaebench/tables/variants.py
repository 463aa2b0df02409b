"""Models that are in neither of the slides' tables, measured as those of Table 2."""

from gaebench.report.table import Table
from gaebench.tables import importance

TABLE = Table(
    title="Importance-sampled log-likelihood of variants",
    caption="Models that are in neither of the slides' tables, beside GAE (2 layers): with codes "
    "of 40 dimensions, GAE's with a proposal of its own variance; and GAE trained without "
    f"leave-one-out. {importance.TABLE.caption}",
    entries=importance.TABLE.entries,
)
