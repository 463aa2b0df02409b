"""What is asked of git."""

import subprocess
from pathlib import Path

from gaebench.errors import GaebenchError


def asked(root: Path, *arguments: str) -> str | None:
    """What git says in a folder, or None where it refuses.

    Raises
    ------
    GaebenchError
        If there is no git.
    """
    try:
        done = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True)
    except FileNotFoundError as error:
        raise GaebenchError("git is needed to read a commit, and is not installed") from error
    return done.stdout if done.returncode == 0 else None


def commit(root: Path, name: str) -> str | None:
    """The hash of the commit that a name stands for: a hash, a branch, a tag, ``HEAD~1``."""
    if name.startswith("-"):
        return None
    found = asked(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
    )
    return found.strip() if found else None


def file(root: Path, revision: str, path: str) -> str | None:
    """A file of the project's folder as it was in a commit; None if it had none."""
    return asked(root, "show", f"{revision}:./{path}")


def stat(root: Path, before: str, after: str | None, folders: tuple[str, ...]) -> list[str]:
    """Files in some folders that differ, one line each; those of the working tree by default."""
    between = [before] if after is None else [before, after]
    found = asked(root, "diff", "--stat=78", "--relative", *between, "--", *folders) or ""
    new = "" if after else asked(root, "ls-files", "--others", "--exclude-standard", *folders) or ""
    return [*found.splitlines(), *(f" {path} (not in git)" for path in new.splitlines())]
