"""What readers of foreign files say: whatever a library raises, in one line that names the file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gaebench import formats
from gaebench.errors import DataError, GaebenchError, ShortOfMemory, is_of_memory

LONGEST = 100
"""Characters of a name that a message shows."""
LONG = 300
"""The same of a reason."""


@contextmanager
def turning(turned: Callable[[Exception], GaebenchError | None]) -> Iterator[None]:
    """Raise an error of this package in the place of one that other code raises.

    Parameters
    ----------
    turned
        An error of any class but those of this package -> what is raised instead; None for itself.

    Raises
    ------
    ShortOfMemory
        Where memory is short, and nothing else at fault.
    """
    try:
        yield
    except GaebenchError:
        raise
    except Exception as error:
        if is_of_memory(error):
            raise ShortOfMemory(error) from error
        if other := turned(error):
            raise other from error
        raise


@contextmanager
def reading(
    what: str, remedy: str = "", reason: Callable[[Exception], str] = formats.reason
) -> Iterator[None]:
    """Turn what a library raises over a file's content into an error that names it.

    Parameters
    ----------
    what
        The file, and what is wrong with it: ``a.zip: cannot be unpacked``.
    remedy
        What follows the reason.
    reason
        An error in one line.

    Raises
    ------
    DataError
        For an error of any class but those of this package.
    ShortOfMemory
        Where memory is short, and no file at fault.
    """
    with turning(lambda e: DataError(f"{what} ({shown(reason(e), LONG)}){remedy}")):
        yield


def shown(name: object, longest: int = LONGEST) -> str:
    """A name out of a file in a message: no control character of it reaches a terminal."""
    text = str(name)
    text = text if len(text) <= longest else text[: longest - 3] + "..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
