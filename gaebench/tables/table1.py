"""Table 1 of the slides: Parzen estimates, ours beside the slide's and the cited papers'."""

from gaebench.report.table import Entry, Table

TABLE = Table(
    title="Table 1",
    caption="Parzen-window log-likelihood of the test images in nats, higher is better, from "
    "{samples:,|generated image} per run.",
    entries=(Entry("parzen"),),
    published="table1",
    notes=(
        "Parzen estimates rank models by other things than their likelihood (Theis et al. 2016, "
        "arXiv 1511.01844): controls, images that no model made, are scored in the same way where "
        "they are shown.",
    ),
)
