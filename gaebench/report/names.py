"""How models, controls and data sets are called in tables and figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Label:
    """How a model, a control or a data set is called.

    Attributes
    ----------
    text : str
        For example "GAE (2 layers)".
    family : str, optional
        What models of several depths share: "GAE".
    layers : int, optional
        The number of layers of a model that nothing else tells from its family.
    note : str, optional
        What must be said of it wherever a table shows it.
    """

    text: str
    family: str = ""
    layers: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Names:
    """The labels of a benchmark's models, controls and data sets; other names stay as they are."""

    models: Mapping[str, Label] = field(default_factory=dict)
    datasets: Mapping[str, Label] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Mapping[str, Mapping[str, Mapping]]) -> "Names":
        """Names out of JSON: ``models`` and ``datasets`` -> name -> attributes of `Label`."""
        return cls(
            *(
                {name: Label(**label) for name, label in content[kind].items()}
                for kind in ("models", "datasets")
            )
        )

    def model(self, name: str) -> Label:
        """The label of a model or a control."""
        return self.models.get(name, Label(name, family=name))

    def dataset(self, name: str) -> Label:
        """The label of a data set."""
        return self.datasets.get(name, Label(name))
