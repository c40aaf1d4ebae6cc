"""From a template's text to tokens: finds outputs and tags in Braze's dialect.

The engine's own lexer ends an output at the first ``}}``, which ``{{${name}}}`` does
not survive.  This one counts braces.  Every token keeps its position in the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs
from liquid.exceptions import LiquidSyntaxError
from liquid.token import (
    TOKEN_CONTENT,
    TOKEN_EXPRESSION,
    TOKEN_OUTPUT,
    TOKEN_TAG,
    Token,
)

from ._namespaces import NAMESPACES


BLANKS = " \t\n\v\f\r\0"
"""What Ruby's ``strip`` takes off."""

_BARE_REFERENCE_PATH = re.compile(
    rf"(?<![\w./-])(?:{'|'.join(NAMESPACES)})"
    rf"(?:\.\$\{{[^{{}}]*\}}(?:\[\d+\])*)+|\$\{{[^{{}}]*\}}"
)
"""A reference outside of an output, with its namespace, unless that is an address."""

_OPENING = re.compile(r"\{\{|\{%")
_OPENING_OR_COMMENT = re.compile(rf"{_OPENING.pattern}|<!--")
_OUTPUT_PARTS = re.compile(r"\$\{[^{}]*\}|\{\{|\}\}|\"[^\"]*\"|'[^']*'")
_UNQUOTED_OUTPUT_PARTS = re.compile(
    r"\$\{[^{}]*\}|\{\{|\}\}|\"(?:(?!\}\})[^\"])*\"|'(?:(?!\}\})[^'])*'"
)
"""The same where a quoted text has no ``}}`` in it."""

_UNQUOTED_TAG_PARTS = re.compile(r"%\}|\{%|\$\{[^{}]*\}")
_TAG_PARTS = re.compile(rf"{_UNQUOTED_TAG_PARTS.pattern}|\"[^\"]*\"|'[^']*'")
_FREE_TAG_PARTS = re.compile(r"%\}|\{%|\$\{[^{}]*\}|\{\{|\}\}")
_TAG_NAME = re.compile(r"\s*(#|\w+)", re.ASCII)
_END_RAW = re.compile(r"\{%-?\s*endraw\b", re.ASCII)
_COMMENT_PARTS = re.compile(r"\{%-?\s*(comment|endcomment|raw)\b[^%]*?(-?)%\}")


@attrs.frozen
class Dialect:
    """How a lexer reads.

    Attributes:
        quotes: Whether a delimiter inside a quoted text is part of the text.
        bare: Whether ``${name}`` and ``namespace.${name}`` outside of ``{{ }}`` are
            outputs, too.
        comments: Whether comments of HTML stay, and Liquid in them runs.
        free: Tags whose text is not an expression, so a quote in it need not be
            closed.
        notes: Tags that may hold a note, in which an apostrophe is not a quote.
    """

    quotes: bool
    bare: bool
    comments: bool
    free: frozenset[str]
    notes: frozenset[str]


def tokenize(
    source: str, dialect: Dialect, start: int = 0, end: int | None = None
) -> Iterator[Token]:
    """Return the tokens of *source* between *start* and *end*."""
    return _Lexer(source, dialect, start, len(source) if end is None else end).tokens()


class _Lexer:
    """Walks once through a source."""

    def __init__(self, source: str, dialect: Dialect, start: int, end: int) -> None:
        self.source = source
        self.dialect = dialect
        self.at = start
        self.end = end
        self.trim = False
        self.raw_never_ends = False
        """Whether a search found no end of ``raw``, as later ones would not."""

        self.comment_never_ends = dialect.comments
        """Whether what looks like a comment of HTML is none, as later ones are not."""

    def tokens(self) -> Iterator[Token]:
        while self.at < self.end:
            pieces, stop = self.pieces()
            followed = stop < self.end
            yield from self.content(
                pieces, followed and self.source.startswith("-", stop + 2)
            )
            self.at = stop
            if followed:
                tag = self.source.startswith("{%", stop)
                yield from self.tag() if tag else self.output()

    def pieces(self) -> tuple[list[tuple[int, str]], int]:
        """Return the text up to the next output or tag, and where that is.

        Comments of HTML that are removed leave several pieces, each with its place.
        """
        found, at, end = [], self.at, self.end
        while not self.comment_never_ends:
            opening = _OPENING_OR_COMMENT.search(self.source, at, end)
            if opening is None or opening[0] != "<!--":
                break
            stop = self.source.find("-->", opening.end(), end)
            if stop < 0:
                self.comment_never_ends = True
            else:
                found.append((at, self.source[at : opening.start()]))
                at = stop + len("-->")
        opening = _OPENING.search(self.source, at, end)
        stop = end if opening is None else opening.start()
        found.append((at, self.source[at:stop]))
        return found, stop

    def uncommented(self, start: int, stop: int) -> str:
        """Return the text between *start* and *stop*, without removed comments."""
        parts = []
        while not self.dialect.comments:
            opening = self.source.find("<!--", start, stop)
            closing = self.source.find("-->", opening + len("<!--"), stop)
            if opening < 0 or closing < 0:
                break
            parts.append(self.source[start:opening])
            start = closing + len("-->")
        return "".join((*parts, self.source[start:stop]))

    def content(self, pieces: list[tuple[int, str]], trimmed: bool) -> Iterator[Token]:  # noqa: FBT001
        at = 0
        while self.trim and at < len(pieces):
            start, text = pieces[at]
            kept = text.lstrip(BLANKS)
            pieces[at] = start + len(text) - len(kept), kept
            self.trim, at = not kept, at + 1
        self.trim, at = False, len(pieces) - 1
        while trimmed and at >= 0:
            start, text = pieces[at]
            pieces[at] = start, text.rstrip(BLANKS)
            trimmed, at = not pieces[at][1], at - 1
        for start, text in pieces:
            if text and self.dialect.bare:
                yield from self.bare(text, start)
            elif text:
                yield self.token(TOKEN_CONTENT, start, text)

    def bare(self, text: str, start: int) -> Iterator[Token]:
        at = 0
        for match in _BARE_REFERENCE_PATH.finditer(text):
            if match.start() > at:
                yield self.token(TOKEN_CONTENT, start + at, text[at : match.start()])
            yield self.token(TOKEN_OUTPUT, start + match.start(), match[0])
            yield self.token(TOKEN_EXPRESSION, start + match.start(), match[0])
            at = match.end()
        if at < len(text):
            yield self.token(TOKEN_CONTENT, start + at, text[at:])

    def output(self) -> Iterator[Token]:
        start = self.at
        stop = self.output_end(start + 2)
        if stop is None:
            raise LiquidSyntaxError(
                "an output is not closed, '}}' is missing",
                token=self.token(TOKEN_OUTPUT, start, "{{"),
            )
        self.at = stop + 2
        yield self.token(TOKEN_OUTPUT, start, self.source[start : self.at])
        yield self.expression(start + 2, stop)

    def output_end(self, start: int) -> int | None:
        if self.source.startswith("{", start) and self.dialect.quotes:
            raise LiquidSyntaxError(
                "three braces: an output has two, '{{' and '}}'",
                token=self.token(TOKEN_OUTPUT, start - 2, "{{{"),
            )
        if self.dialect.quotes:
            stop = self.balanced(_OUTPUT_PARTS, start)
            if stop is not None:
                return stop
        return self.balanced(_UNQUOTED_OUTPUT_PARTS, start)

    def balanced(self, parts: re.Pattern[str], start: int) -> int | None:
        depth = 1
        for match in parts.finditer(self.source, start, self.end):
            if _spans_tags(match[0]):
                return None
            if match[0] == "{{":
                depth += 1
            elif match[0] == "}}":
                depth -= 1
                if not depth:
                    return match.start()
        return None

    def tag(self) -> Iterator[Token]:
        start = self.at
        dash = self.source.startswith("-", start + 2)
        name = _TAG_NAME.match(self.source, start + 2 + dash, self.end)
        stop = None if name is None else self.tag_end(name[1], name.end())
        if name is None or stop is None:
            message = "a tag has no name"
            if name is not None:
                message = f"the tag '{name[1]}' is not closed, '%}}' is missing"
            raise LiquidSyntaxError(message, token=self.token(TOKEN_TAG, start, "{%"))
        self.at = stop + 2
        yield self.token(TOKEN_TAG, name.start(1), name[1])
        if name[1] == "raw":
            yield from self.raw(name, stop)
            return
        expression = self.expression(name.end(), stop)
        if expression.value:
            yield expression
        if name[1] == "comment":
            yield from self.comment(name)

    def tag_end(self, name: str, start: int) -> int | None:
        """Return where a tag ends; in strict mode it does before the next begins."""
        if name in self.dialect.free:
            return self.free_end(start)
        strict = self.dialect.quotes and name not in self.dialect.notes
        for pattern in (_TAG_PARTS, _UNQUOTED_TAG_PARTS)[not strict :]:
            for match in pattern.finditer(self.source, start, self.end):
                if match[0] == "%}":
                    return match.start()
                if match[0] == "{%" and strict:
                    return None
                if _spans_tags(match[0]):
                    break
        return None

    def free_end(self, start: int) -> int | None:
        depth, first = 0, None
        for match in _FREE_TAG_PARTS.finditer(self.source, start, self.end):
            if match[0] == "%}":
                if depth <= 0:
                    return match.start()
                first = match.start() if first is None else first
            elif match[0] == "{%" and (first is not None or self.dialect.quotes):
                break
            elif match[0] in {"{{", "}}"}:
                depth += 1 if match[0] == "{{" else -1
        return first

    def raw(self, name: re.Match[str], stop: int) -> Iterator[Token]:
        trim = self.source.startswith("-", stop - 1)
        if self.source[name.end() : stop - trim].strip(BLANKS):
            raise LiquidSyntaxError(
                "'raw' takes nothing", token=self.token(TOKEN_TAG, name.start(1), "raw")
            )
        closing = self.raw_end(self.at)
        if closing is None:
            raise LiquidSyntaxError(
                "'raw' is never closed, 'endraw' is missing",
                token=self.token(TOKEN_TAG, name.start(1), "raw"),
            )
        body = self.uncommented(self.at, closing[0])
        yield self.token(TOKEN_EXPRESSION, self.at, body)
        self.at = closing[1]
        self.trim = trim

    def raw_end(self, at: int) -> tuple[int, int] | None:
        """Return where the next ``endraw`` begins and ends."""
        if self.raw_never_ends:
            return None
        opening = _END_RAW.search(self.source, at, self.end)
        stop = -1
        if opening is not None:
            stop = self.source.find("%}", opening.end(), self.end)
        if opening is None or stop < 0:
            self.raw_never_ends = True
            return None
        return opening.start(), stop + 2

    def comment(self, name: re.Match[str]) -> Iterator[Token]:
        depth, start, at = 1, self.at, self.at
        while (match := _COMMENT_PARTS.search(self.source, at, self.end)) is not None:
            at = match.end()
            if match[1] == "raw":
                closing = self.raw_end(at)
                at = at if closing is None else closing[1]
                continue
            depth += 1 if match[1] == "comment" else -1
            if not depth:
                yield self.token(
                    TOKEN_CONTENT, start, self.source[start : match.start()]
                )
                yield self.token(TOKEN_TAG, match.start(1), "endcomment")
                self.at, self.trim = at, match[2] == "-"
                return
        raise LiquidSyntaxError(
            "'comment' is never closed, 'endcomment' is missing",
            token=self.token(TOKEN_TAG, name.start(1), "comment"),
        )

    def expression(self, start: int, stop: int) -> Token:
        """Return the text between delimiters, without dashes and outer blanks."""
        text = self.source[start:stop]
        self.trim = text.endswith("-")
        if text.startswith("-") and self.source[start - 2 : start] == "{{":
            text, start = text[1:], start + 1
        text = text.removesuffix("-")
        kept = text.lstrip(BLANKS)
        return self.token(
            TOKEN_EXPRESSION, start + len(text) - len(kept), kept.rstrip(BLANKS)
        )

    def token(self, kind: str, start: int, value: str) -> Token:
        return Token(kind, value, start, self.source)


_DELIMITERS = re.compile(r"\{\{|\{%|\}\}|%\}")


def _spans_tags(quoted: str) -> bool:
    """Return whether a text in quotes runs from one tag into another.

    Then a quote is missing before it: ``{{ a | append: ' }} and {{ b | append: ' }}``,
    or what ends the tag.
    """
    if quoted[0] not in "\"'":
        return False
    depth = 0
    for match in _DELIMITERS.finditer(quoted):
        if match[0] in {"}}", "%}"}:
            depth -= 1
        elif depth < 0:
            return True
        else:
            depth += 1
    return depth > 0 and "\n" in quoted
