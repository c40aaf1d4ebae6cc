"""Parses a template that may be broken: errors become findings, parsing continues."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from liquid.ast import IllegalNode, Node
from liquid.exceptions import BlockNestingError, LiquidError, LiquidSyntaxError
from liquid.token import (
    TOKEN_EOF,
    TOKEN_EXPRESSION,
    TOKEN_OUTPUT,
    TOKEN_TAG,
    Token,
)

from .._deadline import CheckTime, without_end
from .._engine import Engine, Stream
from .._expressions.reader import Reader
from .._lexer import tokenize
from .._tags.illegal import UnknownTagError
from .block_nesting import check_nesting
from .expression_mistakes import note_curly_quotes, note_mistakes
from .filter_resolver import InspectingResolver
from .findings import FindingCollector


T = TypeVar("T")

MAX_LEXER_FAULTS = 20
"""After so many the rest is not read: each may have cost a search to the end."""

_OUTPUT_FAULTS = {"{{{": ("triple-braces", 1), "{{": ("syntax-error", 2)}
"""Code of the finding for an output that begins like this, and characters to skip."""

_TAG_START = "{%"
_CURLY_TAGS = frozenset({"connected_content"})
"""Tags of which the text is no expression, and a curly quote in it a likely mistake."""


class NotedError(LiquidSyntaxError):
    """A syntax error that is already among the findings."""


class InspectingReader(Reader):
    """A strict reader, with a lax one for what it refuses."""

    def __init__(self, engine: Engine, findings: FindingCollector) -> None:
        resolver = InspectingResolver(engine.filters, findings, strict=True)
        super().__init__(resolver)
        lax = InspectingResolver(engine.filters, findings, strict=False)
        self.lax = Reader(lax)
        self.findings = findings
        self.used_filters = resolver.used
        self.used_tags: dict[str, None] = {}
        """The tags, in the order of their first use."""

        self.guessed: set[int] = set()
        """Where tags and outputs may lie that are not closed, which is noted."""


class InspectingStream(Stream):
    """A stream that turns syntax errors into findings instead of raising them."""

    reader: InspectingReader

    def __init__(
        self,
        engine: Engine,
        tokens: Iterable[Token],
        reader: InspectingReader,
        check_time: CheckTime,
        depth: int = 0,
    ) -> None:
        super().__init__(engine, tokens, reader, check_time, depth)
        check_nesting(self.tokens, engine.tags, reader.used_tags, reader.findings)

    def read(self, grammar: Callable[[Reader, Token], T], token: Token) -> T:
        """Return what *grammar* makes of an expression, loosely if it has a mistake."""
        reader = self.reader
        findings = reader.findings
        wrong = note_mistakes(self._tag(), grammar, token, findings)
        try:
            return grammar(reader, token)
        except LiquidSyntaxError as error:
            foreign = self._tag() in _CURLY_TAGS and note_curly_quotes(token, findings)
            if not wrong and not foreign:
                self._note(error, token)
            at = error.token or token
            unclosed = at.value in {"'", '"'} or at.start_index in reader.guessed
        count = len(findings.found)
        try:
            return grammar(reader.lax, token)
        except LiquidSyntaxError:
            raise NotedError("noted", token=token) from None
        finally:
            while unclosed and len(findings.found) > count:
                findings.found.popitem()  # the words behind it are no other mistake

    def _tag(self) -> str:
        """Return the name of the tag that is being read, or ``output``."""
        at = self.pos
        while self.tokens[at].kind not in {TOKEN_TAG, TOKEN_OUTPUT}:
            at -= 1
        token = self.tokens[at]
        return token.value if token.kind == TOKEN_TAG else TOKEN_OUTPUT

    def finish(self, name: str) -> None:
        """Go past the end of a block, if it has one."""
        if self.current.kind != TOKEN_EOF:
            super().finish(name)

    def fail(self, error: LiquidError, opening: Token) -> Node:
        """Add an error of the tag at *opening* to the findings, unless it is there."""
        if isinstance(error, BlockNestingError):
            self.reader.findings.add("syntax-error", 0, str(error.message))
        elif not isinstance(error, NotedError | UnknownTagError):
            self._note(error, opening)
        self.skip_expression()
        return IllegalNode(opening)

    def _note(self, error: LiquidError, token: Token) -> None:
        at = (error.token or token).start_index
        if at not in self.reader.guessed:
            self.reader.findings.add("syntax-error", at, str(error.message))


def parse_tolerantly(
    source: str, engine: Engine, reader: InspectingReader
) -> tuple[list[Node], list[Token]]:
    """Return the nodes of a template that may be broken, and its tokens."""
    tokens = _tokens(source, engine, reader)
    nodes = engine.parser.parse(InspectingStream(engine, tokens, reader, without_end))
    return nodes, tokens


def _tokens(source: str, engine: Engine, reader: InspectingReader) -> list[Token]:
    """Return the tokens of *source*; after an error continue behind it."""
    start = 0
    found: list[Token] = []
    findings = reader.findings
    for _ in range(MAX_LEXER_FAULTS):
        try:
            found.extend(tokenize(source, engine.dialect(), start))
        except LiquidSyntaxError as error:
            start = _note_fault(error, source, findings)
            while found and found[-1].start_index >= start - len(_TAG_START):
                found.pop()  # a comment or raw text that is never closed
            at = error.token
            unclosed = None
            if at is not None and at.value in {_TAG_START, "{{"}:
                unclosed = _UNCLOSED.match(source, at.start_index)
            if unclosed and unclosed["name"] not in {"comment", "raw"}:
                found += _guessed(unclosed, source)
                start = unclosed.end()
                reader.guessed.update(range(unclosed.start(), start))
        else:
            return found
    findings.add("syntax-error", start, "after so many faults nothing more is read")
    return found


def _note_fault(
    error: LiquidSyntaxError, source: str, findings: FindingCollector
) -> int:
    """Add an error of the lexer to the findings and return where to continue."""
    token = error.token or Token(TOKEN_TAG, "", 0, source)
    message = str(error.message)
    if token.kind == TOKEN_OUTPUT:
        code, step = _OUTPUT_FAULTS[token.value]
        suggestion = "write {{ and }}" if code == "triple-braces" else None
        findings.add(code, token.start_index, message, suggestion=suggestion)
        return token.start_index + step
    unclosed = token.value in {"raw", "comment"}
    code = "unclosed-block" if unclosed else "syntax-error"
    findings.add(code, token.start_index, message)
    return token.start_index + len(_TAG_START)


_UNCLOSED = re.compile(
    r"\{(?:\{(?!\{)|%-?\s*(?P<name>\w+))-?\s*"
    r"(?P<text>(?:\$\{[^{}]*\}|[^{}%\n]|%(?!\}))*)(?:%\}|\}\}?)?"
)
"""A tag or an output that is not closed, up to where its author may have meant to."""


def _guessed(unclosed: re.Match[str], source: str) -> Iterator[Token]:
    """Yield the tokens of what is not closed, so that nothing else is missed."""
    name = "name" if unclosed["name"] else 0
    kind, value = (TOKEN_TAG, unclosed["name"]) if name else (TOKEN_OUTPUT, "{{")
    yield Token(kind, value, unclosed.start(name), source)
    if text := unclosed["text"].rstrip():
        yield Token(TOKEN_EXPRESSION, text, unclosed.start("text"), source)
