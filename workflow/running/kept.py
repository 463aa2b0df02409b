"""Keeping files through a run: a job that fails, or is killed, must not take a good one with it.

Snakemake removes a job's files before the job starts, and if it fails. So when a run starts, every
file gets a second name beside its own (a hard link, which takes no space); when it is over, the
files of jobs that were not done get their own name back, and Snakemake its record of how they were
made. What was stale before is stale again, and what was up to date is so again.
"""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from running.state import FOLDER, OURS, RECORDS, UNDONE, place

NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK}
"""What file systems answer that have no hard links, or none of a file: another user's, say."""
COPIES = FOLDER / "kept"
"""Our copies of Snakemake's records."""
SUFFIX = ".kept"
PASSING = ("logs", "checkpoints")
"""Folders of what no job takes away, or everybody may lose."""


def keep(folders: Iterable[str | Path], besides: str | Path) -> None:
    """Give the files of some folders a second name, and copy their records.

    Parameters
    ----------
    folders
        Where jobs write.
    besides
        A file that goes if its job fails.

    Raises
    ------
    OSError
        If a folder cannot be written; not where the file system has no hard links.
    """
    COPIES.mkdir(parents=True, exist_ok=True)
    found = [path for folder in folders for path in _files(Path(folder))]
    for path in (path for path in found if path != Path(besides)):
        record = place(RECORDS, path)
        if _linked(path) and record.is_file():
            copy = place(COPIES, path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(record.read_bytes())


def settle(folders: Iterable[str | Path]) -> list[Path]:
    """Put back what jobs that were not done took away, and drop the second names.

    Returns
    -------
    list of Path
        The files that were put back.
    """
    back = []
    for folder in folders:
        for second in Path(folder).rglob(f".*{SUFFIX}"):
            path = second.with_name(second.name.removeprefix(".").removesuffix(SUFFIX))
            if _taken(path):
                if not (path.exists() and path.samefile(second)):
                    back.append(path)
                _put_back(path)
            second.unlink(missing_ok=True)
    if COPIES.exists():
        shutil.rmtree(COPIES)
    return sorted(back)


def _taken(path: Path) -> bool:
    """Whether a job that was not done had a file: it was begun, or it is recorded and left none."""
    record, copy = place(RECORDS, path), place(COPIES, path)
    failed = not path.exists() and _content(record) != _content(copy)
    return failed or _content(place(UNDONE, path)) not in (None, OURS.encode())


def _put_back(path: Path) -> None:
    """Give a file its name and its record back; killed in between, it counts as not done."""
    record, copy, mark = (place(folder, path) for folder in (RECORDS, COPIES, UNDONE))
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text('{"external_jobid": null}', encoding="utf-8")
    os.replace(_second(path), path)
    record.unlink(missing_ok=True)
    if copy.is_file():
        os.replace(copy, record)
    mark.unlink()


def _files(folder: Path) -> Iterator[Path]:
    """Files that jobs may have made, without those of temporary names."""
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in PASSING]
        yield from (Path(root, name) for name in files if not name.startswith("."))


def _linked(path: Path) -> bool:
    """Give a file its second name; not if another run did, or the file can have none."""
    try:
        os.link(path, _second(path))
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in NO_LINKS and os.access(path.parent, os.W_OK):
            return False
        raise
    return True


def _second(path: Path) -> Path:
    return path.with_name(f".{path.name}{SUFFIX}")


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
