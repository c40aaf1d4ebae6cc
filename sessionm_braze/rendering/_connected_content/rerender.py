"""Liquid inside of fetched text: ``:rerender`` of answers and of catalog fields."""

from __future__ import annotations

import re

from liquid.token import Token

from ...exceptions import TemplateSyntaxError
from .._context import BrazeContext
from .._errors import errors_in
from .._namespaces import CONTENT_BLOCKS, MAX_BLOCK_DEPTH


_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_NAMESPACE = re.compile(r"(\w{1,64})[ \n]?\.[ \n]?\Z")
_MAX_NAMESPACE_LENGTH = 70


def references(text: str) -> set[tuple[str | None, str]]:
    """Return the ``${}`` names in *text*, each with its namespace."""
    found: set[tuple[str | None, str]] = set()
    for match in _REFERENCE.finditer(text):
        start = match.start()
        before = _NAMESPACE.search(text[max(start - _MAX_NAMESPACE_LENGTH, 0) : start])
        found.add((None if before is None else before[1], match[1].strip()))
    return found


def rerender_answer(text: str, context: BrazeContext, token: Token) -> str:
    """Return a call's answer with its Liquid filled in, one level deep.

    Fields of the user are known only if the message names them up to the call at
    *token* (Braze docs, user profile fields in Connected Content).
    """
    loaded, context.loaded = context.loaded, _named(context, token)
    try:
        return rerender(text, context, token)
    finally:
        context.loaded = loaded


def rerender(text: str, context: BrazeContext, token: Token) -> str:
    """Return fetched *text* with its Liquid filled in, one level deep."""
    if not any(opening in text for opening in ("{{", "{%", "${")):
        return text
    context.rerendering += 1
    try:
        with errors_in("fetched text"):
            parsed = context.env.parse_once(text, context.check_time, bare=True)
            return context.rendered(parsed.nodes)
    except TemplateSyntaxError as error:
        if context.strict:
            raise
        context.warn(f"{error.args[0]}, which stays as it is", token)
        return text
    finally:
        context.rerendering -= 1


def _named(context: BrazeContext, token: Token) -> frozenset[tuple[str | None, str]]:
    """Return the names in the message and its blocks, up to the call at *token*."""
    message = context.source
    here = token.source[: max(token.source.find("%}", token.start_index), 0)]
    found = references(here if token.source is message else message + here)
    for _ in range(MAX_BLOCK_DEPTH):
        blocks = [name for namespace, name in found if namespace == CONTENT_BLOCKS]
        for name in blocks:
            found |= references(context.workspace.content_blocks.get(name, ""))
    return frozenset(found)
