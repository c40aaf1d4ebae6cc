"""HTML that cannot be broken by what it shows: all text is escaped on its way in."""

from __future__ import annotations

import html
from collections.abc import Iterable

from .._foreign import visible


_VOID_ELEMENTS = frozenset({"br", "img", "meta"})


class Html(str):
    """Text that is HTML already; a notebook shows it as such."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def escaped(value: object) -> str:
    """Return *value* as HTML text; only what is `Html` already stays as it is.

    Characters that are not seen but change how a line reads, such as those that turn
    its direction, become a replacement character.
    """
    if isinstance(value, Html):
        return str(value)
    return html.escape(visible(value), quote=True)


def element(tag: str, *children: object, **attributes: object) -> Html:
    """Return an element.

    Args:
        tag: Its name; never from outside.
        *children: What stands in it; everything but `Html` is escaped.
        **attributes: By name, ``class_`` for ``class`` and ``_`` for ``-``; ``True``
            is an attribute without a value, and ``None`` and ``False`` leave it out.
    """
    written = "".join(
        f" {name.rstrip('_').replace('_', '-')}"
        + ("" if value is True else f'="{escaped(value)}"')
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    if tag in _VOID_ELEMENTS:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{joined(children)}</{tag}>")


def joined(parts: Iterable[object], between: str = "") -> Html:
    """Return *parts* one after the other; everything but `Html` is escaped."""
    return Html(escaped(between).join(map(escaped, parts)))


def badge(text: str, kind: str = "plain") -> Html:
    """Return a small mark: ``plain``, ``good``, ``warning`` or ``bad``.

    The text says everything, the colour only stresses it.
    """
    return element("span", text, class_=f"smb-badge smb-{kind}")
