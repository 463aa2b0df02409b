"""The command itself: its subcommands, and how errors are told."""

import importlib
import traceback

import click

from gaebench import __version__, files, plugins
from gaebench.command import output
from gaebench.errors import GaebenchError, ShortOfMemory, is_of_memory

NAMES = ("score", "compare", "ls", "validate", "plan", "verify")
"""The subcommands, each in a file of its name."""


class Commands(click.Group):
    """The subcommands, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order of the help."""
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A subcommand."""
        if cmd_name not in NAMES:
            return None
        return importlib.import_module(f"gaebench.command.{cmd_name}").command

    def invoke(self, ctx: click.Context) -> object:
        """Run a subcommand; what the user can act on is told in one message, with status 1."""
        try:
            with output.whole():
                return super().invoke(ctx)
        except GaebenchError as error:
            raise Refused(str(error)) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            _tell(error)
            raise


def _tell(error: Exception) -> None:
    """Raise what a user can act on in an error that no code of ours raised on purpose, if it is."""
    where = plugins.blamed(error)
    if is_of_memory(error):
        raise Refused(str(ShortOfMemory(error, where))) from error
    if isinstance(error, OSError):
        raise Refused(files.trouble(error)) from error
    if where:
        traceback.print_exc()
        raise Refused(f"{where}; {plugins.BLAME}") from error


class Refused(click.ClickException):
    """What the user can act on, in the words of the other jobs."""

    def show(self, file: object = None) -> None:
        """Print it to stderr."""
        click.echo(f"error: {self.format_message()}", err=True, file=file)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gaebench")
def main() -> None:
    """Score your own images or model as this benchmark scores its own, and compare results.

    \b
    gaebench score my_images/ --dataset mnist     a folder of PNGs beside Table 1's models
    gaebench compare HEAD~1                       what a change did to the numbers
    gaebench ls models                            what there is
    gaebench validate                             is params.yaml in order?
    gaebench plan                                 what would run, and for how long

    Each has a --help with examples. Exit status: 0 fine; 1 refused or failed, the message says why;
    2 the command line is wrong; what else, the subcommands say.
    """
