"""Files that are not what was made are made anew: how Snakemake is told, before it plans its jobs.

They get the mark that Snakemake gives to the outputs of killed jobs. It makes these anew where its
targets need them, shows so with ``snakemake -n``, and no file is deleted until its job runs.
"""

import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace

from running import state
from snakemake.exceptions import WorkflowError

from gaebench.errors import GaebenchError, counted
from gaebench.identity import job, record, tree
from gaebench.identity.record import Identity
from gaebench.identity.tree import Finding

SHOWN = 8

Made = Callable[[str], Mapping[str, object]]
"""Rule -> its params: values, or functions of wildcards."""


def mark(
    results: str,
    made: Made,
    configfiles: Iterable[str | Path] = (),
    given: Iterable[str] | None = (),
) -> None:
    """Mark what is to be made anew, and say what and why.

    Parameters
    ----------
    results
        The folder of the results, in the working directory.
    made
        How rules make files now.
    configfiles
        Those of the command line, for the command that is told.
    given
        The parameters there, ``key=value``.

    Raises
    ------
    GaebenchError
        If Snakemake's folder cannot be written, or what was made cannot be looked at
        or is a link to nothing.
    """
    _refuse_links_to_nothing(results)
    found = tree.changed(Path(), results)
    _unmark()
    files = [finding.file for finding in found] + _foreign(found, made)
    for file in dict.fromkeys(files):
        _mark(file)
    _say(found, _command(configfiles, given or ()))


def _refuse_links_to_nothing(results: str) -> None:
    """Such as a purged cache of DVC's leaves: Snakemake would stop at them, and blame others."""
    links = (path for path in Path(results).rglob("*") if path.is_symlink())
    if gone := sorted(path for path in links if not path.exists()):
        others = f", and {counted(len(gone) - 1, 'other')}" if gone[1:] else ""
        raise GaebenchError(
            f"{gone[0]} is a link to {gone[0].readlink()}, which is not there{others}. "
            "dvc checkout brings it back where DVC's cache has it; else delete the link "
            "(find . -xtype l names all such)"
        )


def _mark(file: str) -> None:
    place = state.place(state.UNDONE, file)
    try:
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(state.OURS, encoding="utf-8")
    except OSError as error:
        raise GaebenchError(
            f"{file} is to be made anew, but {place.parent} cannot be written: {error.strerror}. "
            "Free some space or check the permissions, then run again."
        ) from error


def _unmark() -> None:
    """Take away earlier marks of ours."""
    for place in state.UNDONE.rglob("*"):
        if place.is_file() and place.read_text(encoding="utf-8") == state.OURS:
            place.unlink()


def _foreign(found: Iterable[Finding], made: Made) -> list[str]:
    """Files that others were not made of, and that today's settings and code do not make."""
    inputs = dict.fromkeys(file for finding in found for file in finding.inputs)
    return [file for file in inputs if _is_foreign(record.read(file), made)]


def _is_foreign(identity: Identity, made: Made) -> bool:
    if identity.rule == "figure":
        return True  # what it depends on is not known before the jobs are planned; it costs little
    wildcards = SimpleNamespace(**identity.wildcards)
    try:
        params = made(identity.rule)
        now = {name: give(wildcards) if callable(give) else give for name, give in params.items()}
    except (AttributeError, LookupError, GaebenchError, WorkflowError):
        return False  # no rule, model, data set or trial of that name any more
    return job.normal(now) != identity.params


def _command(configfiles: Iterable[str | Path], given: Iterable[str]) -> str:
    """What makes files anew, less the files."""
    options = {
        "--configfile": [record.named(path) for path in configfiles],
        "--config": list(given),
    }
    parts = [part for name, values in options.items() if values for part in (name, *values)]
    return shlex.join(["snakemake", *parts, "--"]) if parts else "snakemake"


def _say(found: Iterable[Finding], command: str) -> None:
    """Tell of what changed, file by file, and of what has no identity in one line."""
    changed, unknown = [], []
    for finding in found:
        (changed if record.place(finding.file).exists() else unknown).append(finding)
    lines = [finding.problem for finding in changed[:SHOWN]]
    if len(changed) > SHOWN:
        lines.append(f"... and {counted(len(changed) - SHOWN, 'more file')}: make verify")
    if changed:
        files = " ".join(finding.file for finding in changed[:SHOWN])
        lines.append(f"To make these anew and nothing else, first: {command} {files}")
    if unknown:
        which = f"{counted(len(unknown), 'file')} without identity, {unknown[0].file} the first"
        lines.append(f"{which}: of an older version, or put there; made anew. All: make verify")
    print(*lines, sep="\n", end="\n" * bool(lines), file=sys.stderr)
