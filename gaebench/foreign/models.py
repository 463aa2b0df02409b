"""A model class of somebody else's, with its weights."""

import ast
import importlib
import importlib.util
import os
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType

import torch

from gaebench import plugins, runs
from gaebench.data import Dataset
from gaebench.errors import GaebenchError, SettingsError
from gaebench.foreign.words import turning
from gaebench.model import ImageSpec, Model
from gaebench.seeding import stream

OURS = [
    Path(plugins.__file__).parent,
    *(Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib")),
]
"""Where code is that is not somebody else's: this package, Python, and what is installed."""
REMEDY = (
    "Write them with torch.save(model.state_dict(), path), and build the model as it was: its "
    "settings are given by --set KEY=VALUE"
)
BUILT = "It is built as CLASS(spec, generator, KEY=VALUE ...), with those of --set KEY=VALUE"


def restore(where: str, weights: str | Path, settings: dict, data: Dataset) -> Model:
    """A trained model, ready to sample and to score.

    Parameters
    ----------
    where
        ``MODULE:CLASS``, a module in reach of Python or in the current folder, or
        ``FILE.py:CLASS``. The code is run. The class is a :class:`gaebench.model.Model`.
    weights
        Its ``state_dict``, written by ``torch.save``.
    settings
        Keyword arguments of its constructor, after ``(spec, generator)``.
    data
        What it was trained on.

    Raises
    ------
    SettingsError
        If there is no such class, or it cannot be built like this.
    DataError
        If the weights are not its own.
    """
    if not Path(weights).is_file():
        raise SettingsError(f"{weights}: no such file of weights")
    with staying(where):
        model = _built(where, settings, data)
        runs.load_weights(model, weights, "model", REMEDY)
        model.eval()
        return model


@contextmanager
def staying(where: str) -> Iterator[None]:
    """What code of somebody else's does wrong is its own, and it must not end the process.

    What it prints goes to stderr: stdout is for results.

    Raises
    ------
    SettingsError
        If it raises an error, or ends Python as if all were done; the message names it.
    """
    try:
        with redirect_stdout(sys.stderr), turning(lambda e: _failed(where, e)):
            yield
    except SystemExit as error:
        raise SettingsError(
            f"{where} ended Python (sys.exit, status {error.code!r}), so there is no score. Take "
            'the call out, or put what a script does under if __name__ == "__main__"'
        ) from error


def _built(where: str, settings: dict, data: Dataset) -> Model:
    kind, spec = _class(where), ImageSpec(data.pixels, data.binary)
    with turning(lambda e: SettingsError(f"{where} cannot be built: {_told(e)}. {BUILT}")):
        model = kind(spec, stream(0, "unused"), **settings)
        model.spec = spec
        model.start(torch.from_numpy(data.images("train")))
        return model


def _failed(where: str, error: Exception) -> SettingsError | None:
    """What is said of an error in somebody else's files, or in what these call."""
    return SettingsError(f"{where} failed: {_told(error)}") if _theirs(error) else None


def _theirs(error: Exception) -> list[str]:
    """The places in files of somebody else's that an error went through."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(f.filename).name}, line {f.lineno}" for f in frames if _is_theirs(f.filename)]


def _is_theirs(file: str) -> bool:
    return not file.startswith("<") and not any(Path(file).is_relative_to(home) for home in OURS)


def _told(error: Exception) -> str:
    """An error in somebody else's code, with its place."""
    places = _theirs(error)
    return f"{type(error).__name__}: {error}" + (f" ({places[-1]})" if places else "")


def given(texts: tuple[str, ...]) -> dict:
    """Settings out of texts ``KEY=VALUE``; a value that is no literal of Python is a text.

    Raises
    ------
    SettingsError
        If a text has no ``=``.
    """
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.isidentifier():
            raise SettingsError(f"a setting is KEY=VALUE, not {text!r}")
        try:
            found[key] = ast.literal_eval({"true": "True", "false": "False"}.get(value, value))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            found[key] = value
    return found


def _class(where: str) -> type[Model]:
    module, _, name = where.rpartition(":")
    if not module or not name.isidentifier():
        raise SettingsError(f"a model is MODULE:CLASS or FILE.py:CLASS, not {where!r}")
    found = getattr(_module(module), name, None)
    if found is None:
        raise SettingsError(f"{module} has no class {name}")
    if not (isinstance(found, type) and issubclass(found, Model)):
        raise SettingsError(
            f"{where} must be a subclass of gaebench.model.Model, which has the interface: "
            "draw_prior and logits, and log_likelihood, proposal and log_prior for importance "
            "sampling"
        )
    return found


def _module(name: str) -> ModuleType:
    try:
        if name.endswith(".py"):
            return _from_file(Path(os.path.expanduser(name)))
        if (here := str(Path.cwd())) not in sys.path:
            sys.path.insert(0, here)
        return importlib.import_module(name)
    except GaebenchError:
        raise
    except Exception as error:
        raise SettingsError(
            f"{name} cannot be imported: {type(error).__name__}: {error}"
        ) from error


def _name_of(path: Path) -> str:
    """What a file is imported as: it may be called torch.py."""
    return f"given_{path.stem}"


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise SettingsError(f"{path}: no such file")
    name = _name_of(path)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
