"""Whether every run came out."""

from collections.abc import Iterable
from pathlib import Path

from gaebench import failures
from gaebench.errors import GaebenchError, counted


def require(paths: Iterable[str]) -> None:
    """Raise an error that names the runs that failed, each with its reason.

    Parameters
    ----------
    paths
        Files of runs, ``.../DATASET/MODEL/SEED/NAME``.
    """
    failed: dict[str, str] = {}
    for path in paths:
        if why := failures.reason(path):
            failed.setdefault("/".join(Path(path).parts[-4:-1]), why)
    if failed:
        lines = "\n".join(f"  {run}: {why}" for run, why in failed.items())
        raise GaebenchError(
            f"{counted(len(failed), 'run')} failed; the tables say so, all other numbers are "
            f"there:\n{lines}\n"
            "Change their settings in params.yaml or in the file laid over it, or take them out of "
            "the tables, and run again."
        )
