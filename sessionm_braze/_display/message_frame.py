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
    body, height = text, _MOST_HEIGHT
    if not is_html(text):
        body = f'<pre style="{_PLAIN_TEXT_STYLE}">{html.escape(text)}</pre>'
        lines = sum(max(1, math.ceil(len(x) / _LINE_LENGTH)) for x in text.split("\n"))
        height = min(max((lines + 1) * _LINE_HEIGHT, _LEAST_HEIGHT), _MOST_HEIGHT)
    return element(
        "iframe",
        sandbox=True,
        srcdoc=policy(images=images) + body,
        title="message",
        height=height,  # it cannot grow by itself without a script
        referrerpolicy="no-referrer",
    )


def text_block(text: str) -> Html:
    """Return *text* as it stands, line breaks and all."""
    return element("pre", joined([text]))
