"""Names and other text as they are: on one line, and in Markdown without any meaning."""

import re

HARMLESS = re.compile(r"(?i)(?!.*www\.)[./]*[^\W_]+((?:[ _-]| ?[./]+)[^\W_]+)*")
"""Words, and paths of them: no Markdown, and no mention, reference or address."""
KEPT = re.compile(r"[^\W_]")


def line(text: str) -> str:
    """Text on one line, with escapes such as ``\\n`` for what cannot be seen."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def lines(text: str) -> str:
    """Text of several lines, each as :func:`line` has it."""
    return "\n".join(map(line, text.splitlines()))


def markdown(text: str) -> str:
    """Text for Markdown, in a cell of a table or anywhere: as code, unless it is harmless.

    In code nobody is mentioned; all marks are entities, which also are no end of a cell.
    """
    text = line(text)
    if not text or HARMLESS.fullmatch(text):
        return text
    marked = (char if KEPT.match(char) else f"&#{ord(char)};" for char in text)
    return f"<code>{''.join(marked)}</code>"
