"""The log of a search for settings: a tidy table of its trials, and that table as text."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd
from tabulate import tabulate

from gaebench.files import write_text
from gaebench.identity import record
from gaebench.report.histories import of_last_stage
from gaebench.report.names import Names

COLUMNS = ["dataset", "model", "trial", "settings", "train", "budget", "score", "epoch", "chosen"]
DECIMALS = 4
COST = ["dataset", "model", "trials", "failed", "trainings"]
EMPTY = pd.DataFrame(columns=COLUMNS)
INTRODUCTION = (
    "Each trial has one seed, and is trained for a share of the model's own epochs; where there "
    "are several, the better half of the trials goes on to the next one. Trial 0 has the "
    "settings from before the search; recipes come next, where "
    "[`workflow/search.yaml`](../workflow/search.yaml) has some; the others drew from its lists. "
    "Scores are nats on validation images, those that pick the epoch in training; no test image is "
    "read. The best trial is in bold; one that failed diverged, or its images could not be scored. "
    "All trials, in their order: [`tuning.csv`](tuning.csv)."
)
NO_FINALS = pd.DataFrame(columns=["dataset", "model", "trial", "epochs", "epoch", "score"])
"""Of trials that were trained again, for longer."""


def collect(trials: Iterable[Mapping], histories: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """One row per training of a trial.

    Parameters
    ----------
    trials
        Each with dataset, model, trial, budget, and the drawn values under settings and train.
    histories
        Of the trials, in their order, with the columns stage, epoch, score; empty ones failed.

    Returns
    -------
    DataFrame
        The columns ``COLUMNS``. The score in nats is the best of the last stage, -inf of a trial
        that failed. Of each model the best of those that were trained longest is chosen, of equal
        ones the first.
    """
    rows = [
        dict(trial) | outcome(history) for trial, history in zip(trials, histories, strict=True)
    ]
    table = pd.DataFrame(rows)
    models = table.groupby(["dataset", "model"], sort=False)
    longest = table[table["budget"] == models["budget"].transform("max")]
    best = longest.groupby(["dataset", "model"], sort=False)["score"].transform("max")
    winning = longest[(longest.score == best) & (best > -math.inf)]
    first = winning.drop_duplicates(["dataset", "model"]).index
    table["chosen"] = ["yes" if row in first else "no" for row in table.index]
    return table[COLUMNS]


def better_half(numbers: Sequence[int], histories: Iterable[pd.DataFrame]) -> list[int]:
    """Which trials go on to the next rung: half of them, rounded up, those with the best scores.

    Of equal scores the first goes on. A trial that failed does not, unless all did.
    """
    scores = [outcome(history)["score"] for history in histories]
    order = sorted(range(len(numbers)), key=lambda place: -scores[place])
    kept = [place for place in order[: -(-len(order) // 2)] if scores[place] > -math.inf]
    return sorted(numbers[place] for place in kept or order[:1])


def outcome(history: pd.DataFrame) -> dict:
    """Best score of the last stage and its epoch: those of the state that training leaves."""
    if not len(history):
        return {"score": -math.inf, "epoch": 0}
    last = of_last_stage(history)
    best = last.loc[last.score.idxmax()]
    return {"score": round(float(best.score), DECIMALS), "epoch": int(best.epoch)}


def cost(trials: pd.DataFrame, finals: pd.DataFrame, asked: Iterable[Mapping]) -> pd.DataFrame:
    """The cost of the search, in full trainings.

    Parameters
    ----------
    trials
        As `read` gives them: ``budget`` is the share of a full training.
    finals
        Columns dataset, model, and epochs of trials that were trained again.
    asked
        Each with ``dataset``, ``model`` and ``epochs`` of a full training; others are left out.

    Returns
    -------
    DataFrame
        Columns dataset, model, trials, failed, trainings.
    """
    lengths = {(entry["dataset"], entry["model"]): entry["epochs"] for entry in asked}
    rows = []
    for key, found in trials.groupby(["dataset", "model"], sort=False):
        if key in lengths:
            again = finals[(finals["dataset"] == key[0]) & (finals["model"] == key[1])]["epochs"]
            trainings = found["budget"].sum() + again.sum() / lengths[key]
            failed = int((found["score"] == -math.inf).sum())
            rows.append((*key, found["trial"].nunique(), failed, trainings))
    return pd.DataFrame(rows, columns=COST)


def write(table: pd.DataFrame, path: str | Path) -> None:
    """Write the log as CSV, the drawn values as JSON."""
    texts = {part: table[part].map(json.dumps) for part in ("settings", "train")}
    write_text(path, table.assign(**texts).to_csv(index=False, lineterminator="\n"))


def read(path: str | Path) -> pd.DataFrame:
    """Read a log written by :func:`write`; DataError if it is not what its identity says."""
    record.refuse(path)
    table = pd.read_csv(path)
    return table.assign(**{part: table[part].map(json.loads) for part in ("settings", "train")})


def render(table: pd.DataFrame, names: Names) -> str:
    """The log as Markdown: a table per data set and model, the best trial first and in bold."""
    sections = [INTRODUCTION, _extent(table, names)]
    for dataset, of_dataset in table.groupby("dataset", sort=False):
        sections.append(f"### {names.dataset(dataset).text}")
        for model, trials in of_dataset.groupby("model", sort=False):
            sections.append(f"{names.model(model).text} (`{model}`):\n\n{_markdown(trials)}")
    return "\n\n".join(sections) + "\n"


def _extent(table: pd.DataFrame, names: Names) -> str:
    """How many trials each model had, and which shares of its own epochs."""
    rows = [
        (
            names.dataset(dataset).text,
            names.model(model).text,
            found["trial"].nunique(),
            ", ".join(map(str, found["budget"].unique())),
        )
        for (dataset, model), found in table.groupby(["dataset", "model"], sort=False)
    ]
    headers = ["data set", "model", "trials", "shares of its epochs"]
    align = ("left", "left", "right", "left")
    return tabulate(rows, headers, tablefmt="pipe", colalign=align, disable_numparse=True)


def _markdown(table: pd.DataFrame) -> str:
    """The longest training of each trial, with a column for what they differ in."""
    longest = table.loc[table.groupby("trial")["budget"].idxmax()]
    trials = longest.sort_values(["budget", "score"], ascending=False)
    drawn = [row.settings | row.train | {"share": row.budget} for row in trials.itertuples()]
    first = table.iloc[0]
    keys = [
        key
        for key in (*first.settings, *first.train, "share")
        if len({values[key] for values in drawn}) > 1
    ]
    rows = [
        _row(trial, [values[key] for key in keys])
        for trial, values in zip(trials.itertuples(), drawn, strict=True)
    ]
    headers = ["trial", *keys, "epoch", "score"]
    align = ["right"] * len(headers)
    return tabulate(rows, headers, tablefmt="pipe", colalign=align, disable_numparse=True)


def _row(trial: tuple, values: list) -> list[str]:
    failed = trial.score == -math.inf
    score = "failed" if failed else f"{trial.score:.1f}"
    cells = [trial.trial, *map(_text, values), "" if failed else trial.epoch, score]
    return [f"**{cell}**" if trial.chosen == "yes" else str(cell) for cell in cells]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
