"""Can jobs start with the memory that their processes may have? Asked before anything is made."""

import resource

from gaebench.errors import GaebenchError

LEAST = 1280 * 2**20
"""Bytes of address space: torch, and the images of the smallest data set."""


def check() -> None:
    """Look at the limit on each process (``ulimit -v``).

    Raises
    ------
    GaebenchError
        If no job could do anything with it.
    """
    allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
    if allowed != resource.RLIM_INFINITY and allowed < LEAST:
        raise GaebenchError(
            f"a process may have {allowed // 2**20} MB of memory here (ulimit -v), and a job needs "
            f"at least {LEAST // 2**20}: nothing is begun. Allow more, then run again."
        )
