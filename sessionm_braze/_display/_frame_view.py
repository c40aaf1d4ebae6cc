"""Foreign HTML, such as a message, shown in a frame in which nothing can run."""

from __future__ import annotations

import html
import math
import re

from ._markup import Html, element, joined
from ._page import policy


_TAG = re.compile(
    r"<(?:!doctype|html|head|body|p|div|table|br|img|a|span|h[1-6]|ul|ol|li|b|i|strong"
    r"|em|script|style|svg|iframe|center|font|hr|section)\b",
    re.IGNORECASE,
)
_PLAIN = (
    "margin:12px;font:15px/24px system-ui,sans-serif;white-space:pre-wrap;"
    "overflow-wrap:anywhere"
)
_CHARACTERS = 34
_LINE = 24
_SMALLEST, _LARGEST = 72, 620


def is_html(text: str) -> bool:
    """Tell whether *text* is meant as HTML."""
    return _TAG.search(text) is not None


def sandboxed(text: str, *, images: bool = False) -> Html:
    """Return a frame that shows *text*, as HTML if it is that.

    The frame is a sandbox of its own: no scripts, no forms, no way to the page around
    it, and nothing is loaded.

    Args:
        text: What to show.
        images: Let it load images from elsewhere.
    """
    body = text if is_html(text) else f'<pre style="{_PLAIN}">{html.escape(text)}</pre>'
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
        return _LARGEST
    lines = sum(max(1, math.ceil(len(x) / _CHARACTERS)) for x in text.split("\n"))
    return min(max(lines * _LINE + _LINE, _SMALLEST), _LARGEST)


def text_block(text: str) -> Html:
    """Return *text* as it stands, line breaks and all."""
    return element("pre", joined([text]))
