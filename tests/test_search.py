"""The search for settings: its draws, its log, and what it would change in params.yaml."""

import copy
import itertools
import math
import re
from dataclasses import replace
from pathlib import Path

import adopt
import finals
import numpy as np
import pandas as pd
import pytest
import yaml
from params import adoption, edit, labels, resolve, runs, search, space
from test_params import put
from test_pipeline import RAN, Project

from gaebench import data, training
from gaebench.errors import Diverged, Failed, PluginFault, SettingsError
from gaebench.identity import record
from gaebench.identity.record import Identity
from gaebench.report.names import Names
from gaebench.search import trials, tuning

ROOT = Path(__file__).parents[1]


@pytest.fixture
def config() -> dict:
    """A fresh copy of params.yaml."""
    return yaml.safe_load((ROOT / "params.yaml").read_text())


@pytest.fixture
def asked() -> dict:
    """A fresh copy of search.yaml."""
    return yaml.safe_load(search.PATH.read_text())


# ---- what is tried


def test_search_yaml_is_in_order_and_gives_rivals_as_many_trials(config):
    found = pd.DataFrame(search.trials(search.load(config)))
    counts = found.groupby(["dataset", "model"]).size()
    assert counts.pop(("mnist", "gan")) == counts.pop(("faces", "gan")) == 16
    assert set(counts[["mnist", "faces"]]) == {search.load(config)["trials"]}
    for layers in (2, 4):
        assert counts["bimnist", f"vae-{layers}"] == counts["bimnist", f"gae-{layers}"]
    assert counts["bimnist", "vae-2-40d"] == counts["bimnist", "gae-2-40d"] == 16
    by_recipe = {"aae"}
    searched = set(found[found.dataset == "mnist"].model)
    assert searched | by_recipe == set(config["lists"]["compared"])


def test_every_trial_has_its_models_share_of_its_own_epochs_and_the_scores_of_params_yaml(
    config, asked
):
    for trial in search.trials(asked):
        ours = search.training(config, asked, trial, 0)["train"]
        theirs = runs.training(resolve.resolved(config), trial.model, trial.dataset)["train"]
        entry = asked["spaces"][trial.dataset][trial.model]
        budget = entry.get("budget", asked["budget"][trial.dataset])
        assert ours.pop("budget") == (budget[0] if isinstance(budget, list) else budget)
        differs = {name for name in ours if ours[name] != theirs[name]}
        assert differs <= {"batch", "decay", "fall"}


def test_every_drawn_value_is_from_its_list_and_no_two_trials_are_alike(asked):
    for dataset, models in asked["spaces"].items():
        for model, entry in models.items():
            found = search.trials_of(asked, dataset, model)
            for trial in found:
                for part in ("settings", "train"):
                    values = getattr(trial, part)
                    assert values.keys() == entry.get(part, {}).keys()
                    drawn = trial.number >= len(space.given(entry))
                    assert not drawn or all(values[name] in entry[part][name] for name in values)
            assert len({repr(trial[3:]) for trial in found}) == len(found)


def test_the_first_trial_takes_the_first_values(asked):
    first = search.trials_of(asked, "mnist", "gan")[0]
    lists = asked["spaces"]["mnist"]["gan"]
    assert first.settings == {name: values[0] for name, values in lists["settings"].items()}


def test_draws_are_the_same_every_time_and_move_with_nothing_else(asked):
    before = search.trials_of(asked, "mnist", "gae-2")
    assert before == search.trials_of(asked, "mnist", "gae-2")
    asked["trials"] += 3
    del asked["spaces"]["mnist"]["vae"]
    asked["spaces"]["mnist"]["gan"]["settings"]["latent"].append(5)
    after = search.trials_of(asked, "mnist", "gae-2")
    assert after[: len(before)] == before
    assert search.trials_of(asked | {"seed": 1}, "mnist", "gae-2")[1:] != after[1:]


def test_recipes_follow_the_first_trial_and_leave_the_draws_alone(config, asked):
    entry = asked["spaces"]["mnist"]["gan"]
    before = search.trials_of(asked, "mnist", "gan")
    entry["recipes"] = [
        {"settings": {"latent": 50, "hidden": 800}, "train": {"decay": "cosine"}},
        {"settings": {"latent": 50}},
    ]
    assert not space.problems(asked, resolve.resolved(config))
    first, recipe, other, *drawn = search.trials_of(asked, "mnist", "gan")
    assert first == before[0]
    assert recipe.settings == first.settings | {"latent": 50, "hidden": 800}
    assert recipe.train == first.train | {"decay": "cosine"}
    assert (other.settings, other.train) == (first.settings | {"latent": 50}, first.train)
    assert drawn == before[3:]


def test_draws_exhaust_a_small_space(asked):
    entry = {"adopt": ["models.vae"], "settings": {"latent": [1, 2], "layers": [1, 2, 3]}}
    small = asked | {"trials": 6, "spaces": {"mnist": {"vae": entry}}}
    assert len({repr(trial.settings) for trial in search.trials(small)}) == 6


def test_a_trial_is_laid_over_params_yaml(config, asked):
    trial = search.Trial("faces", "vae", 1, {"latent": 3}, {"batch": 7})
    entry, plain = (
        search.training(config, asked, trial, 0),
        runs.training(resolve.resolved(config), "vae", "faces"),
    )
    assert entry["settings"] == plain["settings"] | {"latent": 3}
    assert entry["train"] == plain["train"] | {"batch": 7, "budget": asked["budget"]["faces"]}
    assert entry["seed"] == asked["seed"]


WRONG = [
    ("trials", "ten", "trials: is 'ten' (text), must be a whole number"),
    ("bugdet", 1, "bugdet: unknown key; did you mean 'budget'?"),
    ("budget/mnist", 0, "budget.mnist: is 0, must be at least 0.01"),
    ("budget/mnist", "all", "budget.mnist: is 'all' (text), must be"),
    ("budget/mnist", [0.5, 0.5], "budget.mnist: is [0.5, 0.5], must rise from share to share"),
    ("budget/mnist", [], "budget.mnist: "),
    (
        "spaces/mnist/vae/budget",
        [0.5, 0.25],
        "spaces.mnist.vae.budget: is [0.5, 0.25], must rise from share to share",
    ),
    ("budget/mnist", [0.5, 0], "budget.mnist[1]: is 0, must be at least 0.01"),
    ("budget/fases", 1, "budget.fases: has no space; did you mean 'faces'?"),
    (
        "spaces/mnits",
        {"vae": {"adopt": ["models.vae-1"]}},
        "spaces.mnits: no data set 'mnits' in params.yaml; did you mean 'mnist'?",
    ),
    (
        "spaces/mnist/vea",
        {"adopt": ["models.vae-1"]},
        "spaces.mnist.vea: no model 'vea' in params.yaml; did you mean 'vae'?",
    ),
    (
        "spaces/mnist/vae/settings/latnet",
        [2],
        "spaces.mnist.vae.settings.latnet: cannot be searched; did you mean 'latent'?",
    ),
    (
        "spaces/mnist/vae/settings/latent",
        [8, 2.5],
        "spaces.mnist.vae.settings.latent[1]: is 2.5 (a number), must be a whole number",
    ),
    (
        "spaces/mnist/vae/settings/learning_rate",
        ["1e-3"],
        "learning_rate[0]: is '1e-3' (text), must be a number. YAML takes it for text: write 0.001",
    ),
    ("spaces/mnist/vae/settings/latent", 8, "settings.latent: is 8 (a whole number), must be a"),
    ("spaces/mnist/vae/train/epochs", [1, 100], "train.epochs: cannot be searched; Known: batch"),
    ("spaces/mnist/vae/train/stop_on", ["bound"], "train.stop_on: cannot be searched"),
    ("spaces/mnist/gan/train/decay", ["cosin"], "decay[0]: is 'cosin'; did you mean 'cosine'?"),
    ("spaces/mnist/vae/adopt", ["vae"], "spaces.mnist.vae.adopt[0]: is 'vae', must be models."),
    ("spaces/mnist/vae/adopt", ["models.vea"], "adopt[0]: no model 'vea' in params.yaml"),
    ("spaces/mnist/vae/adopt", ["models.gan"], "adopt[0]: gan is a gan, but vae a vae"),
    (
        "spaces/mnist/vae/adopt",
        ["models.vae.per_dataset.mnits"],
        "spaces.mnist.vae.adopt[0]: no data set 'mnits' in params.yaml",
    ),
    (
        "spaces/bimnist/vae-2/adopt",
        ["models.vae"],
        "spaces.bimnist.vae-2.adopt: models.vae takes the values of spaces.mnist.vae already",
    ),
    (
        "spaces/mnist/gan/recipes",
        [{"settings": {"latent": "many"}}],
        "spaces.mnist.gan.recipes[0].settings.latent: is 'many' (text), must be a whole number",
    ),
    (
        "spaces/mnist/gan/recipes",
        [{"settings": {"latnet": 100}}],
        "recipes[0].settings.latnet: has no list of values; did you mean 'latent'?",
    ),
    (
        "spaces/mnist/gan/recipes",
        [{"train": {"epochs": 100}}],
        "recipes[0].train.epochs: has no list of values; ",
    ),
    (
        "spaces/mnist/gan/recipes",
        [{"settings": {"latent": 100}}],
        "spaces.mnist.gan.recipes[0]: is trial 0 again",
    ),
    (
        "spaces/mnist/gan/recipes",
        [{"settings": {"latent": 50 + number}} for number in range(16)],
        "spaces.mnist.gan: has more recipes than its 16 trials leave room for",
    ),
    ("spaces/mnist/gan/recipes", [{}], "spaces.mnist.gan.recipes[0]: "),
    ("trials", 100, "spaces.bimnist.vae-2: has 48 combinations of values for 100 trials"),
    (
        "spaces/mnist/vae/settings/grey_likelihood",
        ["bernoulli", "gaussian"],
        "spaces.faces.vae.settings.grey_likelihood: missing, so that models.vae.per_dataset.faces",
    ),
]


@pytest.mark.parametrize(("path", "value", "message"), WRONG)
def test_a_mistake_is_named_with_its_place(config, asked, path, value, message):
    put(asked, path, value)
    found = space.problems(asked, resolve.resolved(config))
    assert len(found) == 1 and message in found[0], found


def test_a_wrong_search_file_is_an_error_that_names_it(config, tmp_path):
    path = tmp_path / "search.yaml"
    path.write_text("trials: 3\n")
    with pytest.raises(SettingsError, match=r"search\.yaml is not in order(.|\n)*spaces: missing"):
        search.load(config, path)


def test_a_number_that_yaml_takes_for_text_is_one_here_too(config, tmp_path):
    path = tmp_path / "search.yaml"
    path.write_text(search.PATH.read_text().replace("[0.001, 0.0005, 0.002]", "[1e-3, 5e-4]"))
    spaces = search.load(config, path)["spaces"]
    assert spaces["mnist"]["vae"]["settings"]["learning_rate"] == [0.001, 0.0005]


# ---- a trial


def images(test: np.ndarray) -> data.Dataset:
    """A little data set with the given test images."""
    draw = np.random.default_rng(0)
    train, valid = (draw.integers(0, 256, (n, 4), dtype=np.uint8) for n in (40, 20))
    return data.Dataset(train, valid, test.astype(np.uint8), (2, 2))


HOW = {
    "seed": 0,
    "labels": ("search", "toy", "vae"),
    "stop_on": "bound",
    "valid_images": 20,
    "epochs": 2,
    "batch": 10,
    "patience": 5,
}
SMALL = {"layers": 1, "hidden": 5, "latent": 2}


def test_the_test_images_change_nothing_in_a_trial():
    white = trials.run(images(np.full((30, 4), 255)), "vae", SMALL, **HOW)
    black = trials.run(images(np.zeros((1, 4))), "vae", SMALL, **HOW)
    assert white.equals(black)
    assert list(white) == training.COLUMNS


def test_training_in_a_trial_is_handed_no_test_image(monkeypatch):
    handed = []
    monkeypatch.setattr(
        trials.training, "train", lambda data, *_, **__: given(handed.append(data), history(1.0))
    )
    trials.run(images(np.full((30, 4), 7)), "vae", SMALL)
    assert handed[0].test.tolist() == [[0, 0, 0, 0]]
    assert not len(handed[0].test_labels)


@pytest.mark.parametrize("error", [Diverged, Failed])
def test_a_failed_trial_has_an_empty_history(monkeypatch, error):
    def fail(*_, **__):
        raise error("the loss is nan")

    monkeypatch.setattr(trials.training, "train", fail)
    history = trials.run(images(np.zeros((1, 4))), "vae", SMALL)
    assert history.empty
    assert tuning.outcome(history) == {"score": -math.inf, "epoch": 0}


def test_a_plugin_at_fault_is_no_failed_trial(monkeypatch):
    def fail(*_, **__):
        raise PluginFault("its step gives no loss")

    monkeypatch.setattr(trials.training, "train", fail)
    with pytest.raises(PluginFault, match="no loss"):
        trials.run(images(np.zeros((1, 4))), "vae", SMALL)


def test_a_family_without_epochs_cannot_be_searched(monkeypatch):
    nothing = pd.DataFrame(columns=training.COLUMNS)
    monkeypatch.setattr(trials.training, "train", lambda *_, **__: given(None, nothing))
    with pytest.raises(SettingsError, match=r"not trained in epochs.*out of workflow/search"):
        trials.run(images(np.zeros((1, 4))), "vae", SMALL)


def test_settings_that_cannot_be_tried_are_an_error():
    with pytest.raises(SettingsError, match="batch 50 exceeds"):
        trials.run(images(np.zeros((1, 4))), "vae", SMALL, **HOW | {"batch": 50})


# ---- the log


def history(*scores: float, stage: str = "vae") -> pd.DataFrame:
    """A history with these scores."""
    rows = [(stage, epoch, 0.0, score) for epoch, score in enumerate(scores, 1)]
    return pd.DataFrame(rows, columns=training.COLUMNS)


def given(model: object, found: pd.DataFrame) -> training.Trained:
    """What training gives, where nobody asks for its cost."""
    return training.Trained(model, found, None)


def log(*histories: pd.DataFrame, shares: list[float] | None = None) -> pd.DataFrame:
    """The log of some trials of VAE on MNIST; with shares, all numbers are of its first two."""
    shares = shares or [0.3] * len(histories)
    numbers = range(len(histories)) if len(set(shares)) == 1 else itertools.cycle((0, 1))
    drawn = [
        {
            "dataset": "mnist",
            "model": "vae",
            "trial": number,
            "settings": {"latent": number, "pixel_std": 0.5},
            "train": {"batch": 250},
            "budget": share,
        }
        for share, number in zip(shares, numbers, strict=False)
    ]
    return tuning.collect(drawn, histories)


def test_the_score_is_the_best_of_the_last_stage():
    stages = pd.concat([history(9, stage="autoencoder"), history(1, 3, 2, stage="generator")])
    assert tuning.outcome(stages) == {"score": 3.0, "epoch": 2}


def test_the_best_trial_is_chosen_and_of_equals_the_first():
    assert log(history(1), history(3), history(3)).chosen.tolist() == ["no", "yes", "no"]
    assert log(history(), history(-900)).chosen.tolist() == ["no", "yes"]
    assert log(history(), history()).chosen.tolist() == ["no", "no"]


def test_the_best_of_those_that_were_trained_longest_is_chosen():
    table = log(history(9), history(1), history(2), history(3), shares=[0.3, 0.3, 1.0, 1.0])
    assert table.chosen.tolist() == ["no", "no", "no", "yes"]


@pytest.mark.parametrize(
    "scores, kept",
    [
        ([1, 5, 3, 2], [12, 13]),
        ([1, 5, 3, 2, 4], [12, 13, 15]),
        ([2, 2, 2, 2], [11, 12]),
        ([7], [11]),
        ([None, 1, None, None], [12]),
        ([None, None, None], [11]),
    ],
)
def test_the_better_half_goes_on(scores, kept):
    histories = [history() if score is None else history(0, score) for score in scores]
    assert tuning.better_half(range(11, 11 + len(scores)), histories) == kept


def rows_of(table: pd.DataFrame) -> list[str]:
    """The rows of a log as text."""
    lines = tuning.render(table, Names()).splitlines()
    return [re.sub(" +", " ", line) for line in lines if line.startswith("|")][2:]


def test_the_log_of_a_race_as_text_compares_the_longest_trainings():
    table = log(history(1), history(9), history(4), history(3), shares=[0.3, 0.3, 1.0, 1.0])
    assert rows_of(table) == ["| mnist | vae | 2 | 0.3, 1.0 | 4.0 | 4.0 | |"]
    table = log(history(1), history(9), history(2), shares=[0.3, 0.3, 1.0])
    table.loc[2, "trial"], table.loc[2, "settings"]["latent"] = 1, 1
    assert rows_of(table) == ["| mnist | vae | 2 | 0.3, 1.0 | 1.0 at 0.3 | 2.0 | latent 1 |"]


def test_the_log_survives_its_file(tmp_path):
    table = log(history(1.25), history())
    tuning.write(table, tmp_path / "tuning.csv")
    assert tuning.read(tmp_path / "tuning.csv").equals(table)
    assert "mnist,vae,1" in (tmp_path / "tuning.csv").read_text()


def test_the_log_as_text_has_what_the_best_trial_changes_and_counts_failures():
    table = log(history(2, 1), history(), history(1, 4))
    assert rows_of(table) == ["| mnist | vae | 3, 1 failed | 0.3 | 2.0 | 4.0 | latent 2 |"]
    table = log(history(), history(1))
    assert rows_of(table) == ["| mnist | vae | 2, 1 failed | 0.3 | failed | 1.0 | latent 1 |"]
    assert rows_of(log(history(), history())) == [
        "| mnist | vae | 2, 2 failed | 0.3 | failed | | |"
    ]


def test_the_committed_log_is_that_of_search_yaml(config):
    table = tuning.read(adopt.LOG) if adopt.LOG.exists() else tuning.EMPTY
    drawn = {trial[:3]: trial for trial in search.trials(search.load(config))}
    for row in table.itertuples():
        trial = drawn.get((row.dataset, row.model, row.trial))
        assert trial is None or trial[3:] == (row.settings, row.train), "make tune"


def test_the_text_is_that_of_the_committed_log(config):
    shown = re.search(
        r"<!-- search -->\n(.*)<!-- end of search -->", (ROOT / "docs/tuning.md").read_text(), re.S
    )[1]
    names = Names.of(labels.labels(resolve.resolved(config)))
    log_exists = adopt.LOG.exists()
    expected = (
        tuning.render(tuning.read(adopt.LOG), names) if log_exists else "It has not been run yet.\n"
    )
    assert shown == expected, "make tune"


# ---- into params.yaml


def test_params_yaml_has_the_best_trials_values():
    assert adopt.differences() == [], "make adopt"


def test_finals_have_the_last_word(asked, monkeypatch, tmp_path):
    first, second, *_ = [trial for trial in search.trials(asked) if trial[:2] == ("mnist", "gae-2")]
    rows = [trial._asdict() | {"trial": trial.number, "budget": 0.3} for trial in (first, second)]
    histories = [
        pd.DataFrame({"stage": "gae", "epoch": [1], "score": [score]}) for score in (2.0, 1.0)
    ]
    tuning.write(tuning.collect(rows, histories), tmp_path / "tuning.csv")
    monkeypatch.setattr(adopt, "LOG", tmp_path / "tuning.csv")
    monkeypatch.setattr(finals, "LOG", tmp_path / "finals.csv")
    assert adopt.winners()["mnist", "gae-2"].settings == first.settings
    failed = [frame.iloc[:0] for frame in histories]
    tuning.write(tuning.collect(rows, failed), tmp_path / "tuning.csv")
    assert adopt.winners() == {}, "no trial came out"
    tuning.write(tuning.collect(rows, histories), tmp_path / "tuning.csv")
    (tmp_path / "finals.csv").write_text(
        "dataset,model,trial,epochs,epoch,score\nmnist,gae-2,0,9,9,5\nmnist,gae-2,1,9,9,6\n"
    )
    assert adopt.winners()["mnist", "gae-2"].settings == second.settings


def test_finals_are_trials_of_the_search(config):
    drawn = {trial[:3] for trial in search.trials(search.load(config))}
    assert {(row.dataset, row.model, row.trial) for row in finals.read().itertuples()} <= drawn


def winners(asked: dict, number: int) -> dict:
    """Every model's trial of one number, as if it were the best."""
    return {
        trial[:2]: adoption.Winner(trial.settings, trial.train)
        for trial in search.trials(asked)
        if trial.number == number
    }


@pytest.mark.parametrize("number", [0, 3])
def test_adopting_gives_every_place_its_winners_values_and_moves_no_trial(config, asked, number):
    best = winners(asked, number)
    text = (ROOT / "params.yaml").read_text()
    found = adoption.changes(config, asked, best)
    after = yaml.safe_load(adoption.apply(text, found))
    assert adoption.changes(after, asked, best) == []
    for aim in space.aims(asked):
        dataset = aim.place.dataset or aim.entry[0]
        entry = adoption.resolved(after, aim.place.model, dataset)
        assert best[aim.entry].settings.items() <= entry["settings"].items()
        assert best[aim.entry].train.items() <= entry["train"].items()
    for trial in search.trials(asked):
        settings = search.training(config, asked, trial, 0)
        assert search.training(after, asked, trial, 0) == settings, "the log stays valid"


def test_adopting_touches_nothing_else(config, asked):
    text = (ROOT / "params.yaml").read_text()
    found = adoption.changes(config, asked, winners(asked, 3))
    after = adoption.apply(text, found)
    comments = re.compile(r"#.*")
    assert comments.findall(after) == comments.findall(text)
    wanted = copy.deepcopy(config)
    for change in found:
        put(wanted, "/".join(change.path), change.after)
    assert yaml.safe_load(after) == wanted
    assert {change.path[0] for change in found} == {"models"}


def test_an_entry_without_a_winner_is_left_alone(config, asked):
    best = {("faces", "aae"): winners(asked, 2)["faces", "aae"]}
    found = adoption.changes(config, asked, best)
    assert {change.path[:4] for change in found} == {("models", "aae", "per_dataset", "faces")}


def test_a_place_that_another_entry_overrides_is_named(config, asked):
    put(config, "models/vae/per_dataset/mnist/settings/latent", 99)
    with pytest.raises(SettingsError, match=r"models\.vae\.settings\.latent has no effect on mnis"):
        adoption.changes(config, asked, winners(asked, 0))


TEXT = """\
models:
  vae:
    family: vae  # a comment
    train:
      batch: 250     # another
    per_dataset:
      faces:
        settings:
          latent: 3

# Behind the models.
samples: 1
"""


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        ("vae/train/batch", 20, "batch: 250     #", "batch: 20      #"),
        ("vae/train/decay", "none", "# another\n", "# another\n      decay: none\n"),
        (
            "vae/settings/latent",
            4,
            "family: vae  # a comment\n",
            "family: vae  # a comment\n    settings:\n      latent: 4\n",
        ),
        (
            "vae/per_dataset/faces/train/batch",
            5,
            "          latent: 3\n",
            "          latent: 3\n        train:\n          batch: 5\n",
        ),
        (
            "vae/per_dataset/mnist/settings/narrow_proposal",
            True,
            "          latent: 3\n",
            "          latent: 3\n"
            "      mnist:\n        settings:\n          narrow_proposal: true\n",
        ),
        ("vae/per_dataset/faces/settings/latent", 0.00001, "latent: 3", "latent: 1.0e-05"),
    ],
)
def test_a_value_is_put_where_it_belongs(path, value, old, new):
    after = edit.put(TEXT, ("models", *path.split("/")), value)
    assert after == TEXT.replace(old, new)
    expected = yaml.safe_load(TEXT)
    put(expected, f"models/{path}", value)
    assert yaml.safe_load(after) == expected


def test_a_value_behind_no_mapping_is_an_error():
    with pytest.raises(SettingsError, match="samples must be a mapping"):
        edit.put(TEXT, ("samples", "more"), 1)


def test_a_file_that_ends_without_a_newline_gets_one():
    text = TEXT[: TEXT.index("\n\n# Behind")]
    after = edit.put(text, ("models", "vae", "per_dataset", "faces", "settings", "layers"), 2)
    assert after == text + "\n          layers: 2\n"


def test_a_value_among_aliases_is_not_set():
    with pytest.raises(SettingsError, match=r"anchors \(&name\)"):
        edit.put("a: &x {b: 1}\nc: *x\n", ("a", "b"), 2)


def test_the_command_writes_and_then_finds_nothing(tmp_path, monkeypatch, capsys, asked):
    params = tmp_path / "params.yaml"
    params.write_text((ROOT / "params.yaml").read_text())
    monkeypatch.setattr(adopt, "PARAMS", params)
    monkeypatch.setattr(adopt, "LOG", tmp_path / "tuning.csv")
    found = [trial for trial in search.trials(asked) if trial[:2] == ("mnist", "gan")]
    rows = [
        trial._asdict() | {"trial": trial.number, "budget": 0.3, "number": None} for trial in found
    ]
    table = tuning.collect(rows, [history(-trial.number) for trial in found])
    tuning.write(table, tmp_path / "tuning.csv")
    monkeypatch.setattr("sys.argv", ["adopt.py"])
    adopt.main()
    assert re.search(
        r"models\.gan\.settings\.\w+: .* -> .*\n(.|\n)*make adopt", capsys.readouterr()[0]
    )
    assert params.read_text() == (ROOT / "params.yaml").read_text()
    monkeypatch.setattr("sys.argv", ["adopt.py", "--write"])
    adopt.main()
    assert adopt.differences() == []


# ---- the real thing

TINY = """\
trials: 3
budget: {mnist: [1, 2, 3]}
seed: 0
spaces:
  mnist:
    vae-1:
      adopt: [models.vae-1]
      settings:
        latent: [2, 3, 4]
"""


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory, mnist_raw: Path) -> Project:
    """A project after `snakemake search`."""
    project = Project.create(tmp_path_factory.mktemp("searched") / "project", mnist_raw)
    (project.folder / "workflow/search.yaml").write_text(TINY)
    project.run("snakemake", "search")
    return project


@pytest.mark.pipeline
def test_a_search_leaves_its_log_and_garbage_in_place_of_the_test_images_changes_no_bit(searched):
    log = searched.folder / "docs/tuning.csv"
    first = log.read_bytes()
    table = tuning.read(log)
    assert table.budget.tolist() == [1, 1, 1, 2, 2, 3], "of three two go on, and then one"
    assert table.chosen.tolist() == ["no"] * 5 + ["yes"]
    best = table[table.budget == 1].sort_values("score").trial.tolist()
    assert set(table[table.budget == 2].trial) == set(best[1:])
    assert "what the best changes" in (searched.folder / "results/search/tuning.md").read_text()
    assert not searched.due("search")
    garble_test_images(searched.folder / "data/processed/mnist.npz")
    output = searched.run("snakemake", "search")
    ran = sorted(rule for rule, _ in RAN.findall(output))
    assert ran == ["race", "rung", "rung", "search", *["trial"] * 6, "tuning"]
    assert log.read_bytes() == first


def garble_test_images(path: Path) -> None:
    """Put noise in place of the test images of a data set, whose identity vouches for it."""
    made, arrays = record.read(path), dict(np.load(path))
    noise = np.random.default_rng(0).integers(0, 256, (3, 784), dtype=np.uint8)
    np.savez(path, **arrays | {"test": noise, "test_labels": arrays["test_labels"][:3]})
    content = {"bytes": path.stat().st_size, "sha256": record.content_hash(path)}
    record.write(replace(made, **content), path.parents[2])


@pytest.mark.pipeline
def test_a_stale_search_stands_in_the_way_of_nothing_else(searched):
    """As after an interrupted search, and after one whose trials are no more."""
    folder = searched.folder / "results/search/mnist/vae-1"
    gone = (folder / "0/99.csv").relative_to(searched.folder).as_posix()
    of = {"dataset": "mnist", "model": "vae-1", "rung": "0", "trial": "99"}
    (searched.folder / gone).write_bytes(b"of a trial that is no more")
    content = {"bytes": 26, "sha256": record.content_hash(searched.folder / gone)}
    trial = Identity(gone, **content, rule="trial", wildcards=of, params={}, inputs={})
    record.write(trial, searched.folder)
    for path, source in (
        (folder / "trials.csv", gone),
        (searched.folder / "docs/tuning.csv", "results/search/mnist/vae-1/trials.csv"),
    ):
        made = record.read(path)
        record.write(replace(made, inputs=made.inputs | {source: "another"}), searched.folder)
    searched.run("snakemake", "-n", "data")


@pytest.mark.pipeline
def test_trials_are_due_as_trainings_are_and_nothing_else_asks_for_them(searched):
    searched.edit(lambda config: config["models"]["vae-1"]["settings"].update(hidden=9))
    assert {rule for rule, _ in searched.due("search")} >= {"trial", "rung"}
    (searched.folder / "workflow/search.yaml").write_text("trials: 0\n")
    assert "trials: is 0, must be at least 1" in searched.run("snakemake", "-n", "search", status=1)
    assert not {rule for rule, _ in searched.due()} & {"trial", "rung", "race", "tuning"}
