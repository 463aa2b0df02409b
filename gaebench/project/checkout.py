"""Where the checkout is that the package was installed from, and which project a command is in."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

from gaebench.errors import GaebenchError

CHECKOUT = Path(__file__).resolve().parents[2]
MARKS = ("params.yaml", "workflow/Snakefile")
"""What a project has in its folder."""


def root(start: Path | None = None) -> Path:
    """The folder of the project that a folder lies in, else the checkout of the package.

    Raises
    ------
    GaebenchError
        If there is neither.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, CHECKOUT):
        if all((folder / mark).is_file() for mark in MARKS):
            return folder
    raise GaebenchError(
        f"no project here: neither {here} nor a folder above it has {' and '.join(MARKS)}, and "
        f"gaebench was not installed from a checkout. {REMEDY}"
    )


REMEDY = "Clone the repository and install from there: pip install --editable FOLDER"


def workflow(name: str) -> ModuleType:
    """A module of ``workflow/params``, which says what params.yaml means.

    Raises
    ------
    GaebenchError
        If the package was not installed from a checkout.
    """
    folder = CHECKOUT / "workflow"
    if not (folder / "params").is_dir():
        raise GaebenchError(f"gaebench was not installed from a checkout. {REMEDY}")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return importlib.import_module(f"params.{name}")
