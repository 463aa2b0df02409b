"""Write pins.txt anew: the newest versions that fit together, with the hashes of all their files.

Started by `make upgrade`. The versions in pyproject.toml stand as they are. What torch needs on a
GPU is left out with it: its build says which, and install.py has pip see to it.
"""

import re
import subprocess
import sys

import install

HEAD = """\
# Every package of the environment, those that others need too, and the hashes of their files.
# `make upgrade` writes it; tests/test_environment.py keeps it in step with pyproject.toml.
"""
OF_TORCHS_BUILD = re.compile(r"(torch|triton|nvidia-[\w-]+|cuda-[\w-]+)==")
LEAST = "3.11"
"""The oldest Python; the entries say what is for others only."""
COMPILE = "pip compile --quiet --universal --generate-hashes --no-annotate --no-header --upgrade"


def main() -> None:
    """Ask uv, and leave out what depends on torch's build."""
    extras = [word for extra in sorted(install.PINNED) for word in ("--extra", extra)]
    command = [install.VENV / "bin/uv", *COMPILE.split(), "--python-version", LEAST, *extras]
    done = subprocess.run([*command, "pyproject.toml"], cwd=install.ROOT, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit("the pins stay as they are: uv could not find versions that fit together")
    install.PINS.write_text(HEAD + without_torch(done.stdout.decode()), encoding="utf-8")


def without_torch(text: str) -> str:
    """The entries, each with its hashes, of all packages but those of torch's build."""
    entries = re.split(r"^(?=\S)", text, flags=re.M)
    return "".join(entry for entry in entries if not OF_TORCHS_BUILD.match(entry))


if __name__ == "__main__":
    main()
