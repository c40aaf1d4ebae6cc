"""Words of the text of a tag with a grammar of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from liquid.exceptions import LiquidSyntaxError

from .._parts import Span


_BRACES = re.compile(r"\$\{[^{}]*\}|\{\{|\}\}")


def words(text: str, start: int = 0, stop: int | None = None) -> list[Span]:
    """Return the words of *text*; blanks inside ``{{ }}`` end none."""
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
        end = _word_end(text, at, stop)
        yield Span(at, end, text[at:end])
        at = end


def _word_end(text: str, at: int, stop: int) -> int:
    while at < stop and not text[at].isspace():
        at = after_braces(text, at, stop)
    return at


def after_braces(text: str, at: int, stop: int) -> int:
    """Return the place after the output or reference at *at*, else the next."""
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
