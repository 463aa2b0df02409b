"""Jobs as copies of one process that has torch loaded, instead of a Python of their own each.

Most jobs compute for a second, and loading torch takes longer. So a run starts a server
(`multiprocessing.forkserver`) that loads what scripts import, once; a job is a fork of it, with the
environment, the terminal and the signals of a process of its own. Where scripts run elsewhere (a
cluster, conda, a container), or the system cannot fork safely, all is as Snakemake has it.
"""

import multiprocessing
import os
import resource
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing import connection, forkserver
from multiprocessing.process import BaseProcess

import psutil
from snakemake.benchmark import benchmarked
from snakemake.script import PythonScript
from snakemake.shell import shell

LOADED = (
    "gaebench.processes.outliving",
    "snakemake.cli",
    "snakemake.script",
    "gaebench.jobs",
    "gaebench.metrics",
    "gaebench.report.collect",
    "gaebench.runs",
    "gaebench.training",
)
"""What most scripts import, or Python itself to begin a process."""
OF_OPTIMISERS = "torch._dynamo"
"""What the first optimiser of a process imports, for as long as all of the above takes by half."""
MANY = 4
"""Trainings from which on it pays to load that too."""
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
FILES = 64
"""Open files with which the server and its copies get by."""
GONE = 255
"""The exit status of a process whose server is gone, and nobody knows what became of it."""
_PLAIN = PythonScript.execute_script
_ONE_AT_A_TIME = threading.Lock()
"""Looking after a process looks after all of them, and two threads would read one answer."""


def take_over(trainings: int) -> None:
    """Run the scripts of this process so from now on, among them so many that train."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if sys.platform != "linux" or files < FILES:
        return
    os.environ.update(dict.fromkeys(THREADS, "1"))  # libraries look when they are loaded
    also = [OF_OPTIMISERS] if trainings >= MANY else []
    forkserver.set_forkserver_preload([*LOADED, *also])
    with suppress(OSError):  # each script tries again
        forkserver.ensure_running()
    PythonScript.execute_script = _execute


def _execute(script: PythonScript, fname: str, edit: bool = False) -> None:
    """Run a script to its end; CalledProcessError if that is not status 0."""
    if script.conda_env or script.container_img or script.env_modules:
        return _PLAIN(script, fname, edit)
    process = multiprocessing.get_context("forkserver").Process(
        target=_run, args=(fname, dict(os.environ))
    )
    try:
        with _ONE_AT_A_TIME:
            process.start()
    except (OSError, EOFError):  # no server to be had, or no open file for it
        return _PLAIN(script, fname, edit)
    record = script.bench_record
    measured = benchmarked(process.pid, record) if record else nullcontext()
    with _within_reach(script.jobid, process), measured:
        connection.wait([process.sentinel])
    with _ONE_AT_A_TIME:
        process.join()
    if process.exitcode == GONE:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(process.pid).kill()
    if process.exitcode:
        raise subprocess.CalledProcessError(process.exitcode, f"{sys.executable} {fname}")


@contextmanager
def _within_reach(number: int, process: BaseProcess) -> Iterator[None]:
    """Let Snakemake terminate and kill the process as it does its own."""
    with shell._lock:
        shell._processes[number] = process
    try:
        yield
    finally:
        with shell._lock:
            shell._processes.pop(number, None)


def _run(fname: str, environment: Mapping[str, str]) -> None:
    """In the new process: become the script."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [fname]
    multiprocessing.set_start_method("fork", force=True)  # for those that the script starts
    runpy.run_path(fname, run_name="__main__")
