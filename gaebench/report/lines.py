"""Lines of several models in one panel: colours and dashes that tell them apart."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from gaebench.report.names import Label
from gaebench.report.style import COLOURS, cycle

DASHES = ("-", "--", ":", "-.")


def looks(labels: Sequence[Label]) -> list[dict[str, str]]:
    """Colour and line style of each model's line.

    Where all labels have a number of layers, the colour says it and the line style the family;
    otherwise each model has its own colour, and once they run out, dashes.
    """
    if all(label.layers is not None for label in labels):
        families = list(dict.fromkeys(label.family for label in labels))
        layers = sorted({label.layers for label in labels})
        pairs = [(layers.index(label.layers), families.index(label.family)) for label in labels]
    else:
        pairs = [(i % len(COLOURS), i // len(COLOURS)) for i in range(len(labels))]
    colours = cycle(COLOURS, 1 + max(first for first, _ in pairs))
    dashes = cycle(DASHES, 1 + max(second for _, second in pairs))
    return [{"color": colours[first], "linestyle": dashes[second]} for first, second in pairs]


def ruled(axes: Axes) -> None:
    """Put a grid below the lines."""
    axes.grid(True)
    axes.set_axisbelow(True)
