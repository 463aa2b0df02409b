"""The page as text: its content written down by the templates."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from gaebench.page.content import Content
from gaebench.page.text import anchor, inline


def render(content: Content) -> str:
    """The whole page as HTML; the same content gives the same text.

    Raises
    ------
    GaebenchError
        If a file that it is made of is missing or damaged.
    """
    return _environment().get_template("page.html").render(page=content)


@cache
def _environment() -> Environment:
    """Every value is escaped, and one that is missing is an error."""
    environment = Environment(
        loader=PackageLoader("gaebench.page"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"inline": inline, "anchor": anchor}
    return environment
