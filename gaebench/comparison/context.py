"""What else differs between two results: parameters, and code."""

from dataclasses import dataclass, field
from pathlib import Path

from gaebench.comparison import git, settings
from gaebench.comparison.sources import Source

CODE = ("gaebench", "workflow")


@dataclass(frozen=True)
class Context:
    """What moved beside the numbers; None where it is not known.

    Attributes
    ----------
    params : list of (path, before, after), or None
        Parameters that differ, with all shorthands followed where both files allow it.
    code : list of str, or None
        Files that differ, as git says it.
    unknown : {"params" or "code": reason}
        Why it is not known.
    """

    params: list[tuple[str, object, object]] | None
    code: list[str] | None
    unknown: dict[str, str] = field(default_factory=dict)


def context(before: Source, after: Source, root: Path, quick: bool) -> Context:
    """What differs between two sources.

    Parameters
    ----------
    root
        The project's folder.
    quick
        Whether the numbers are those of ``make quick``.
    """
    params, code, unknown = None, None, {}
    try:
        params = list(settings.differing(before, after, quick))
    except settings.Unknown as error:
        unknown["params"] = str(error)
    try:
        code = _code(before, after, root)
    except (settings.Unknown, git.GitFailed) as error:
        unknown["code"] = str(error)
    return Context(params, code, unknown)


def _code(before: Source, after: Source, root: Path) -> list[str]:
    if before.commit and (after.commit or after.here):
        return git.stat(root, before.commit, after.commit, CODE)
    if before.here and after.commit:
        return git.stat(root, after.commit, None, CODE)
    raise settings.Unknown("commits are compared with commits or the working tree")
