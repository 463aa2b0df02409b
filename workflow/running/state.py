"""Where Snakemake keeps what it knows of a file."""

from base64 import urlsafe_b64encode
from pathlib import Path

FOLDER = Path(".snakemake")
RECORDS, UNDONE = FOLDER / "metadata", FOLDER / "incomplete"
"""Its records of files; its marks on files of jobs that were begun."""
OURS = '{"external_jobid": null, "gaebench": true}'
"""What our own marks say, on files that are to be made anew: a job that begins writes over it."""
LONGEST = 254
"""Characters of one part of a place."""


def place(folder: Path, file: str | Path) -> Path:
    """The place of a file in such a folder: its name in base64, in parts if that is long."""
    name = urlsafe_b64encode(Path(file).as_posix().encode()).decode()
    parts = [name[start : start + LONGEST] for start in range(0, len(name), LONGEST)]
    return folder.joinpath(*(f"@{part}" for part in parts[:-1]), parts[-1])
