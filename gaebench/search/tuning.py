"""The log of a search for settings: a tidy table of its trials, and that table as text."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd
from tabulate import tabulate

from gaebench.errors import DataError
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
    "Scores are nats on validation images, those that pick the epoch in training, of a trial's "
    "longest training; no test image is read. One that failed diverged, or its images could not be "
    "scored. Every trial: [`tuning.csv`](tuning.csv)."
)
HEADERS = {
    "data set": "left",
    "model": "left",
    "trials": "right",
    "shares": "left",
    "trial 0": "right",
    "best": "right",
    "what the best changes": "left",
}
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
            failed = found.loc[found["score"] == -math.inf, "trial"].nunique()
            rows.append((*key, found["trial"].nunique(), failed, trainings))
    return pd.DataFrame(rows, columns=COST)


def write(table: pd.DataFrame, path: str | Path) -> None:
    """Write the log as CSV, the drawn values as JSON."""
    texts = {part: table[part].map(json.dumps) for part in ("settings", "train")}
    write_text(path, table.assign(**texts).to_csv(index=False, lineterminator="\n"))


def read(path: str | Path) -> pd.DataFrame:
    """Read a log written by :func:`write`; DataError if it is not what its identity says."""
    record.refuse(path)
    try:
        table = pd.read_csv(path)[COLUMNS]
        return table.assign(**{part: table[part].map(json.loads) for part in ("settings", "train")})
    except (ValueError, KeyError, TypeError) as error:
        wrong = f"{path} is no log of a search ({error})"
        raise DataError(f"{wrong}: take it from git, or make it anew by make tune") from error


def render(table: pd.DataFrame, names: Names) -> str:
    """The log as Markdown: a row per data set and model, with what its best trial changes."""
    rows = [
        [names.dataset(dataset).text, names.model(model).text, *_summary(trials)]
        for (dataset, model), trials in table.groupby(["dataset", "model"], sort=False)
    ]
    how = {"tablefmt": "pipe", "colalign": list(HEADERS.values()), "disable_numparse": True}
    return f"{INTRODUCTION}\n\n{tabulate(rows, list(HEADERS), **how)}\n"


def _summary(trials: pd.DataFrame) -> list[str]:
    """Cells of one model: how many trials and shares, the first trial's score, and the best's."""
    longest = trials.loc[trials.groupby("trial")["budget"].idxmax()]
    failed = int((longest["score"] == -math.inf).sum())
    count = f"{len(longest)}, {failed} failed" if failed else str(len(longest))
    shares = ", ".join(map(str, sorted(trials["budget"].unique())))
    first = longest[longest["trial"] == 0].iloc[0]
    chosen = trials[trials["chosen"] == "yes"]
    best = chosen.iloc[0] if len(chosen) else None
    at = f" at {first.budget}" if first.budget < trials["budget"].max() else ""
    ends = ["", ""] if best is None else [_score(best), _changes(first, best)]
    return [count, shares, f"{_score(first)}{at}", *ends]


def _score(trial: pd.Series) -> str:
    return "failed" if trial.score == -math.inf else f"{trial.score:.1f}"


def _changes(first: pd.Series, best: pd.Series) -> str:
    """The values of the best trial that are not the first one's."""
    before, after = (trial.settings | trial.train for trial in (first, best))
    return ", ".join(f"{key} {_text(after[key])}" for key in after if after[key] != before[key])


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
