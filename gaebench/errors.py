"""The errors that a user can act on. Their text is the whole message: no traceback is needed."""

import errno
import re
import resource

MEMORY = re.compile(
    r"allocate|bad_alloc|out of memory|not enough memory|map segment|start new thread", re.I
)
"""What libraries say, in errors of any class, where memory is short."""


class GaebenchError(Exception):
    """A problem that the message names, together with its remedy."""


class DataError(GaebenchError):
    """A data file is missing, damaged, truncated, malformed or not the one expected."""


class Unavailable(GaebenchError):
    """A data set cannot be had on this machine: no licensed file, or no source within reach."""


class SettingsError(GaebenchError):
    """A parameter is unknown, misspelt, or of the wrong type or range."""


class ShortOfMemory(GaebenchError):
    """There is not enough memory, and no file is at fault."""

    def __init__(self, error: BaseException, where: str = "") -> None:
        said = where or str(error).partition("\n")[0] or "no more"
        super().__init__(
            f"there is not enough memory ({said}). Run fewer jobs at a time (snakemake --cores 1), "
            "close other programs, or allow more (ulimit -v), then run again"
        )


class PluginFault(GaebenchError):
    """A plugin's file does not keep the contract of its kind: its author is to act."""


class Failed(GaebenchError):
    """A run has no number: an outcome that the same settings and seed give again.

    Its model diverged, say, or made images that cannot be scored. The other runs go on.
    """


class Diverged(Failed):
    """A loss or a score turned NaN or infinite during training."""


def is_of_memory(error: BaseException) -> bool:
    """Whether an error, of whatever class a library raised, says that memory is short."""
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return True
    if isinstance(error, SystemError):  # what C code leaves that failed and could not say why
        return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
    return isinstance(error, RuntimeError | ImportError) and bool(MEMORY.search(str(error)))


def require(holds: bool, name: str, value: object, rule: str) -> None:
    """Raise a :class:`SettingsError` that names a setting, unless what it must be holds."""
    if not holds:
        raise SettingsError(f"{name} must be {rule}, not {value!r}")


def counted(number: int, noun: str) -> str:
    """A number of things in a message: ``1 run``, ``2 runs``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def described(value: object) -> str:
    """A value of a wrong type in a message: ``a float``, ``nothing``."""
    name = type(value).__name__
    return "nothing" if value is None else f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
