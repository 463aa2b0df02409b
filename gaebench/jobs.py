"""What surrounds every job: its log, its device, and errors told in one clear message."""

import logging
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gaebench import failures, plugins
from gaebench.errors import Failed, GaebenchError, SettingsError

log = logging.getLogger("gaebench")
traces = logging.getLogger("gaebench.traces")
"""For the log file alone."""


@contextmanager
def running(log_path: str | Path, *labels: object, outputs: Iterable[str] = ()) -> Iterator[None]:
    """Log to a file and to the terminal, where each line starts with the job's labels.

    Where the environment has GAEBENCH_BRIEF, the terminal is told of warnings and errors only: then
    somebody reads the files, and shows how the job gets on.

    An error ends the process with status 1. One that the user can act on is told as ``error: ...``;
    so is one in a plugin's file, with its place, and the log file has its traceback; any other
    keeps its traceback. A terminated or interrupted process still tidies up its
    temporary files.

    Parameters
    ----------
    log_path
        Made anew; every line is there as soon as it is logged.
    labels
        What runs, e.g. ``"mnist", "gae-2", 0``.
    outputs
        Files of a run: should it fail as the same settings always will, they say so, and the
        process ends well, for the other runs to go on.
    """
    signal.signal(signal.SIGINT, lambda number, frame: sys.exit(128 + number))
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    _set_up_logging(Path(log_path), "/".join(map(str, labels)))
    try:
        yield
    except Failed as error:
        log.error("failed: %s", error)
        failures.write(outputs, str(error))
        sys.exit(0 if outputs else 1)
    except GaebenchError as error:
        log.error("error: %s", error)
        sys.exit(1)
    except MemoryError as error:
        _trace("error: there is not enough memory: %s", plugins.blamed(error) or error)
        sys.exit(1)
    except Exception as error:
        if where := plugins.blamed(error):
            _trace("error: %s; %s", where, plugins.BLAME)
        else:
            log.exception("error: this should not happen; please report it with these lines")
        sys.exit(1)


def _trace(*message: object) -> None:
    """Tell of the error that is handled; where it came from stands in the log file."""
    log.error(*message)
    traces.error("It came about like this:", exc_info=True)


@contextmanager
def computing() -> Iterator[None]:
    """Log how long the job's own work took: what is left of its time is start-up and reading."""
    started = time.perf_counter()
    yield
    log.info("computed for %.2f s", time.perf_counter() - started)


def use_torch(device: str, *, tf32: bool = False) -> str:
    """Set torch up to give the same bits every time on a CPU; return ``cpu`` or ``cuda``.

    A job has one thread: with more of them the last bits depend on their number.

    Parameters
    ----------
    device
        ``cpu``, ``cuda``, or ``auto`` for CUDA where there is one.
    tf32
        Whether CUDA may round the factors of float32 matrix products to 10 bits of mantissa.

    Raises
    ------
    SettingsError
        If CUDA is asked for and there is none.
    """
    import torch

    torch.set_num_threads(1)
    torch.backends.cuda.matmul.fp32_precision = "tf32" if tf32 else "ieee"
    found = torch.cuda.is_available()
    if device == "cuda" and not found:
        raise SettingsError("device is cuda, but torch finds no CUDA device: set it to auto or cpu")
    return "cuda" if found and device != "cpu" else "cpu"


def wants_gpu(device: str) -> bool:
    """Whether jobs will compute on a GPU; a guess that does not import torch."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    visible = Path("/dev/nvidiactl").exists() and not hidden
    return device == "cuda" or (device == "auto" and visible)


def _set_up_logging(path: Path, label: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file, terminal = logging.FileHandler(path, mode="w", encoding="utf-8"), logging.StreamHandler()
    file.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    terminal.setFormatter(logging.Formatter(f"[{label}] %(message)s"))
    terminal.setLevel(logging.WARNING if os.environ.get("GAEBENCH_BRIEF") else logging.INFO)
    log.handlers = [file, terminal]
    log.setLevel(logging.INFO)
    log.propagate = False
    logging.captureWarnings(True)
    for name in ("py.warnings", traces.name):
        logging.getLogger(name).handlers = [file]
    traces.propagate = False
