"""Texts of tables and captions, which are Markdown, as HTML."""

import re
from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup

ARXIV = re.compile(r"\barXiv (\d{4}\.\d{4,5})")


@cache
def _markdown() -> MarkdownIt:
    """What such texts use of Markdown; everything else, HTML too, stands as it is."""
    return MarkdownIt("zero").enable(["backticks", "emphasis"])


def inline(text: str) -> Markup:
    """A line of text: emphasis, code, and papers of arXiv as links."""
    html = _markdown().renderInline(text)
    return Markup(ARXIV.sub(r'<a href="https://arxiv.org/abs/\1">arXiv \1</a>', html))


def anchor(*parts: object) -> str:
    """A name for links to a place of the page."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(map(str, parts)).lower()).strip("-")


def said(value: object) -> str:
    """A setting's value as params.yaml has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:,}" if isinstance(value, int) else str(value)


def listed(settings: dict) -> str:
    """Settings in one line: ``layers 2, latent 10``."""
    return ", ".join(f"{name} {said(value)}" for name, value in settings.items())
