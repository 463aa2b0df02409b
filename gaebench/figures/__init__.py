"""The figures, one a file.

A file has ``CAPTION`` and ``NEEDS`` (which files of each run it reads: ``samples``, ``model``,
``history`` or metrics), for controls ``CONTROLS_NEED`` where that differs, ``REQUIRES`` where the
models shown must have certain settings, and ``draw(runs, device) -> Figure``: ``runs`` are those of
the parameters as :class:`gaebench.report.shown.ShownRun`, in their order, controls last in each
panel; ``device`` is where to restore models. It is called within
:func:`gaebench.report.style.styled`.
"""

from gaebench.report import style as style  # before matplotlib: it sets the backend
