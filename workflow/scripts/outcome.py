"""Say whether every run came out; end with an error that names those that failed."""

from pathlib import Path

from gaebench import failures, files, jobs
from gaebench.errors import GaebenchError, counted
from gaebench.identity.job import Job

with jobs.running(snakemake.log[0], "outcome", job=Job.of(snakemake)):
    reasons = {path: failures.reason(path) for path in snakemake.input.runs}
    failed: dict[str, str] = {}
    for path, why in reasons.items():
        if why:
            failed.setdefault("/".join(Path(path).parts[-4:-1]), why)
    if failed:
        lines = "\n".join(f"  {run}: {why}" for run, why in failed.items())
        raise GaebenchError(
            f"{counted(len(failed), 'run')} failed; the tables say so, all other numbers are "
            f"there:\n{lines}\n"
            "Change their settings in params.yaml, or take them out of the tables, and run again."
        )
    for folder in ("figures", "vector"):  # outputs of DVC, where no figure is asked for too
        Path(snakemake.output.outcome).with_name(folder).mkdir(exist_ok=True)
    files.write_text(snakemake.output.outcome, "Every run came out.\n")
