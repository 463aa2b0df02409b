"""What is asked of git: that it has no such thing is told from that it failed."""

import subprocess
from pathlib import Path

from gaebench.errors import GaebenchError

PLAIN = ("--no-color", "--no-ext-diff", "--no-textconv")
"""For a difference that does not depend on the user's settings."""
REMEDY = "Where an object is lacking or damaged, git fetch brings it and git fsck names it"


class GitFailed(GaebenchError):
    """Git could not answer: the message has its words."""


def asked(root: Path, *arguments: str) -> bytes:
    """What git says in a folder.

    Raises
    ------
    GaebenchError
        If there is no git.
    GitFailed
        If it fails.
    """
    done = _run(root, *arguments)
    if done.returncode:
        raise GitFailed(_words(done))
    return done.stdout


def commit(root: Path, name: str) -> str | None:
    """The hash of the commit that a name stands for: a hash, a branch, a tag, ``HEAD~1``.

    None if git finds none of that name.

    Raises
    ------
    GitFailed
        If it cannot say, or the commit is not there.
    """
    if name.startswith("-"):
        return None
    verify = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    done = _run(root, *verify, f"{name}^{{commit}}")
    if done.returncode == 0:
        return done.stdout.decode().strip()
    if done.returncode == 1 and _run(root, *verify, name).returncode:
        return None
    if not done.stderr.strip():
        asked(root, "rev-parse", "--verify", "--end-of-options", name)
    raise GitFailed(_words(done) if done.stderr.strip() else f"its commit is not here. {REMEDY}")


def is_shallow(root: Path) -> bool:
    """Whether a clone lacks older commits."""
    return asked(root, "rev-parse", "--is-shallow-repository").strip() == b"true"


def file(root: Path, revision: str, path: str) -> bytes | None:
    """A file of the project's folder as it was in a commit; None if it had none.

    Raises
    ------
    GitFailed
        If it cannot be read.
    """
    try:
        entry = asked(root, "ls-tree", "-z", revision, "--", path).partition(b"\t")[0].split()
        if entry[1:2] != [b"blob"]:
            return None
        return asked(root, "cat-file", "blob", entry[2].decode())
    except GitFailed as error:
        raise GitFailed(f"{path} of {revision[:10]}: {error}. {REMEDY}") from error


def stat(root: Path, before: str, after: str | None, folders: tuple[str, ...]) -> list[str]:
    """Files in some folders that differ, one line each; those of the working tree by default.

    Raises
    ------
    GitFailed
        If it cannot say.
    """
    between = [before] if after is None else [before, after]
    others = ("ls-files", "--others", "--exclude-standard", *folders)
    try:
        found = asked(root, "diff", *PLAIN, "--stat=78", "--relative", *between, "--", *folders)
        new = b"" if after else asked(root, *others)
    except GitFailed as error:
        raise GitFailed(f"{error}. {REMEDY}") from error
    return [*_lines(found), *(f" {path} (not in git)" for path in _lines(new))]


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", root, *arguments], capture_output=True)
    except OSError as error:
        raise GaebenchError(
            f"git is needed to read a commit, and cannot be run ({error.strerror}): install it"
        ) from error


def _words(done: subprocess.CompletedProcess[bytes]) -> str:
    """What git says of why it failed."""
    said = "\n".join(dict.fromkeys(_lines(done.stderr.strip())))
    return f"git failed: {said or f'it ended with status {done.returncode}'}"


def _lines(text: bytes) -> list[str]:
    return text.decode(errors="replace").splitlines()
