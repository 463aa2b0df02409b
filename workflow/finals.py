"""Train one trial of the search for as long as a full run, and add its score to docs/finals.csv.

python workflow/finals.py DATASET MODEL TRIAL EPOCHS

For the best trials of a model that lie close together: short trials favour what learns fast. Where
docs/finals.csv has trials of a model, the best of those is adopted.
"""

import argparse
import logging
import sys
from pathlib import Path

import pandas as pd
from params import reading, search

from gaebench import data, jobs
from gaebench.errors import GaebenchError, SettingsError
from gaebench.files import write_text
from gaebench.search import trials, tuning

ROOT = Path(__file__).parents[1]
LOG = ROOT / "docs" / "finals.csv"


def main() -> None:
    """Train, and add a row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, kind in {"dataset": str, "model": str, "trial": int, "epochs": int}.items():
        parser.add_argument(name, type=kind)
    given = vars(parser.parse_args())
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        row = given | tuning.outcome(history(**given))
    except GaebenchError as error:
        sys.exit(f"error: {error}")
    table = pd.concat([read(), pd.DataFrame([row])])[list(tuning.NO_FINALS)]
    write_text(LOG, table.to_csv(index=False, lineterminator="\n"))


def history(dataset: str, model: str, trial: int, epochs: int) -> pd.DataFrame:
    """The history of a trial's training for so many epochs, columns stage, epoch, loss, score."""
    config = reading.read(ROOT / "params.yaml")
    settings = search.load(config)
    drawn = {(t.dataset, t.model, t.number): t for t in search.trials(settings)}
    if (dataset, model, trial) not in drawn:
        raise SettingsError(f"workflow/search.yaml has no trial {trial} of {model} on {dataset}")
    entry = search.training(config, settings, drawn[dataset, model, trial], rung=0)
    how = entry["train"] | {"epochs": epochs, "patience": epochs, "budget": 1.0}
    return trials.run(
        data.load(ROOT / f"data/processed/{dataset}.npz"),
        entry["family"],
        entry["settings"],
        seed=entry["seed"],
        labels=("final", dataset, entry["family"]),
        device=jobs.use_torch(config["device"], tf32=config["tf32"]),
        **how,
    )


def read() -> pd.DataFrame:
    """The rows there are."""
    return pd.read_csv(LOG) if LOG.exists() else tuning.NO_FINALS


def best() -> dict[tuple[str, str], int]:
    """The trial with the best score, by data set and model."""
    rows = read().sort_values("score").itertuples()
    return {(row.dataset, row.model): row.trial for row in rows}


if __name__ == "__main__":
    main()
