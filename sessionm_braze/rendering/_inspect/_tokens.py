"""Tokens of a template that may be broken: what is wrong is noted and passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from liquid.exceptions import LiquidSyntaxError
from liquid.token import TOKEN_CONTENT, TOKEN_OUTPUT, TOKEN_TAG, Token

from .._lexer import Dialect, tokenize
from ._notes import Notes


_MESSAGES = {"{{{": ("triple-braces", 1), "{{": ("syntax-error", 2)}
_END_TAG = re.compile(r"%\}")


_FAULTS = 100
"""After so many the rest is left: each may have been searched to the end."""


def tokens(source: str, notes: Notes) -> Iterator[Token]:
    """Yield the tokens of *source*; after a fault go on behind it."""
    start = 0
    for _ in range(_FAULTS):
        try:
            yield from tokenize(source, Dialect(), start)
        except LiquidSyntaxError as error:
            start = _behind(error, notes)
        else:
            return
    notes.add("syntax-error", start, "after so many faults nothing more is read")


def _behind(error: LiquidSyntaxError, notes: Notes) -> int:
    """Note a fault of the lexer and return where to go on."""
    token = error.token or Token(TOKEN_TAG, "", 0, notes.source)
    if token.kind == TOKEN_OUTPUT:
        code, step = _MESSAGES[token.value]
        suggestion = "write {{ and }}" if code == "triple-braces" else None
        notes.add(code, token.start_index, str(error.message), suggestion=suggestion)
        return token.start_index + step
    if token.kind == TOKEN_TAG and token.value in {"raw", "comment"}:
        notes.add("unclosed-block", token.start_index, str(error.message))
    else:
        notes.add("syntax-error", token.start_index, str(error.message))
    return token.start_index + 2


def fragments(token: Token, start: int, stop: int) -> Iterator[Token]:
    """Yield the tokens of a part of a tag's text; a broken part has none."""
    base = token.start_index
    found = tokenize(token.source, Dialect(bare=True), base + start, base + stop)
    try:
        yield from (each for each in found if each.kind != TOKEN_CONTENT)
    except LiquidSyntaxError:
        return
