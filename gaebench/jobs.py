"""What surrounds every job: its log, its device, and errors told in one clear message."""

import fcntl
import itertools
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gaebench import failures, files, plugins
from gaebench.errors import Failed, GaebenchError, SettingsError, ShortOfMemory, is_of_memory
from gaebench.identity.job import Job
from gaebench.processes import alive, ending

log = logging.getLogger("gaebench")
traces = logging.getLogger("gaebench.traces")
"""For the log file alone."""
DEVICES = ("auto", "cpu", "cuda")
ENDING = (signal.SIGINT, signal.SIGTERM)
_HELD: list[IO] = []
"""Locks of places on GPUs."""


@contextmanager
def running(
    log_path: str | Path, *labels: object, job: Job | None = None, outputs: Iterable[str] = ()
) -> Iterator[None]:
    """Log to a file and to the terminal, where each line starts with the job's labels.

    Where the environment has GAEBENCH_BRIEF, the terminal is told of warnings and errors only: then
    somebody reads the files, and shows how the job gets on.

    An error ends the process with status 1. One that the user can act on is told as ``error: ...``;
    so are a full disk and the like, and one in a plugin's file, with its place, and the log file
    has its traceback; any other keeps its traceback. A terminated or interrupted process still
    tidies up its temporary files, and a process whose run is gone, even killed, ends as if
    terminated.

    Parameters
    ----------
    log_path
        Made anew; every line is there as soon as it is logged.
    labels
        What runs, e.g. ``"mnist", "gae-2", 0``.
    job
        Its inputs are checked first; the files that it leaves behind get identities.
    outputs
        Files of a run: should it fail as the same settings always will, they say so, and the
        process ends well, for the other runs to go on.
    """
    for number in ENDING:
        signal.signal(number, _end)
    try:
        _set_up_logging(Path(log_path), "/".join(map(str, labels)))
        held = alive.hold_with_caller()
        ending.end_with_caller()
        with _ending(job, outputs):
            yield
        del held
    except GaebenchError as error:
        log.error("error: %s", error)
        sys.exit(1)
    except _Ended:
        raise
    except (SystemExit, KeyboardInterrupt) as error:
        if not (where := plugins.blamed(error)):
            raise
        _trace("error: %s: it must not end Python; %s", where, plugins.BLAME)
        sys.exit(1)
    except Exception as error:
        _tell(error)
        sys.exit(1)


@contextmanager
def _ending(job: Job | None, outputs: Iterable[str]) -> Iterator[None]:
    """Check a job's inputs, and let its files have identities; those of one that failed, too."""
    try:
        if job:
            job.begin()
        yield
    except Failed as error:
        log.error("failed: %s", error)
        failures.write(outputs, str(error))
        if job and outputs:
            job.end()
        sys.exit(0 if outputs else 1)
    if job:
        job.end()


def _end(number: int, frame: object) -> None:
    """End as whoever sent the signal wants, once: what tidies up is not interrupted again."""
    for other in ENDING:
        signal.signal(other, signal.SIG_IGN)
    raise _Ended(128 + number)


class _Ended(SystemExit):
    """The end of a job that a signal asked for."""


def _tell(error: Exception) -> None:
    """Tell of an error that no code of ours raised on purpose."""
    where = plugins.blamed(error)
    if is_of_memory(error):
        _trace("error: %s", ShortOfMemory(error, where))
    elif isinstance(error, OSError):
        _trace("error: %s", files.trouble(error))
    elif where:
        _trace("error: %s; %s", where, plugins.BLAME)
    else:
        log.exception("error: this should not happen; please report it with these lines")


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


def set_up_torch(*, tf32: bool = False) -> None:
    """Let torch give the same bits every time on a CPU.

    A job has one thread: with more of them the last bits depend on their number.

    Parameters
    ----------
    tf32
        Whether CUDA may round the factors of float32 matrix products to 10 bits of mantissa.
    """
    import torch

    torch.set_num_threads(1)
    torch.backends.cuda.matmul.fp32_precision = "tf32" if tf32 else "ieee"


def use_torch(device: str, *, tf32: bool = False) -> str:
    """Set torch up and choose where to compute; return ``cpu`` or ``cuda``.

    Parameters
    ----------
    device
        ``cpu``, ``cuda``, or ``auto`` for CUDA where there is one.
    tf32
        See :func:`set_up_torch`.

    Raises
    ------
    SettingsError
        If it is none of these, or CUDA is asked for and there is none.
    """
    import torch

    if device not in DEVICES:
        raise SettingsError(f"device: is {device!r}, must be one of {', '.join(DEVICES)}")
    set_up_torch(tf32=tf32)
    found = torch.cuda.is_available()
    if device == "cuda" and not found:
        raise SettingsError("device is cuda, but torch finds no CUDA device: set it to auto or cpu")
    if not found or device == "cpu":
        return "cpu"
    torch.cuda.set_device(_least_used(torch.cuda.device_count()))
    return "cuda"


def _least_used(gpus: int) -> int:
    """A GPU that no other job on this machine has, else one that fewest have.

    A job holds the lock of a place on its GPU until its process ends, however it does.
    """
    folder = Path(tempfile.gettempdir(), f"gaebench-gpus-{os.getuid()}")
    folder.mkdir(exist_ok=True)
    for place in itertools.count():
        for gpu in range(gpus):
            lock = open(folder / f"{gpu}-{place}", "wb")  # noqa: SIM115
            _HELD.append(lock)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return gpu
            except BlockingIOError:
                _HELD.pop().close()
            except OSError:  # no locks on this file system: nobody knows who has which GPU
                return gpu


def wants_gpu(device: str) -> bool:
    """Whether jobs will compute on a GPU; a guess that does not import torch."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    visible = Path("/dev/nvidiactl").exists() and not hidden
    return device == "cuda" or (device == "auto" and visible)


class _LogFile(logging.FileHandler):
    """A log that is left incomplete where its disk is full; the terminal has what matters."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Stay silent about the file system alone."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def _set_up_logging(path: Path, label: str) -> None:
    terminal = logging.StreamHandler()
    terminal.setFormatter(logging.Formatter(f"[{label}] %(message)s"))
    terminal.setLevel(logging.WARNING if os.environ.get("GAEBENCH_BRIEF") else logging.INFO)
    log.handlers, log.propagate = [terminal], False
    log.setLevel(logging.INFO)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = _LogFile(path, mode="w", encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log.handlers = [file, terminal]
    logging.captureWarnings(True)
    for name in ("py.warnings", traces.name):
        logging.getLogger(name).handlers = [file]
    traces.propagate = False
