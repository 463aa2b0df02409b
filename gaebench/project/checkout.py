"""Where the checkout is that the package was installed from, and which project a command is in."""

import importlib
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from gaebench.errors import GaebenchError

CHECKOUT = Path(__file__).resolve().parents[2]
MARKS = ("params.yaml", "workflow/Snakefile", "gaebench")
"""What a project has in its folder: other pipelines have the first two as well."""
PARAMS = "gaebench_workflow_params"
"""What ``workflow/params`` is imported as: a user's script may have a ``params.py`` beside it."""


def root(start: Path | None = None) -> Path:
    """The folder of the project that a folder lies in, else the checkout of the package.

    Raises
    ------
    GaebenchError
        If there is neither.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, CHECKOUT):
        if all((folder / mark).exists() for mark in MARKS):
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
    if PARAMS not in sys.modules:
        file = CHECKOUT / "workflow" / "params" / "__init__.py"
        spec = spec_from_file_location(PARAMS, file, submodule_search_locations=[str(file.parent)])
        if not file.is_file() or spec is None:
            raise GaebenchError(f"gaebench was not installed from a checkout. {REMEDY}")
        sys.modules[PARAMS] = module_from_spec(spec)
    return importlib.import_module(f"{PARAMS}.{name}")
