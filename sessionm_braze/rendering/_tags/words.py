"""Splits the text of a tag that is not an expression into words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from liquid.exceptions import LiquidSyntaxError

from .._parts import Span


_BRACES = re.compile(r"\$\{[^{}]*\}|\{\{|\}\}")


def words(text: str, start: int = 0, stop: int | None = None) -> list[Span]:
    """Return the words of *text*; blanks inside ``{{ }}`` are part of a word."""
    return list(_words(text, start, len(text) if stop is None else stop))


def first_word(text: str, start: int, stop: int) -> Span | None:
    """Return the first word between *start* and *stop*, if there is one."""
    return next(_words(text, start, stop), None)


def _words(text: str, start: int, stop: int) -> Iterator[Span]:
    at = start
    while at < stop:
        if text[at].isspace():
            at += 1
            continue
        end = at
        while end < stop and not text[end].isspace():
            end = after_braces(text, end, stop)
        yield Span(at, end, text[at:end])
        at = end


def after_braces(text: str, at: int, stop: int) -> int:
    """Return the index after the output or reference at *at*, else the next index."""
    match = _BRACES.match(text, at, stop)
    if match is None or match[0] == "}}":
        return at + 1
    if match[0] != "{{":
        return match.end()
    depth, end = 1, match.end()
    while depth:
        match = _BRACES.search(text, end, stop)
        if match is None:
            raise LiquidSyntaxError(
                "an output is not closed, '}}' is missing", token=None
            )
        depth += {"{{": 1, "}}": -1}.get(match[0], 0)
        end = match.end()
    return end
