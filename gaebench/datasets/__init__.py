"""One module per data set: where its files come from, their hashes, and how they are read.

A module has ``LABEL``, ``NOTE`` (empty or a remark), ``SOURCE`` (the name of its raw folder),
``FILES`` (file name -> RawFile), ``BINARY`` where that is known beforehand (whether all its pixels
are 0 or 1, which some metrics ask for) and ``read(raw, *, options...) -> Dataset``, where ``raw``
is the folder ``data/raw/{SOURCE}``. One whose files only the user can provide also has
``fetch(folder, *, options...)``, which finds them or raises ``Unavailable``.
"""

from pathlib import Path
from types import ModuleType

from gaebench import plugins
from gaebench.data import Dataset
from gaebench.errors import PluginFault, described
from gaebench.raw.file import RawFile


def module(name: str) -> ModuleType:
    """The module of a data set, which tells how its files are fetched.

    Raises
    ------
    PluginFault
        If its ``FILES`` are no raw files.
    """
    found = plugins.load("datasets", name)
    for file, raw in dict(found.FILES).items():
        if not isinstance(raw, RawFile):
            where = plugins.shown(plugins.source_path("datasets", name))
            raise PluginFault(
                f"{where}: FILES[{file!r}] must be a RawFile, not {described(raw)}; {plugins.BLAME}"
            )
    return found


def read(name: str, raw: Path, options: dict) -> Dataset:
    """A data set out of its raw files.

    Raises
    ------
    PluginFault
        If the module gives something else, says of its images what they are not, or draws from a
        global stream.
    """
    from gaebench.processes.surroundings import undisturbed  # torch, which nothing else here needs

    reader = plugins.load("datasets", name).read
    with undisturbed(reader):
        found = reader(raw, **options)
    if not isinstance(found, Dataset):
        raise plugins.fault(reader, f"must give a Dataset, not {described(found)}")
    if plugins.constant("datasets", name, "BINARY", found.binary) != found.binary:
        kind = "bits (levels=1)" if found.binary else f"grey images (levels={found.levels})"
        raise plugins.fault(reader, f"must give what BINARY says, and gives {kind}")
    return found
