"""The figures, one a file.

A file has ``CAPTION`` and ``NEEDS`` (which files of each run it reads: ``samples``, ``model``,
``history`` or metrics), for controls ``CONTROLS_NEED`` where that differs, ``ASKS`` and
``REQUIRES`` where the models shown must have certain methods and settings, and ``draw(runs,
device) -> Figure``: ``runs`` are those of the parameters as
:class:`gaebench.report.shown.ShownRun`, in their order, controls last in each panel; ``device`` is
where to restore models.
"""

from collections.abc import Sequence

from gaebench import plugins
from gaebench.errors import described
from gaebench.processes.surroundings import undisturbed
from gaebench.report import style  # before matplotlib: it sets the backend
from gaebench.report.shown import ShownRun

WIDEST = 50
"""Inches of a figure's side: some 10,000 pixels."""


def drawn(name: str, runs: Sequence[ShownRun], device: str) -> style.Figure:
    """A figure of some runs, in the style of all.

    Raises
    ------
    PluginFault
        If its file gives no figure or a huge one, or draws from a global stream.
    """
    draw = plugins.load("figures", name).draw
    with style.styled(), undisturbed(draw):
        found = draw(runs, device)
    if not isinstance(found, style.Figure):
        raise plugins.fault(draw, f"must give a matplotlib Figure, not {described(found)}")
    if not all(0 < side <= WIDEST for side in found.get_size_inches()):
        size = " x ".join(f"{side:g}" for side in found.get_size_inches())
        wanted = f"must give a Figure of up to {WIDEST} inches a side"
        raise plugins.fault(draw, f"{wanted}, not {size}")
    return found


def save(name: str, figure: style.Figure, png: str, svg: str) -> None:
    """Write a figure's two files: only now does it show whether all that is in it can be drawn.

    Raises
    ------
    PluginFault
        If it cannot.
    """
    try:
        style.save(figure, png, svg)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError) as e:
        draw = plugins.load("figures", name).draw
        raise plugins.fault(draw, f"must give a Figure that can be saved: {e}") from e
