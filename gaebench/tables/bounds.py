"""The evidence lower bounds of the models of Table 2."""

from gaebench.report.table import Entry, Table

TABLE = Table(
    title="Evidence lower bounds of Table 2's models",
    caption="Evidence lower bound on the log-likelihood of the test images in nats, higher is "
    "better: one draw of z from the encoder per image; for GAE under the exact mixture prior over "
    "all training images.",
    entries=(Entry("bound"),),
    layout="layers",
)
