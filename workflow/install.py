"""Make the environment .venv, or find it whole: what `make` does before anything else.

Started by install.sh, in a Python that the environment is then made of. An environment is used
again only if it is whole, made for this place, and its Python is the one it was made with; then a
new pyproject.toml is installed into it. Any other is made anew.

All packages have the versions and hashes of pins.txt (pins.py makes it), put in place by uv, or by
pip where uv cannot be had. But for torch: its build differs from index to index, and with it what
it asks for on a GPU, so pip takes it from where pip is told to.
"""

import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from params import place

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
PINS = ROOT / "workflow/pins.txt"
PINNED = {"test"}
"""Extras whose packages are in it; those of others have exact versions, what they need has not."""
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
    """A hash of pyproject.toml and of the pins."""
    content = [path.read_bytes() for path in (ROOT / "pyproject.toml", PINS)]
    return hashlib.sha256(b"".join(content)).hexdigest()


def pin(package: str) -> str:
    """What pyproject.toml asks for of a package, such as torch==2.13.0."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return re.search(rf'^  "({package}==[^"]+)"', text, re.M)[1]


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
        pinned_packages()
        pip(pin("torch"))
        pip("--no-deps", "--no-build-isolation", "--editable", ".")
        if further := {*wanted} - PINNED:
            pip("--editable", f".[{','.join(sorted(further))}]")
    except SystemExit:
        if there:  # pip leaves what it cannot better: the next make tries again
            write(there)
        raise
    now = {"checkout": str(ROOT), "python": version(PYTHON)}
    write(now | {"extras": wanted, "project": project()})


def pinned_packages() -> None:
    """Install what pins.txt names, by uv if that can be had."""
    wanted = ("--require-hashes", "--requirement", PINS)
    try:
        pip(pin("uv"))
        run(VENV / "bin/uv", "pip", "install", "--python", PYTHON, "--compile-bytecode", *wanted)
    except SystemExit as reason:
        print(f"without uv, which takes longer: {reason}", file=sys.stderr)
        pip(*wanted)


def pip(*words: str | Path) -> None:
    """Let the environment's pip install something."""
    run(PYTHON, "-m", "pip", "install", *words)


def write(content: dict) -> None:
    """Say that the environment is whole."""
    STAMP.write_text(json.dumps(content), encoding="utf-8")


def run(*command: str | Path) -> None:
    """Run a command in the checkout, or end in one line after what it said.

    Settings of pip and uv that lead away from the environment do not count.
    """
    away = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "UV_TARGET", "UV_PREFIX", "UV_SYSTEM_PYTHON")
    kept = {name: value for name, value in os.environ.items() if name not in away}
    if subprocess.run(command, cwd=ROOT, env=kept | {"PIP_USER": "0"}).returncode:
        sys.exit(f"the environment could not be made: {' '.join(map(str, command[1:]))} failed")


if __name__ == "__main__":
    main(sys.argv[1:])
