"""Data sets by name."""

from gaebench.data import Dataset
from gaebench.errors import SettingsError, described
from gaebench.project import Loaded, Project


def load(dataset: str) -> Loaded:
    """A data set of the project, its raw files fetched if they are not there.

    Parameters
    ----------
    dataset
        Its name in ``params.yaml``: ``mnist``, ``bimnist``, ``fashion``, ``faces`` and so on, as
        ``gaebench ls datasets`` lists them.

    Returns
    -------
    Loaded
        A :class:`gaebench.data.Dataset`: ``images("train")`` are float32 in [0, 1], shape
        (n, pixels).

    Raises
    ------
    SettingsError
        If there is none of that name.
    Unavailable
        If its files cannot be had.
    """
    return Project.here().load(dataset)


def given(project: Project, data: object) -> Dataset:
    """A data set that a caller gave, itself or by its name.

    Raises
    ------
    SettingsError
        If it is neither.
    """
    if isinstance(data, str):
        return project.load(data)
    if isinstance(data, Dataset):
        return data
    raise SettingsError(
        f"the data set is {described(data)}, must be one of gaebench.load, or its name"
    )
