"""Table 2 of the slides: S-sample log-likelihoods by the number of layers, beside the slide's."""

from gaebench.report.table import Entry, Table

TABLE = Table(
    title="Table 2",
    caption="S-sample log-likelihood of the test images in nats, higher is better: "
    "`log (1/S) sum_s P(x|z_s)` with `z_s ~ P(z)`, S = {loglik_prior[draws]:,}, on "
    "{loglik_prior[images]:,} of the images, evenly spaced.",
    entries=(Entry("loglik_prior"),),
    layout="layers",
    published="table2",
    notes=(
        "The slide does not state S; ours is S = {loglik_prior[draws]:,}. Draws from the prior "
        "give a lower bound that rises with S, so numbers compare at equal S only.",
        'The slide says "biMNIST" and does not state how the images were binarised: its one column '
        "stands beside every binarisation here.",
    ),
)
