"""The tags themselves read a template; what is wrong is noted, and reading goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from liquid.ast import IllegalNode, Node
from liquid.exceptions import BlockNestingError, LiquidError, LiquidSyntaxError
from liquid.parser import get_parser
from liquid.token import TOKEN_CONTENT, TOKEN_EOF, TOKEN_OUTPUT, TOKEN_TAG, Token

from .._engine import Engine, Stream
from .._expressions.reader import Reader
from .._lexer import tokenize
from .._tags.illegal import UnknownTagError
from .filters import InspectingResolver
from .findings import FindingCollector
from .mistakes import note_mistakes
from .nesting import check_nesting


T = TypeVar("T")

MOST_FAULTS = 100
"""After so many the rest is left: each may have been searched to the end."""

_OPENINGS = {"{{{": ("triple-braces", 1), "{{": ("syntax-error", 2)}
"""What is wrong where an output of these braces fails, and how far to go on."""

_TAG_START = "{%"


class NotedError(LiquidSyntaxError):
    """What is wrong was noted already."""


class InspectingReader(Reader):
    """A strict reader, with a lax one for what it refuses."""

    def __init__(self, engine: Engine, findings: FindingCollector) -> None:
        resolver = InspectingResolver(engine.filters, findings, strict=True)
        super().__init__(resolver)
        lax = InspectingResolver(engine.filters, findings, strict=False)
        self.lax = Reader(lax)
        self.findings = findings
        self.used = resolver.used
        self.tags: dict[str, None] = {}
        """The tags, in the order of their first use."""


class InspectingStream(Stream):
    """Notes what is wrong with a tag, and goes on."""

    reader: InspectingReader

    def __init__(
        self,
        engine: Engine,
        tokens: Iterable[Token],
        reader: InspectingReader,
        depth: int = 0,
    ) -> None:
        super().__init__(engine, tokens, reader, depth)
        check_nesting(self.tokens, engine.tags, reader.tags, reader.findings)

    def read(self, grammar: Callable[[Reader, Token], T], token: Token) -> T:
        """Return what *grammar* makes of an expression, loosely if it has a mistake."""
        reader = self.reader
        wrong = note_mistakes(self._tag(), grammar, token, reader.findings)
        try:
            return grammar(reader, token)
        except LiquidSyntaxError as error:
            if not wrong:
                self._note(error, token)
        try:
            return grammar(reader.lax, token)
        except LiquidSyntaxError:
            raise NotedError("noted", token=token) from None

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
        """Note what is wrong with the tag at *opening*, unless that was done."""
        if isinstance(error, BlockNestingError):
            self.reader.findings.add("syntax-error", 0, str(error.message))
        elif not isinstance(error, NotedError | UnknownTagError):
            self._note(error, opening)
        self.skip_expression()
        return IllegalNode(opening)

    def _note(self, error: LiquidError, place: Token) -> None:
        at = (error.token or place).start_index
        self.reader.findings.add("syntax-error", at, str(error.message))


def read(
    source: str, engine: Engine, reader: InspectingReader
) -> tuple[list[Node], list[Token]]:
    """Return the nodes of a template that may be broken, and the text between them."""
    tokens = _tokens(source, engine, reader.findings)
    nodes = get_parser(engine).parse(InspectingStream(engine, tokens, reader))
    return nodes, [token for token in tokens if token.kind == TOKEN_CONTENT]


def _tokens(source: str, engine: Engine, findings: FindingCollector) -> list[Token]:
    """Return the tokens of *source*; after a fault go on behind it."""
    start = 0
    found: list[Token] = []
    for _ in range(MOST_FAULTS):
        try:
            found.extend(tokenize(source, engine.dialect(), start))
        except LiquidSyntaxError as error:
            start = _note_fault(error, source, findings)
            while found and found[-1].start_index >= start - len(_TAG_START):
                found.pop()  # a comment or raw text that is never closed
        else:
            return found
    findings.add("syntax-error", start, "after so many faults nothing more is read")
    return found


def _note_fault(
    error: LiquidSyntaxError, source: str, findings: FindingCollector
) -> int:
    """Note a fault of the lexer and return where to go on."""
    token = error.token or Token(TOKEN_TAG, "", 0, source)
    message = str(error.message)
    if token.kind == TOKEN_OUTPUT:
        code, step = _OPENINGS[token.value]
        suggestion = "write {{ and }}" if code == "triple-braces" else None
        findings.add(code, token.start_index, message, suggestion=suggestion)
        return token.start_index + step
    unclosed = token.value in {"raw", "comment"}
    code = "unclosed-block" if unclosed else "syntax-error"
    findings.add(code, token.start_index, message)
    return token.start_index + len(_TAG_START)
