"""Make the environment .venv, or find it whole: what `make` does before anything else.

Started by install.sh, in a Python that the environment is then made of. An environment is used
again only if it is whole, made for this place, and its Python is the one it was made with; then a
new pyproject.toml is installed into it. Any other is made anew.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from params import place

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
STAMP = VENV / ".installed"
"""Written last: what an environment is, as JSON."""


def main(extras: list[str]) -> None:
    """See to an environment with these extras of pyproject.toml."""
    if problem := place.problem(ROOT, PYTHON):
        sys.exit(problem)
    if up_to_date(extras):
        return
    try:
        with alone():
            if not up_to_date(extras):  # another make may have seen to it
                install(extras)
    except OSError as error:
        sys.exit(f"the environment could not be made: {error}")


def up_to_date(extras: list[str]) -> bool:
    """Whether there is nothing to do."""
    there = stamp()
    return there.get("project") == project() and {*extras} <= {*there["extras"]}


def stamp() -> dict:
    """What the environment was made with, or nothing if it is not to be used."""
    try:
        there = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    asked = version(sys.executable) if os.environ.get("PYTHON") else there["python"]
    expected = (str(ROOT), there["python"], there["python"])
    return there if (there["checkout"], version(PYTHON), asked) == expected else {}


def project() -> str:
    """A hash of pyproject.toml."""
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()


def version(python: str | Path) -> str:
    """A Python's version as 3.11, or nothing if it does not run."""
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-I", "-S", "-c", program], capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip()


@contextmanager
def alone() -> Iterator[None]:
    """Wait while another process installs; the lock ends with the process that holds it."""
    with open(ROOT / ".venv.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another make is installing: waiting for it", file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            print("this file system has no locks: run one make at a time", file=sys.stderr)
        yield


def install(extras: list[str]) -> None:
    """Bring a usable environment up to date, or make one anew."""
    there = stamp()
    STAMP.unlink(missing_ok=True)
    if not there:
        again = " anew: what is there is not whole, or of another place or Python" * VENV.exists()
        print(f"making .venv{again}, of Python {version(sys.executable)}", flush=True)
        run(sys.executable, "-m", "venv", "--clear", VENV)
    wanted = sorted({*extras, *there.get("extras", [])})
    try:
        run(PYTHON, "-m", "pip", "install", "--editable", f".[{','.join(wanted)}]")
    except SystemExit:
        if there:  # pip leaves what it cannot better: the next make tries again
            write(there)
        raise
    now = {"checkout": str(ROOT), "python": version(PYTHON)}
    write(now | {"extras": wanted, "project": project()})


def write(content: dict) -> None:
    """Say that the environment is whole."""
    STAMP.write_text(json.dumps(content), encoding="utf-8")


def run(*command: str | Path) -> None:
    """Run a command in the checkout, or end in one line after what it said.

    Settings of pip that lead away from the environment do not count.
    """
    away = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
    kept = {name: value for name, value in os.environ.items() if name not in away}
    if subprocess.run(command, cwd=ROOT, env=kept | {"PIP_USER": "0"}).returncode:
        sys.exit(f"the environment could not be made: {' '.join(map(str, command[1:]))} failed")


if __name__ == "__main__":
    main(sys.argv[1:])
