"""The tags: one file each, node and tag side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    _abort_message,
    _assign,
    _capture,
    _case,
    _catalogs,
    _comment,
    _connected_content,
    _counters,
    _cycle,
    _for,
    _if,
    _ifchanged,
    _illegal,
    _landing_page_url,
    _liquid,
    _message_extras,
    _output,
    _promotion,
    _random,
    _raw,
    _shopping_cart,
    _tablerow,
    _translation,
)


if TYPE_CHECKING:
    from .._environment import BrazeEnvironment


_MODULES = (
    _abort_message,
    _assign,
    _capture,
    _case,
    _catalogs,
    _comment,
    _connected_content,
    _counters,
    _cycle,
    _for,
    _if,
    _ifchanged,
    _illegal,
    _landing_page_url,
    _liquid,
    _message_extras,
    _output,
    _promotion,
    _random,
    _raw,
    _shopping_cart,
    _tablerow,
    _translation,
)


def add_tags(env: BrazeEnvironment) -> None:
    """Register every tag with *env*."""
    for module in _MODULES:
        for tag in module.TAGS:
            env.add_tag(tag)
