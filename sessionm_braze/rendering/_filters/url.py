"""Filters for parts of URLs (Braze docs, advanced filters)."""

from __future__ import annotations

from urllib.parse import quote, quote_plus, unquote_to_bytes

from .._errors import FaultError
from .._values import to_text, utf8
from .base import liquid_filter


_URL_CHARS = "!#$&'()*+,-./:;=?@[]_~"
"""Characters that need no escape in a URL."""


@liquid_filter()
def url_escape(value: object) -> str:
    """Escape what a URL may not contain; ``& ? = / :`` stay."""
    return quote(to_text(value).encode("utf-8", "replace"), safe=_URL_CHARS)


@liquid_filter()
def url_param_escape(value: object) -> str:
    """Escape what one parameter of a URL may not contain."""
    return quote(to_text(value).encode("utf-8", "replace"), safe="")


@liquid_filter()
def url_encode(value: object) -> str | None:
    """Encode as a form does: a blank becomes ``+``."""
    if value is None:
        return None
    return quote_plus(to_text(value).encode("utf-8", "replace"))


@liquid_filter(documented=False)
def url_decode(value: object) -> str | None:
    """Decode what a form encoded."""
    if value is None:
        return None
    try:
        data = utf8(to_text(value).replace("+", " "))
        return unquote_to_bytes(data).decode()
    except UnicodeDecodeError:
        raise FaultError("invalid byte sequence in UTF-8") from None
