"""A data set that knows what the project calls it."""

from dataclasses import dataclass

from gaebench.data import Dataset


@dataclass(frozen=True)
class Loaded(Dataset):
    """A data set of a project.

    Attributes
    ----------
    name : str
        Its entry in ``params.yaml``, by which settings and committed numbers are found.
    """

    name: str = ""
