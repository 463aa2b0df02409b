"""A project: a folder with params.yaml and the workflow."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path

import platformdirs

from gaebench import plugins
from gaebench.data import Dataset
from gaebench.errors import SettingsError
from gaebench.files import expanded
from gaebench.project import checkout
from gaebench.project.checkout import workflow
from gaebench.project.loaded import Loaded
from gaebench.report.names import Names
from gaebench.report.table import Table


@dataclass(frozen=True)
class Project:
    """A project and its parameters.

    Attributes
    ----------
    root : Path
        Its folder.
    files : tuple of Path
        Files of parameters, each laid over those before it; its params.yaml if there are none.
    """

    root: Path
    files: tuple[Path, ...] = ()

    @classmethod
    def here(cls, start: Path | None = None) -> "Project":
        """The project that a folder lies in, else the checkout of the package."""
        return cls(checkout.root(start))

    def reading(self, file: Path | None = None, over: Iterable[Path] = ()) -> "Project":
        """The same project with a file in the place of its params.yaml, or files laid over it."""
        return replace(self, files=(file or self.root / "params.yaml", *over))

    def check(self) -> None:
        """Raise a :class:`SettingsError` unless the parameters are in order."""
        _ = self.params

    @property
    def shown(self) -> list[str]:
        """The files of parameters, as the current folder sees them."""
        return [os.path.relpath(path) for path in self.files or (self.root / "params.yaml",)]

    @cached_property
    def params(self) -> dict:
        """Its parameters, as they stand in its files.

        Raises
        ------
        SettingsError
            If they are not in order.
        """
        config, problems = workflow("reading").parsed(self._contents)
        if problems := problems or workflow("checks").problems(config):
            raise SettingsError("\n".join(problems))
        return config

    @cached_property
    def _contents(self) -> dict[str, bytes]:
        """Its files of parameters by name, each read once: it may be a pipe."""
        contents, missing = workflow("reading").contents(self.shown)
        if missing:
            raise SettingsError("\n".join(missing))
        return contents

    @cached_property
    def config(self) -> dict:
        """Its parameters without shorthands."""
        return workflow("resolve").resolved(self.params)

    @property
    def results(self) -> Path:
        """The folder that its results go to."""
        return self.root / self.config["results"]

    @cached_property
    def names(self) -> Names:
        """What its models, controls and data sets are called."""
        return Names.of(workflow("labels").labels(self.config))

    # ---- data

    def load(self, dataset: str) -> Loaded:
        """A data set, out of raw files that are fetched if they are not there.

        Raises
        ------
        SettingsError
            If the parameters have none of that name.
        Unavailable
            If it cannot be had.
        """
        from gaebench import datasets
        from gaebench.raw.fetch import fetch_dataset

        known = self.config["datasets"]
        if not isinstance(dataset, str) or dataset not in known:
            hint = workflow("schema").suggestion(dataset, known)
            raise SettingsError(f"no data set {dataset!r} in params.yaml. {hint}")
        reader, options = known[dataset]["reader"], self._options(dataset)
        folder = self.raw / plugins.constant("datasets", reader, "SOURCE")
        fetch_dataset(datasets.module(reader), folder, **options)
        found = datasets.read(reader, folder, options)
        parts = {field.name: getattr(found, field.name) for field in fields(Dataset)}
        return Loaded(**parts, name=dataset)

    def _options(self, dataset: str) -> dict:
        """A data set's options; a path among them is one from the project's folder."""
        options = self.config["datasets"][dataset].get("options", {})
        path = options.get("path")
        return options | ({"path": str(self.root / expanded(path))} if path else {})

    @property
    def raw(self) -> Path:
        """Where raw files are: with the project, or in the user's cache if that is read-only."""
        there = self.root / "data" / "raw"
        existing = next(folder for folder in (there, *there.parents) if folder.exists())
        return there if os.access(existing, os.W_OK) else self.cache / "raw"

    @property
    def cache(self) -> Path:
        """The user's cache, for what takes long to make again."""
        return platformdirs.user_cache_path("gaebench")

    # ---- metrics and numbers

    def metrics(self, asked: Iterable[str]) -> dict[str, dict]:
        """Metrics and their settings.

        Raises
        ------
        SettingsError
            If there is none of a name.
        """
        for name in asked:
            plugins.source_path("metrics", name)
        return {name: workflow("runs").metric_settings(self.config, name) for name in asked}

    def table(self, name: str) -> Table:
        """What a table shows, with what metrics add to it themselves."""
        further = self.config["tables"].get(name, {}).get("further", ())
        return plugins.load("tables", name).TABLE.plus(further)

    @property
    def unseen(self) -> list[str]:
        """What its parameters have and no table or figure shows, each as ``section.name``.

        With tables and figures that show nothing, but for those of null, which say so. Where files
        are laid over one, what these name: to show less is what they are for.
        """
        empty = [
            f"{section}.{name}"
            for section in ("tables", "figures")
            for name, entry in (self.params[section] or {}).items()
            if entry is not None and name not in self.config[section]
        ]
        found = [*workflow("runs").unseen(self.config), *empty]
        return [name for name in found if name in self._named] if self.files[1:] else found

    @property
    def _named(self) -> set[str]:
        """What the files name that are laid over the first, each as ``section.name``."""
        over = workflow("reading").parsed(dict(list(self._contents.items())[1:]))[0]
        parts = {section: entries for section, entries in over.items() if isinstance(entries, dict)}
        return {f"{section}.{name}" for section, entries in parts.items() for name in entries}

    @property
    def committed(self) -> Path | None:
        """The tidy table of its last full run, if there is one."""
        path = self.results / "metrics.csv"
        return path if path.is_file() else None
