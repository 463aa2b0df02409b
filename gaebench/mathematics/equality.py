"""How many images are the same: exact, by their bytes."""

import numpy as np
from jaxtyping import Shaped


def distinct(rows: Shaped[np.ndarray, "n d"]) -> int:
    """How many of some rows differ from each other."""
    return len(_bytes(rows))


def shared(rows: Shaped[np.ndarray, "n d"], others: Shaped[np.ndarray, "m d"]) -> int:
    """How many of some rows are among others of the same type."""
    known = _bytes(others)
    return sum(row.tobytes() in known for row in rows)


def _bytes(rows: np.ndarray) -> set[bytes]:
    return {row.tobytes() for row in rows}
