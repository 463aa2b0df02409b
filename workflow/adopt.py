"""Compare params.yaml with the best trials of the search; with --write, set their values.

The best are those of docs/finals.csv or, of models without finals, of docs/tuning.csv.

python workflow/adopt.py [--write]
"""

import argparse
import sys
from pathlib import Path

import finals
from params import adoption, reading, search

from gaebench.errors import GaebenchError, counted
from gaebench.files import write_text
from gaebench.search import tuning

ROOT = Path(__file__).parents[1]
PARAMS = ROOT / "params.yaml"
LOG = ROOT / "docs" / "tuning.csv"


def main() -> None:
    """Print what differs, and set it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="set the values in params.yaml")
    write = parser.parse_args().write
    try:
        found = differences()
        if write:
            write_text(PARAMS, adoption.apply(PARAMS.read_text(encoding="utf-8"), found))
    except GaebenchError as error:
        sys.exit(f"error: {error}")
    print(*found, sep="\n")
    print(summary(len(found), write))


def differences() -> list[adoption.Change]:
    """What differs between params.yaml and the best trials of the log, if there is one."""
    config = reading.read(PARAMS)
    return adoption.changes(config, search.load(config), winners())


def winners() -> dict[tuple[str, str], adoption.Winner]:
    """The best trials of the logs by data set and model."""
    table, final = tuning.read(LOG) if LOG.exists() else tuning.EMPTY, finals.best()
    chosen = {
        (row.dataset, row.model): row.trial for row in table.itertuples() if row.chosen == "yes"
    }
    best = chosen | final
    return {
        (row.dataset, row.model): adoption.Winner(row.settings, row.train)
        for row in table.itertuples()
        if best.get((row.dataset, row.model)) == row.trial
    }


def summary(count: int, written: bool) -> str:
    """One line on what was found or done."""
    if not LOG.exists():
        return "There is no docs/tuning.csv yet: make tune"
    if not count:
        return "params.yaml has the best trials' values."
    values = counted(count, "value")
    return f"{values} set in params.yaml." if written else f"{values}: make adopt"


if __name__ == "__main__":
    main()
