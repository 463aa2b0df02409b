"""Annealed importance sampling of the models of Table 2, beside importance sampling."""

from gaebench.report.table import Entry, Table

TABLE = Table(
    title="Annealed importance sampling",
    caption="Lower bounds on the log-likelihood of {loglik_ais[images]:|test image}, evenly "
    "spaced, in nats: annealed importance sampling (AIS) from the encoder's Gaussian with "
    "{loglik_ais[chains]:|chain} per image, {loglik_ais[steps]:,|temperature} and "
    "{loglik_ais[leapfrogs]:|leapfrog step} at each, and importance sampling of the same images "
    "with {loglik_ais[draws]:,|draw} of the encoder's proposal; AIS less importance sampling, by "
    "image; then bidirectional bounds on as many images that the model made, whose log-likelihood "
    "lies between them in the mean, and their gap. For GAE the prior is the exact mixture over all "
    "training images. Errors are over images.",
    entries=(
        Entry("loglik_ais"),
        Entry("loglik_ais", "importance"),
        Entry("loglik_ais", "difference"),
        Entry("loglik_ais", "bdmc_lower"),
        Entry("loglik_ais", "bdmc_upper"),
        Entry("loglik_ais", "bdmc_gap"),
    ),
)
