"""The claims of the slides (Kim, Kim & Hwang, 5 July 2018), and some of ours, in numbers."""

from collections.abc import Iterable

from gaebench.claims.comparisons import Difference, Fall, Level
from gaebench.claims.verdicts import Claim

DEPTHS = (1, 2, 3, 4)
BASELINES = ("vae", "gan", "gmmn-ae", "aae")
PLANES = tuple(f"gae-{layers}-2d" for layers in DEPTHS)
VAES = tuple(f"vae-{layers}" for layers in DEPTHS)
OURS = "Not in the slides"

PARZEN = "Parzen log-likelihood of test images, nats: GAE less the other."
S_SAMPLE = "S-sample log-likelihood of test images, nats, at our S: GAE less VAE."
IMPORTANCE = "Log-likelihood of test images with the encoder as proposal, nats: GAE less VAE."
BINARISED = "the slide does not say how the images were binarised, here: {}"


def above_baselines(dataset: str) -> tuple[Difference, ...]:
    """GAE with 1 and with 2 layers against each baseline of Table 1."""
    return tuple(
        Difference(dataset, "parzen", model, rival)
        for model in ("gae-1", "gae-2")
        for rival in BASELINES
    )


def above_vae(
    dataset: str, metric: str, line: str = "", depths: Iterable[int] = DEPTHS
) -> tuple[Difference, ...]:
    """GAE against VAE at some depths: Table 2's models, or those whose names end in ``line``."""
    return tuple(Difference(dataset, metric, f"gae-{k}{line}", f"vae-{k}{line}") for k in depths)


def levels(
    table: str, printed_on: str, dataset: str, metric: str, depths: tuple[int, ...]
) -> tuple[Level, ...]:
    """GAE against the slide's numbers."""
    return tuple(Level(dataset, metric, f"gae-{k}", table, printed_on) for k in depths)


def of_table_2(dataset: str, binarised: str) -> list[Claim]:
    """The claims of Table 2 on one of our binarisations."""
    metric, source = "loglik_prior", f"Table 2; {BINARISED.format(binarised)}"
    return [
        Claim(
            f"GAE is above VAE at every depth ({binarised})",
            source,
            S_SAMPLE,
            above_vae(dataset, metric),
        ),
        Claim(
            f"GAE reaches Table 2's numbers ({binarised})",
            source,
            "S-sample log-likelihood of test images, nats, at our S: GAE less the slide's number.",
            levels("table2", "bimnist", dataset, metric, DEPTHS),
        ),
        Claim(
            f"A shallower network suffices: GAE with 1 layer is above VAE at any depth "
            f"({binarised})",
            source,
            S_SAMPLE,
            tuple(Difference(dataset, metric, "gae-1", vae) for vae in VAES),
        ),
    ]


CLAIMS = [
    Claim(
        "GAE's samples are at least as good as the VAE's",
        "Experiment 1: two grids of samples on MNIST, to the eye",
        "Squared Frechet distance of samples from test images: VAE less GAE. Tested as better.",
        (Difference("mnist", "frechet", "gae-2", "vae", less=True),),
        "samples",
    ),
    Claim(
        "The simpler the networks, the more complex P(z): 1 layer against 2",
        "Experiment 2",
        "Negentropy of P(z) in two dimensions, nats: 1 layer less 2 layers.",
        (Difference("mnist", "negentropy", "gae-1-2d", "gae-2-2d"),),
        "latent_density",
    ),
    Claim(
        "GAE with 1 and with 2 layers is above each baseline on MNIST",
        "Table 1",
        PARZEN,
        above_baselines("mnist"),
    ),
    Claim(
        "GAE reaches Table 1's numbers on MNIST",
        "Table 1",
        "Parzen log-likelihood of test images, nats: GAE less the slide's number.",
        levels("table1", "mnist", "mnist", "parzen", (1, 2)),
    ),
    Claim(
        "GAE with 1 and with 2 layers is above each baseline on TFD",
        "Table 1",
        PARZEN,
        above_baselines("tfd"),
    ),
    *of_table_2("bimnist", "Bernoulli draw"),
    *of_table_2("bimnist-threshold", "threshold"),
    Claim(
        "The simpler the networks, the more complex P(z): from 1 to 4 layers",
        OURS,
        "Negentropy of P(z) in two dimensions, nats: its fall per layer.",
        (Fall("mnist", "negentropy", PLANES),),
        "latent_depths",
    ),
    Claim(
        "GAE with 1 and with 2 layers is above each baseline on the ORL faces",
        f"{OURS}: an open stand-in for TFD",
        PARZEN,
        above_baselines("faces"),
    ),
    Claim(
        "GAE is above VAE at every depth when the likelihood is importance-sampled",
        f"{OURS}: Table 2's models, chosen and stopped by its S-sample score",
        IMPORTANCE,
        above_vae("bimnist", "loglik_is"),
    ),
    Claim(
        "GAE is above VAE with one and two layers when models are chosen by likelihood",
        f"{OURS}: settings, epochs and length chosen by the bound, more latent dimensions",
        IMPORTANCE,
        above_vae("bimnist", "loglik_is", "-40d", depths=(1, 2)),
    ),
    Claim(
        "GAE is above VAE at every depth with gated layers",
        f"{OURS}: the study of gated layers, stopped by the bound",
        IMPORTANCE,
        above_vae("bimnist", "loglik_is", "-gated"),
    ),
]
