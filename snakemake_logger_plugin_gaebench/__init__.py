"""How a run of the graph is seen: Snakemake's logger plugin ``gaebench``.

On a terminal a view of what runs, is done and left; elsewhere plain lines. Chosen by ``logger:`` in
workflow/profiles/default; ``--logger rich`` or another one takes its place, and ``--verbose`` shows
all that Snakemake says. Snakemake's own full log is below .snakemake/log in any case.
"""

import logging
import sys
from logging import LogRecord

from snakemake.logging import ColorizingTextHandler
from snakemake_interface_logger_plugins.base import LogHandlerBase

from snakemake_logger_plugin_gaebench.lines import Lines
from snakemake_logger_plugin_gaebench.screen import Screen


class LogHandler(LogHandlerBase):
    """Passes each record to the view that fits where the run is looked at."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = False
    has_formatter = False
    needs_rulegraph = False

    def __post_init__(self) -> None:
        settings = self.common_settings
        stream = sys.stdout if settings.stdout else sys.stderr
        if settings.dryrun or settings.verbose or settings.debug_dag:
            self.view = ColorizingTextHandler(nocolor=settings.nocolor, stream=stream)
            self.view.format = lambda record: self.format(record)
        elif stream.isatty():
            self.view = Screen(stream, colour=not settings.nocolor)
        else:
            self.view = Lines(stream)

    def emit(self, record: LogRecord) -> None:
        """Show a record of Snakemake's."""
        try:
            self.view.emit(record)
        except Exception:  # a run does not end for the sake of its view
            self.handleError(record)

    def close(self) -> None:
        """Leave the terminal as it was found; called twice where Python ends."""
        view, self.view = self.view, logging.NullHandler()
        view.close()
        super().close()
