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
from gaebench.report import style  # before matplotlib: it sets the backend
from gaebench.report.shown import ShownRun
from gaebench.seeding import from_generators


def drawn(name: str, runs: Sequence[ShownRun], device: str) -> style.Figure:
    """A figure of some runs, in the style of all.

    Raises
    ------
    PluginFault
        If its file gives no figure, or draws from a global stream.
    """
    draw = plugins.load("figures", name).draw
    with style.styled(), from_generators(draw):
        found = draw(runs, device)
    if not isinstance(found, style.Figure):
        raise plugins.fault(draw, f"must give a matplotlib Figure, not {described(found)}")
    return found
