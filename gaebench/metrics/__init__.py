"""The measures, one a file.

A file has, as literals, ``NEEDS`` (``samples``, ``features`` or ``model``), ``ASKS`` where it uses
methods that not every model has (their names: a model without one is refused before it trains),
``BINARY`` (whether it takes binary images alone; a data set of grey ones is refused as early),
``REQUIRES`` (settings that its models must have),
``VERSION`` (a whole number, raised when the value for the same input changes on purpose),
``LEAST_SAMPLES`` where one generated image is not enough, and what tables say of it:
``LABEL``, ``UNIT``, ``BETTER`` (``higher``, ``lower``, ``near one``, or empty where no way is),
``DECIMALS`` and, of the estimates among its details, ``DETAILS``. Its

``evaluate(source, data, generator, *, settings...) -> Estimate``

gets as ``source`` the generated images as float32 in [0, 1], shape (n, pixels), a
:class:`gaebench.features.Embedded` or a :class:`gaebench.model.Model`, by what it needs, and draws
from ``generator`` alone. One that training may stop on also has
``validation_score(model, valid, generator) -> float``, in nats or the like, higher is better. What
it cannot work with it refuses with a ``GaebenchError``: with ``Failed`` what a model made, and the
tables say so.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from gaebench import plugins
from gaebench.data import Dataset
from gaebench.errors import DataError, Failed, described
from gaebench.estimate import LARGEST, Estimate, curve
from gaebench.processes.surroundings import undisturbed

RESERVED = {"value", "sem", "failed"}
"""What a metric file says of the estimate itself, or in its place."""


def measured(
    metric: str, source: object, data: Dataset, generator: torch.Generator, settings: dict
) -> Estimate:
    """What a metric makes of a source.

    Raises
    ------
    PluginFault
        If the metric gives no estimate that can be written, or draws from a global stream.
    Failed
        If the estimate, or one among its details, is not finite or too large to be averaged.
    """
    evaluate = plugins.load("metrics", metric).evaluate
    with undisturbed(evaluate):
        found = evaluate(source, data, generator, **settings)
    if not isinstance(found, Estimate):
        raise plugins.fault(evaluate, f"must give an Estimate, not {described(found)}")
    _require_names(evaluate, found.details)
    for name, value in _numbers(found):
        if not _number(value):
            wanted = f"must give an Estimate whose {name} is a float"
            raise plugins.fault(evaluate, f"{wanted}, not {described(value)}")
        if not abs(value) <= LARGEST:
            raise Failed(f"the estimate is no number within ±{LARGEST:g}: its {name} is {value}")
        if name.endswith("sem") and value < 0:
            raise plugins.fault(evaluate, f"must give an Estimate whose {name} is not negative")
    try:
        curve(found.details.get("curve", {}))
    except DataError as error:
        raise plugins.fault(evaluate, f"must give another Estimate: {error}") from error
    try:
        found.to_json()
    except (TypeError, ValueError) as error:
        wanted = "must give an Estimate whose details are numbers, texts, lists and mappings"
        raise plugins.fault(evaluate, f"{wanted}: {error}") from error
    return found


def _require_names(evaluate: Callable, details: object) -> None:
    """Details have names, and none that a metric file uses itself."""
    if not isinstance(details, dict):
        wanted = "must give an Estimate whose details are a mapping"
        raise plugins.fault(evaluate, f"{wanted}, not {described(details)}")
    if taken := sorted(RESERVED & details.keys()):
        wanted = f"must call a detail of its Estimate otherwise than {', '.join(taken)}"
        raise plugins.fault(evaluate, f"{wanted}, which is the file's own word")


def _numbers(found: Estimate) -> Iterator[tuple[str, object]]:
    """Values and errors of an estimate and of those among its details, by name."""
    yield from (("value", found.value), ("sem", found.sem))
    for name, part in found.details.items():
        if isinstance(part, dict) and part.keys() >= {"value", "sem"}:
            yield from ((f"{name}.{key}", part[key]) for key in ("value", "sem"))


def score(metric: str, model: object, valid: Tensor, generator: torch.Generator) -> float:
    """A metric's score of a model in training.

    Raises
    ------
    PluginFault
        If the metric gives no number.
    """
    rate = plugins.load("metrics", metric).validation_score
    return plugins.number(rate, rate(model, valid, generator))


def _number(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)
