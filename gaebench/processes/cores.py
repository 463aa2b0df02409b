"""The cores that this process may use."""

import os


def count() -> int:
    """How many: those it is held to, where the system can tell, else all."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
