"""Lines of several models in one panel: colours, dashes and marks that tell them apart."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from gaebench.report import style
from gaebench.report.names import Label

DASHES = ("-", "--", "-.", ":")
MARKS = ("o", "s", "^", "D")
"""Of 1, 2, 3 and 4 layers."""
LIGHTER = 0.45
"""The share of white that each further round of dashes adds."""


def looks(labels: Sequence[Label]) -> list[dict[str, str]]:
    """Colour, line style and mark of each model's line.

    The colour is that of the family, the same in every figure. Line style and mark say the number
    of layers; models that no number tells from their family have the first ones that are left.
    """
    steps: dict[int, int] = {}
    taken: set[tuple[str, int]] = set()
    for place, label in sorted(enumerate(labels), key=lambda pair: pair[1].layers is None):
        base, step = style.colour(label.family or label.text), (label.layers or 1) - 1
        while (base, step) in taken:
            step += 1
        taken.add((base, step))
        steps[place] = step
    return [_look(label, steps[place]) for place, label in enumerate(labels)]


def _look(label: Label, step: int) -> dict[str, str]:
    again, dash = divmod(step, len(DASHES))
    base = style.colour(label.family or label.text)
    colour = style.lighter(base, 1 - (1 - LIGHTER) ** again)
    return {"color": colour, "linestyle": DASHES[dash], "marker": MARKS[dash]}


def ruled(axes: Axes) -> None:
    """Put a grid below the lines."""
    axes.grid(True)
    axes.set_axisbelow(True)
