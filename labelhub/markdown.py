"""From Markdown that a person wrote to HTML that is safe to show."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

FIRST_HEADING = 3  # pages put such texts below a heading of level two
LAST_HEADING = 6
TEXTS_KEPT = 256  # a page shows the same few texts to everybody

# Tags outside are dropped, their text stays. No images: the content policy lets none in from
# elsewhere, and products are shown as examples. No raw HTML: what is typed as a tag is shown.
TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
_markdown.enable(["table", "strikethrough"]).disable("image")


@lru_cache(maxsize=TEXTS_KEPT)
def render(text: str) -> SafeString:
    """
    Return Markdown as HTML without anything that runs, loads or styles.

    Headings begin below the page's own, without gaps, so that the outline stays whole.
    """
    tokens = _markdown.parse(text)
    _lower_headings(tokens)
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES)
    return mark_safe(clean)  # noqa: S308  # cleaned one line above


def _lower_headings(tokens: Sequence[Token]) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        level = min(FIRST_HEADING + levels.index(token.tag), LAST_HEADING)
        token.tag = f"h{level}"
