"""Foreign HTML, such as a message, shown in a frame in which nothing can run."""

from __future__ import annotations

import html
import math
import re

from .markup import Html, element, joined
from .pages import policy


_HTML_TAG = re.compile(
    r"<(?:!doctype|html|head|body|p|div|table|br|img|a|span|h[1-6]|ul|ol|li|b|i|strong"
    r"|em|script|style|svg|iframe|center|font|hr|section)\b",
    re.IGNORECASE,
)
_PLAIN_TEXT_STYLE = (
    "margin:12px;font:15px/24px system-ui,sans-serif;white-space:pre-wrap;"
    "overflow-wrap:anywhere"
)
_LINE_LENGTH = 34
_LINE_HEIGHT = 24
_LEAST_HEIGHT, _MOST_HEIGHT = 72, 620


def is_html(text: str) -> bool:
    """Return whether *text* is meant as HTML."""
    return _HTML_TAG.search(text) is not None


def sandboxed(text: str, *, images: bool = False) -> Html:
    """Return a frame that shows *text*, as HTML if it is that.

    The frame is a sandbox of its own: no scripts, no forms, no way to the page around
    it, and nothing is loaded.

    Args:
        text: What to show.
        images: Let it load images from elsewhere.
    """
    body = (
        text
        if is_html(text)
        else f'<pre style="{_PLAIN_TEXT_STYLE}">{html.escape(text)}</pre>'
    )
    document = policy(images=images) + body
    return element(
        "iframe",
        sandbox=True,
        srcdoc=document,
        title="message",
        height=_height(text),
        referrerpolicy="no-referrer",
    )


def _height(text: str) -> int:
    """Return the height of a frame; it cannot grow by itself without a script."""
    if is_html(text):
        return _MOST_HEIGHT
    lines = sum(max(1, math.ceil(len(x) / _LINE_LENGTH)) for x in text.split("\n"))
    return min(max(lines * _LINE_HEIGHT + _LINE_HEIGHT, _LEAST_HEIGHT), _MOST_HEIGHT)


def text_block(text: str) -> Html:
    """Return *text* as it stands, line breaks and all."""
    return element("pre", joined([text]))
