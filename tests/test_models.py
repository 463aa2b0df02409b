"""Every file in gaebench/models keeps the contract; each model does what its paper says.

The contract is that of :class:`gaebench.model.Model`. What can be read from a file is checked by
tests/test_contracts.py, the rest by the first tests here, which ask for nothing else: a model may
have no stages, no parameters and no settings.
"""

import math
from collections.abc import Callable
from functools import cache, partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.distributions import Normal, kl_divergence

from gaebench import plugins, runs, training
from gaebench.data import Dataset
from gaebench.errors import SettingsError
from gaebench.mathematics import gaussians
from gaebench.model import ImageSpec
from gaebench.models.gae import GAE
from gaebench.models.gmmn_ae import squared_mmd
from gaebench.models.vae import VAE
from gaebench.networks.gates import Gated
from gaebench.seeding import stream
from gaebench.training import contract

FAMILIES = plugins.names("models")
SPEC = ImageSpec(pixels=64, binary=False)
SCHEDULE = {"epochs": 4, "batch": 100, "patience": 4, "stop_on": "parzen", "valid_images": 200}
Fit = training.Trained

each = pytest.mark.parametrize("family", FAMILIES)


@pytest.fixture(scope="module")
def digits():
    from sklearn.datasets import load_digits

    images = np.round(load_digits().images.reshape(-1, 64) * 255 / 16).astype(np.uint8)
    return Dataset(images[:1000], images[1000:1400], images[1400:], (8, 8))


def fit(data, family, seed=0, **changes) -> Fit:
    schedule = SCHEDULE | changes
    return training.train(data, family, {}, seed=seed, labels=("digits", family), **schedule)


@pytest.fixture(scope="module")
def fitted(digits) -> Callable[[str], Fit]:
    """A function: family -> a trained model and its history, made when it is first asked for."""
    return cache(lambda family: fit(digits, family))


# --- The contract ----------------------------------------------------------------------------


@each
def test_a_history_has_a_row_per_score_of_each_stage(fitted, family):
    model, history, _ = fitted(family)
    assert list(history) == training.COLUMNS
    assert list(dict.fromkeys(history.stage)) == [stage.name for stage in model.stages()]
    for _, rows in history.groupby("stage"):
        assert rows.epoch.is_monotonic_increasing and rows.epoch.iloc[0] >= 1
    assert np.isfinite(history[["loss", "score"]].to_numpy(float)).all()


@each
def test_samples_are_pixel_means(fitted, family):
    model = fitted(family).model
    samples = model.sample(1234, stream(1))
    assert samples.shape == (1234, 64)
    assert samples.min() >= 0 and samples.max() <= 1
    assert not samples.requires_grad


@each
def test_chunks_do_not_move_samples(fitted, family):
    model = fitted(family).model
    whole, parts = model.sample(50, stream(1), chunk=50), model.sample(50, stream(1), chunk=7)
    torch.testing.assert_close(whole, parts)


@each
def test_the_best_state_is_what_training_gives(digits, fitted, family):
    model, history, _ = fitted(family)
    stages = model.stages()
    if not stages or stages[-1].score:
        return  # it has no score, or one of its own
    score = plugins.load("metrics", "parzen").validation_score(
        model, torch.from_numpy(digits.images("valid")[:200]), stream(0, "score", "digits", family)
    )
    last = history[history.stage == history.stage.iloc[-1]]
    assert score == pytest.approx(last.score.max(), abs=1e-3)


@each
def test_a_run_is_a_function_of_its_seed(digits, family):
    first = fit(digits, family, epochs=1).model
    torch.rand(17)
    again = fit(digits, family, epochs=1).model
    assert torch.equal(first.sample(20, stream(0)), again.sample(20, stream(0)))


@each
def test_a_saved_model_comes_back_whole(digits, fitted, family, tmp_path):
    model = fitted(family).model
    for name in ("one.pt", "two.pt"):
        runs.save(model, tmp_path / name)
    assert (tmp_path / "one.pt").read_bytes() == (tmp_path / "two.pt").read_bytes()
    back = runs.restore(tmp_path / "one.pt", digits, family, {})
    assert torch.equal(back.sample(20, stream(0)), model.sample(20, stream(0)))
    assert not back.training and not model.training


@each
def test_what_a_model_does_not_have_it_says(fitted, family):
    """Either the value, in nats per image, or an error that says what the model lacks."""
    model = fitted(family).model
    x = torch.rand(2, 64, generator=stream(3)).round()
    for method in (model.bound, model.draw_posterior):
        try:
            assert len(method(x, stream(0))) == 2
        except SettingsError as error:
            assert f"{type(model).__name__} has no" in str(error)


WRONG = {"hidden": 0, "latent": 0, "dropout": 1.0, "learning_rate": 0.0}
"""Values of settings that many models have, and none can take."""


@pytest.mark.parametrize(
    ("family", "setting"),
    [(f, name) for f in FAMILIES for name in WRONG if name in plugins.settings("models", f)],
)
def test_settings_of_many_models_are_refused_where_they_are_wrong(family, setting):
    with pytest.raises(SettingsError):
        plugins.model(family)(SPEC, stream(0), **{setting: WRONG[setting]})


# --- The models there are --------------------------------------------------------------------


@pytest.mark.parametrize("family", ["aae", "bernoulli_mixture", "gae", "gan", "gmmn_ae", "vae"])
def test_another_seed_gives_another_model(digits, family):
    models = [fit(digits, family, epochs=1, seed=seed).model for seed in (0, 1)]
    assert not torch.equal(*(model.sample(20, stream(0)) for model in models))


@pytest.mark.parametrize("family", ["aae", "bernoulli_mixture", "gae", "gan", "gmmn_ae", "vae"])
def test_training_improves_on_the_first_epoch(digits, fitted, family):
    # A GAN's first epochs may well be worse than none.
    long = {"epochs": 16, "patience": 16}
    history = (fit(digits, family, **long) if family == "gan" else fitted(family)).history
    last = history[history.stage == history.stage.iloc[-1]]
    assert last.score.iloc[1:].max() > last.score.iloc[0]


def test_the_vaes_bound_is_its_likelihood_less_the_divergence_from_the_prior():
    model, x = VAE(SPEC, stream(0), hidden=10, latent=3), torch.rand(5, 64, generator=stream(1))
    with torch.no_grad():
        mean, log_variance = model.encoder(x)
        z = gaussians.draw(mean, log_variance, stream(2))
        posterior, prior = Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0)
        expected = model.log_likelihood(x, z) - kl_divergence(posterior, prior).sum(1)
        torch.testing.assert_close(model.bound(x, stream(2)), expected)


def test_a_model_whose_samples_are_no_numbers_is_not_told_that_it_forgets(digits):
    model = VAE(SPEC, stream(0), hidden=10, latent=3)
    model.logits = lambda z: torch.full((len(z), 64), torch.nan)
    images = torch.from_numpy(digits.images("train"))
    contract.require_kept(model, lambda: model, images)


@pytest.mark.parametrize("family", ["gae", "vae"])
def test_gated_layers_are_trained_kept_and_restored(digits, family, tmp_path):
    settings = {"layers": 2, "hidden": 30, "gated": True, "dropout": 0.1}
    how = SCHEDULE | {"stop_on": "bound", "seed": 0, "labels": ("digits", family)}
    model, history, _ = training.train(digits, family, settings, **how)
    kinds = [type(layer) for part in (model.encoder, model.decoder) for layer in part.net]
    assert kinds.count(Gated) == 4 and torch.nn.ReLU not in kinds
    assert history.score.iloc[1:].max() > history.score.iloc[0]
    runs.save(model, tmp_path / "model.pt")
    back = runs.restore(tmp_path / "model.pt", digits, family, settings)
    assert torch.equal(back.sample(20, stream(0)), model.sample(20, stream(0)))


# --- GAE -------------------------------------------------------------------------------------


def gae(n=40, **settings):
    torch.manual_seed(0)
    model = GAE(SPEC, stream(0, "init"), layers=1, hidden=20, latent=3, **settings)
    model.start(torch.rand(n, 64))
    return model


def encodings(model, x):
    mean, log_variance = model.encoder(x)
    return gaussians.draw(mean, log_variance, stream(5)), mean, log_variance


def test_the_prior_of_a_code_leaves_out_its_own_exemplar():
    model = gae()
    z, mean, log_variance = encodings(model, model.train_images[:9])
    found = model._minibatch_prior(z, mean, log_variance)
    for i in range(9):
        others = [j for j in range(9) if j != i]
        expected = gaussians.log_mixture(z[i : i + 1], mean[others], log_variance[others])
        torch.testing.assert_close(found[i], expected[0])


def test_with_its_own_exemplar_a_whole_batch_gives_the_exact_mixture():
    model = gae(leave_one_out=False)
    z, mean, log_variance = encodings(model, model.train_images)
    found = model._minibatch_prior(z, mean, log_variance)
    torch.testing.assert_close(found, gaussians.log_mixture(z, mean, log_variance))


def test_with_its_own_exemplar_minibatches_are_unbiased_on_the_average():
    model = gae(leave_one_out=False)
    z, mean, log_variance = encodings(model, model.train_images)
    exact = gaussians.log_mixture(z[:1], mean, log_variance)[0].exp()
    draws = []
    for seed in range(4000):
        rest = 1 + torch.randperm(39, generator=stream(seed))[:7]
        batch = torch.cat([torch.zeros(1, dtype=torch.long), rest])
        prior = model._minibatch_prior(z[batch], mean[batch], log_variance[batch])
        draws.append(prior[0].exp().item())
    assert np.mean(draws) == pytest.approx(exact.item(), abs=4 * np.std(draws) / math.sqrt(4000))


@pytest.mark.parametrize("leave_one_out", [True, False])
def test_with_the_whole_bank_a_minibatch_gives_the_exact_mixture(leave_one_out):
    model = gae(exemplars="all", leave_one_out=leave_one_out)
    model.renew(0)
    rows = torch.tensor([3, 17, 8, 30])
    z, mean, log_variance = encodings(model, model.train_images[rows])
    found = model._bank_prior(z, mean, log_variance, rows, stream(0))
    for i, own in enumerate(rows.tolist()):
        others = [j for j in range(40) if not (leave_one_out and j == own)]
        expected = gaussians.log_mixture(z[i : i + 1], *model.encoder(model.train_images[others]))
        torch.testing.assert_close(found[i], expected[0].detach())


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"leave_one_out": False},
        {"narrow_proposal": True, "leave_one_out": False},
        {"dropout": 0.2},
    ],
)
def test_an_exemplar_drawn_for_each_code_gives_the_exact_gradient_on_the_average(settings):
    model = gae(exemplars="all", **settings)
    model.renew(0)
    images, rows = model.train_images, torch.tensor([3, 17, 8, 30])
    own = torch.nn.functional.one_hot(rows, 40).bool() & model.leave_one_out

    def gradient(log_prior):
        torch.manual_seed(1)  # of dropout
        total = model._objective(images[rows], log_prior, stream(5)).sum()
        parts = torch.autograd.grad(total, list(model.encoder.parameters()))
        return torch.cat([part.flatten() for part in parts])

    def exact(z, *_):
        terms = gaussians.log_density(z[:, None], *model._exemplar(images))
        return terms.masked_fill(own, -math.inf).logsumexp(-1)

    def drawn(seed):
        return partial(model._bank_prior, rows=rows, generator=stream(seed))

    draws = torch.stack([gradient(drawn(seed)) for seed in range(500)])
    error = (draws.mean(0) - gradient(exact)) / (draws.std(0) / math.sqrt(500) + 1e-5)
    assert error.abs().max() < 5.5
    assert error.square().mean() < 2


def test_with_a_bank_weights_that_are_no_numbers_are_told():
    model = gae(exemplars=5)
    with torch.no_grad():
        model.encoder.net[0].weight.fill_(math.nan)
    model.renew(0)
    assert model.bank_step(torch.arange(4), stream(0)).isnan()


@pytest.mark.parametrize("drawn", [1, 7])
def test_draws_from_the_bank_are_unbiased_on_the_average(drawn):
    model = gae(exemplars=drawn)
    model.renew(0)
    rows = torch.arange(9)
    z, mean, log_variance = encodings(model, model.train_images[rows])
    others = model.encoder(model.train_images[1:])
    exact = gaussians.log_mixture(z[:1], *others)[0].exp().item()
    with torch.no_grad():
        draws = [
            model._bank_prior(z, mean, log_variance, rows, stream(seed))[0].exp().item()
            for seed in range(4000)
        ]
    # With one draw some steps see none outside of the batch: they count the batch alone.
    none = (9 / 40) ** drawn
    inside = gaussians.log_mixture(z[:1], mean[1:], log_variance[1:])[0].exp().item() * 8 / 39
    expected = (1 - none) * exact + none * inside
    assert np.mean(draws) == pytest.approx(expected, abs=4 * np.std(draws) / math.sqrt(4000))


def test_the_bank_takes_what_passes_and_is_renewed_before_an_epoch():
    model = gae(exemplars="all")
    model.renew(0)
    before, rows = model._bank.mean.clone(), torch.tensor([2, 5])
    model.bank_step(rows, stream(0))
    model.bank_step(rows, stream(1))
    moved = (model._bank.mean != before).any(1)
    assert moved.nonzero().flatten().tolist() == rows.tolist()
    model.renew(1)
    assert torch.equal(model._bank.mean, model.eval().exemplars()[0])


def test_a_bank_trains_as_the_exact_mixture_does(digits):
    settings = {"latent": 3, "hidden": 50}
    found = {
        exemplars: training.train(
            digits,
            "gae",
            settings | {"exemplars": exemplars},
            seed=0,
            labels=("digits", "gae"),
            **SCHEDULE | {"stop_on": "bound"},
        ).history.score.iloc[-1]
        for exemplars in ("all", 500)
    }
    assert found["all"] == pytest.approx(found[500], abs=1.5)


@pytest.mark.parametrize("wrong", ["some", 0, -3, "0"])
def test_a_number_of_exemplars_is_one(wrong):
    with pytest.raises(SettingsError, match="exemplars must be batch, all or a number"):
        gae(exemplars=wrong)


def test_the_regulariser_with_weights_of_a_half_is_minus_the_vaes_kl():
    model = gae(l1=0.5, l2=0.5)
    mean, log_variance = torch.randn(6, 3), torch.randn(6, 3)
    torch.testing.assert_close(
        model.regulariser(mean, log_variance), -gaussians.kl_to_standard(mean, log_variance)
    )


def test_a_narrow_proposal_does_not_touch_the_prior():
    model = gae(narrow_proposal=True).eval()
    before = model.exemplars()
    with torch.no_grad():
        model.encoder.net[-1].bias[-3:] -= 2.0
    mean, log_variance, narrow = model.encoder(model.train_images)
    proposal = model.proposal(model.train_images)
    assert torch.equal(proposal[0], mean) and torch.equal(proposal[1], narrow)
    assert (narrow.mean() < log_variance.mean() - 1).item()
    model.train().eval()
    assert all(map(torch.equal, before, model.exemplars()))


def test_a_narrow_proposal_is_trained():
    model = gae(narrow_proposal=True)
    before = model.encoder.net[-1].bias[-3:].clone()
    model.step(model.train_images, stream(0))
    assert not torch.equal(before, model.encoder.net[-1].bias[-3:])


def test_the_proposal_is_the_priors_component_unless_it_is_narrow():
    model = gae()
    mean, log_variance = model.encoder(model.train_images)
    assert all(map(torch.equal, model.proposal(model.train_images), (mean, log_variance)))


def test_the_bound_uses_every_training_image_as_exemplar():
    model = gae().eval()
    x = torch.rand(5, 64).round()
    z, mean, log_variance = encodings(model, x)
    slow = gaussians.log_mixture(z, *model.encoder(model.train_images))
    expected = model.decoder.log_likelihood(x, z) + slow
    expected -= gaussians.log_density(z, mean, log_variance)
    torch.testing.assert_close(model.bound(x, stream(5)), expected.detach())


def test_exemplars_follow_the_weights():
    model = gae().eval()
    before = model.exemplars()[0]
    model.train()
    model.step(model.train_images, stream(0))
    model.eval()
    assert not torch.equal(before, model.exemplars()[0])


def test_codes_are_drawn_near_training_encodings():
    model = gae().eval()
    means, log_variances = model.exemplars()
    z = model.draw_prior(20_000, stream(0))
    torch.testing.assert_close(z.mean(0), means.mean(0), atol=0.05, rtol=0)
    variance = means.var(0, correction=0) + log_variances.exp().mean(0)
    torch.testing.assert_close(z.var(0), variance, rtol=0.05, atol=0)


@pytest.mark.parametrize("wrong", [{"l1": -1.0}, {"l2": -0.1}])
def test_wrong_gae_settings_are_named(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        gae(**wrong)


# --- The others ------------------------------------------------------------------------------


@pytest.mark.parametrize("bandwidths", [[0.7], [0.5, 1.0, 20.0]])
def test_mmd_against_the_definition(bandwidths):
    x, y = torch.rand(8, 4), torch.rand(5, 4)

    def kernel(a, b):
        squares = torch.cdist(a, b).square()
        return sum(torch.exp(-squares / (2 * s)).mean() for s in bandwidths)

    expected = kernel(x, x) - 2 * kernel(x, y) + kernel(y, y)
    torch.testing.assert_close(squared_mmd(x, y, bandwidths), expected)
    assert squared_mmd(x, x, bandwidths).item() == pytest.approx(0, abs=1e-6)


def test_mmd_tells_distributions_apart():
    a, b, shifted = torch.randn(500, 4), torch.randn(500, 4), torch.randn(500, 4) + 1
    assert squared_mmd(a, shifted, [1.0]) > 10 * squared_mmd(a, b, [1.0])


def test_gmmn_trains_its_auto_encoder_first(fitted):
    history = fitted("gmmn_ae").history
    assert list(dict.fromkeys(history.stage)) == ["autoencoder", "gmmn"]


@pytest.mark.parametrize(
    ("family", "wrong"),
    [
        ("bernoulli_mixture", {"components": 0}),
        ("bernoulli_mixture", {"smoothing": 0.0}),
        ("bernoulli_mixture", {"decay": 0.5}),
        ("vae", {"layers": 0}),
        ("vae", {"pixel_std": float("nan")}),
        ("gan", {"units": 0}),
        ("gan", {"average": 1.0}),
        ("gan", {"beta1": 1.0}),
        ("gan", {"optimiser": "lion"}),
        ("gan", {"initial": "zero"}),
        ("gan", {"momentum": 1.0}),
        ("gan", {"final_momentum": -0.1}),
        ("gmmn_ae", {"widths": "64-"}),
        ("gmmn_ae", {"bandwidth": 0.0}),
        ("gmmn_ae", {"scales": "1-0"}),
        ("gmmn_ae", {"scales": "1-"}),
        ("gmmn_ae", {"autoencoder_share": 1.0}),
        ("aae", {"prior_std": -1.0}),
        ("aae", {"reconstruction": "absolute"}),
        ("aae", {"adversarial_dropout": 1.0}),
    ],
)
def test_wrong_settings_are_refused(family, wrong):
    with pytest.raises(SettingsError):
        plugins.model(family)(SPEC, stream(0), **wrong)


@pytest.mark.parametrize("family", ["gan", "gmmn_ae", "aae"])
def test_models_without_a_bound_or_codes_say_so(family):
    model = plugins.model(family)(SPEC, stream(0))
    with pytest.raises(SettingsError, match="no lower bound"):
        model.bound(torch.rand(2, 64), stream(0))
    with pytest.raises(SettingsError, match="no encoder"):
        model.draw_posterior(torch.rand(2, 64), stream(0))


def test_the_gan_step_moves_both_networks_and_the_average_follows():
    model = plugins.model("gan")(SPEC, stream(0), average=0.5)
    model.start(torch.rand(100, 64))
    before = [p.clone() for p in model.parameters()]
    model.train().step(torch.rand(50, 64), stream(1))
    moved = [not torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True)]
    assert all(moved)
    pairs = zip(model.generator.parameters(), model.averaged.parameters(), strict=True)
    assert not any(torch.equal(a, b) for a, b in pairs)


def test_the_gans_networks_move_by_the_gradients_before_either_has():
    settings = {"optimiser": "sgd", "learning_rate": 0.1, "input_dropout": 0.0, "dropout": 0.0}
    model = plugins.model("gan")(SPEC, stream(0), **settings)
    x = torch.rand(50, 64)
    fake = model.generator(model.draw_prior(50, stream(1))).sigmoid()
    odds = model.discriminator(torch.cat([x, fake])).squeeze(-1)
    real = torch.arange(100) < 50
    losses = {
        model.discriminator: F.binary_cross_entropy_with_logits(odds, real.float()),
        model.generator: F.binary_cross_entropy_with_logits(odds[50:], torch.ones(50)),
    }
    expected = {}
    for net, loss in losses.items():
        weights = list(net.parameters())
        gradients = torch.autograd.grad(loss, weights, retain_graph=True)
        expected[net] = [w - 0.1 * g for w, g in zip(weights, gradients, strict=True)]
    model.step(x, stream(1))
    for net, weights in expected.items():
        for found, wanted in zip(net.parameters(), weights, strict=True):
            torch.testing.assert_close(found, wanted)


def test_the_gans_momentum_grows_evenly_and_then_stays():
    settings = {"momentum": 0.5, "final_momentum": 0.7, "momentum_epochs": 4}
    model = plugins.model("gan")(SPEC, stream(0), optimiser="sgd", **settings)
    (stage,) = model.stages()
    found = []
    for epoch in range(6):
        stage.before_epoch(epoch)
        found.append([group["momentum"] for o in stage.optimisers for group in o.param_groups])
    assert np.allclose(np.transpose(found), [0.5, 0.55, 0.6, 0.65, 0.7, 0.7])


def test_the_gans_step_is_gradient_descent_with_momentum():
    model = plugins.model("gan")(SPEC, stream(0), optimiser="sgd", learning_rate=0.1)
    weight, velocity = model.discriminator[-1].weight, 0.0
    for seed in range(3):
        expected = weight.detach().clone()
        model.step(torch.rand(50, 64), stream(seed))
        velocity = 0.5 * velocity + _discriminators_gradient(model)
        torch.testing.assert_close(weight.detach(), expected - 0.1 * velocity)


def _discriminators_gradient(model):
    """Of the last layer, in the last step: that of the generator's loss is not taken."""
    return model.discriminator[-1].weight.grad.clone()


def test_uniform_weights_stay_within_the_papers_limits():
    model = plugins.model("gan")(SPEC, stream(0), initial="uniform")
    for net, limit in ((model.generator, 0.05), (model.discriminator, 0.005)):
        weights = torch.cat([layer.weight.flatten() for layer in linear_layers(net)])
        assert limit * 0.99 < weights.abs().max() <= limit
        assert weights.std().item() == pytest.approx(limit / math.sqrt(3), rel=0.01)
    again = plugins.model("gan")(SPEC, stream(0), initial="uniform")
    assert all(map(torch.equal, model.state_dict().values(), again.state_dict().values()))


def linear_layers(net):
    return [layer for layer in net.modules() if isinstance(layer, torch.nn.Linear)]


def test_stochastic_codes_are_draws_from_the_encoders_gaussian():
    model = plugins.model("aae")(SPEC, stream(0), stochastic=True, latent=3, hidden=20)
    x = torch.rand(1, 64).expand(20000, 64)
    mean, log_variance = model.encoder(x[:1]).detach().chunk(2, dim=-1)
    codes = model._codes(x, stream(1)).detach()
    assert torch.allclose(codes.mean(0), mean[0], atol=0.05)
    assert torch.allclose(codes.std(0), (0.5 * log_variance[0]).exp(), rtol=0.05)


@pytest.mark.parametrize("changes", [{}, {"stochastic": True, "reconstruction": "bernoulli"}])
def test_aae_codes_take_on_the_priors_spread(digits, changes):
    model, *_ = training.train(
        digits,
        "aae",
        {"prior_std": 5.0, "latent": 2, "hidden": 200} | changes,
        seed=0,
        labels=("aae",),
        **SCHEDULE | {"epochs": 60, "patience": 60, "decay": "none"},
    )
    spread = model._codes(torch.from_numpy(digits.images("train")), stream(0)).std(0)
    assert ((spread > 2.5) & (spread < 8)).all()
