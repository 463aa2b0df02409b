"""The errors that a user can act on. Their text is the whole message: no traceback is needed."""


class GaebenchError(Exception):
    """A problem that the message names, together with its remedy."""


class DataError(GaebenchError):
    """A data file is missing, damaged, truncated, malformed or not the one expected."""


class Unavailable(GaebenchError):
    """A data set cannot be had on this machine: no licensed file, or no source within reach."""


class SettingsError(GaebenchError):
    """A parameter is unknown, misspelt, or of the wrong type or range."""


class PluginFault(GaebenchError):
    """A plugin's file does not keep the contract of its kind: its author is to act."""


class Failed(GaebenchError):
    """A run has no number: an outcome that the same settings and seed give again.

    Its model diverged, say, or made images that cannot be scored. The other runs go on.
    """


class Diverged(Failed):
    """A loss or a score turned NaN or infinite during training."""


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
