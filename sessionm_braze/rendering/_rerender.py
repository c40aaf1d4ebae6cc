"""Liquid inside of fetched text: ``:rerender`` of answers and of catalog fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from liquid.token import Token

from ..exceptions import TemplateSyntaxError
from ._render import render_text


if TYPE_CHECKING:
    from ._context import BrazeContext


_REFERENCE = re.compile(r"(?:(\w+)\s*\.\s*)?\$\{\s*([^{}]*?)\s*\}")

USER_FIELDS = (None, "custom_attribute")
"""What Braze loads only if the message names it before the call."""


def references(text: str) -> set[tuple[str | None, str]]:
    """Return the ``${}`` names in *text*, each with its namespace."""
    return {(match[1], match[2]) for match in _REFERENCE.finditer(text)}


def rerender(text: str, context: BrazeContext, token: Token) -> str:
    """Return *text* with its Liquid filled in, one level deep.

    Fields of the user are known only if the message named them before *token* (Braze
    docs, user profile fields in Connected Content).
    """
    if "{{" not in text and "{%" not in text:
        return text
    try:
        parsed = context.env.parse_once(text)
    except TemplateSyntaxError as error:
        if context.strict:
            raise
        context.warn(f"fetched text is not rendered: {error.args[0]}", token)
        return text
    loaded, context.loaded = (
        context.loaded,
        context.loaded | references(token.source[: token.start_index]),
    )
    context.rerendering += 1
    try:
        return render_text(parsed.nodes, context)
    finally:
        context.rerendering -= 1
        context.loaded = loaded
