"""How complex the prior P(z) of models with two latent dimensions is."""

from gaebench.report.table import Entry, Table

TABLE = Table(
    title="Complexity of P(z) in two dimensions",
    caption="Prior P(z) of models with two latent dimensions. Negentropy in nats: KL(P(z) || the "
    "Gaussian of its mean and covariance), from {negentropy[draws]:,|draw}; 0 for a Gaussian, the "
    "more, the more complex, and the same for every affine map of z. Modes of the exact density "
    "that hold at least {modes[least]:.0%} of the probability above the level at which they run "
    "together with another one.",
    entries=(Entry("negentropy"), Entry("modes")),
)
