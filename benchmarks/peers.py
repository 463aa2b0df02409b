"""Running other implementations, which may fail or be missing."""

from collections.abc import Callable

import numpy as np

from benchmarks.timing import seconds

NOT_INSTALLED = "not installed"


def timed(run: Callable[[], object], factor: float = 1.0) -> float | str:
    """Seconds of one call times ``factor``, or the reason why there are none."""
    return _or_reason(lambda: factor * seconds(run))


def extrapolated(run: Callable[[int], object], few: int, many: int, full: int) -> float | str:
    """Seconds of ``run(full)`` on the straight line through ``run(few)`` and ``run(many)``.

    What does not grow with the count, such as building a tree, is thus counted once. Each point is
    the better of two calls, after one that imports what is needed.
    """

    def line() -> float:
        run(few)
        first, second = (min(seconds(lambda n=n: run(n)) for _ in "ab") for n in (few, many))
        return first + (second - first) * (full - few) / (many - few)

    return _or_reason(line)


def _or_reason(measure: Callable[[], float]) -> float | str:
    try:
        return measure()
    except ModuleNotFoundError:
        return NOT_INSTALLED
    except np.linalg.LinAlgError as error:
        return f"fails: {str(error).split('. ')[0]}"
