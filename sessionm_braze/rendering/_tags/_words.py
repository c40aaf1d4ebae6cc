"""Scanners for tags with a grammar of their own: words, and parts that hold Liquid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import attrs
from liquid.ast import Node
from liquid.exceptions import LiquidSyntaxError
from liquid.token import Token

from .._render import render_text


if TYPE_CHECKING:
    from .._context import BrazeContext
    from .._environment import BrazeEnvironment, BrazeStream


_BRACES = re.compile(r"\$\{[^{}]*\}|\{\{|\}\}")


@attrs.frozen
class Span:
    """A part of a tag's text."""

    start: int
    stop: int
    text: str


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


@attrs.frozen
class Part:
    """A piece of a tag's text that may hold outputs; they are parsed once."""

    text: str
    nodes: Sequence[Node] | None

    def render(self, context: BrazeContext) -> str:
        """Return the piece with its outputs filled in."""
        return self.text if self.nodes is None else render_text(self.nodes, context)


def part(env: BrazeEnvironment, stream: BrazeStream, token: Token, span: Span) -> Part:
    """Return the piece of *token* at *span*."""
    if "{{" not in span.text and "${" not in span.text:
        return Part(span.text, None)
    return Part(span.text, env.fragment(token, span.start, span.stop, stream.reader))
