"""A whole page around views, for a browser: no script runs on it, nothing is loaded."""

from __future__ import annotations

from .markup import Html, element, joined


GENERATOR = "sessionm_braze"
"""What a page says of where it comes from."""

_PAGE_STYLE = """
:root { color-scheme: light dark; }
body {
  margin: 0 auto; padding: 16px; max-width: 1100px;
  background: #ffffff; color: #1c2127; font: 14px/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere;
}
h1 { font-size: 1.3em; margin: .2em 0 .6em; }
body > .smb { margin-bottom: 12px; }
a { color: #0b5cad; }
@media (prefers-color-scheme: dark) {
  body { background: #0f1216; color: #e4e8ec; }
  a { color: #8ec5ff; }
}
"""


def policy(*, images: bool = False) -> Html:
    """Return the rule that a page loads nothing, or nothing but images."""
    sources = "data: http: https:" if images else "data:"
    rule = f"default-src 'none'; style-src 'unsafe-inline'; img-src {sources}"
    return element("meta", http_equiv="Content-Security-Policy", content=rule)


def page(title: str, *parts: object, images: bool = False) -> Html:
    """Return a page.

    Args:
        title: Its heading.
        *parts: Views; everything but `Html` is escaped.
        images: Let it load images from elsewhere.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="generator", content=GENERATOR),
        policy(images=images),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Html(_PAGE_STYLE)),
    )
    body = element("body", element("h1", title), *parts)
    return joined((Html("<!doctype html>\n"), element("html", head, body, lang="en")))
