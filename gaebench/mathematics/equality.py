"""How many images are the same: exact, by their bytes."""

import numpy as np


def distinct(rows: np.ndarray) -> int:
    """How many of some rows, shape (n, d), differ from each other."""
    return len(_bytes(rows))


def shared(rows: np.ndarray, others: np.ndarray) -> int:
    """How many of some rows, shape (n, d), are among others, shape (m, d), of the same type."""
    known = _bytes(others)
    return sum(row.tobytes() in known for row in rows)


def _bytes(rows: np.ndarray) -> set[bytes]:
    return {row.tobytes() for row in rows}
