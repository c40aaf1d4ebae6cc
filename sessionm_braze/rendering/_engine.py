"""The engine: parses texts with the tags, the filters and the compiler it is given."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self, TypeVar

from liquid import Environment, Mode
from liquid.ast import Node
from liquid.exceptions import LiquidError
from liquid.parser import Parser
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token

from ._deadline import CheckTime
from ._errors import syntax_error
from ._expressions.filtered import FilterResolver
from ._expressions.reader import Reader
from ._filters import Filter
from ._lexer import Dialect, tokenize
from ._parsed import Compiler, Parsed
from ._parts import Part, Span


T = TypeVar("T")

MAX_KEPT_SIZE = 64_000_000
"""Bytes that the parsed texts which an engine keeps may have, about."""


class Stream(TokenStream):
    """The tokens that tags read from, with the reader of their expressions.

    An inspection has a subclass, which turns errors into findings and continues.
    """

    def __init__(
        self,
        engine: Engine,
        tokens: Iterable[Token],
        reader: Reader,
        check_time: CheckTime,
        depth: int = 0,
    ) -> None:
        super().__init__(_timed(tokens, check_time), block_depth_carry=depth)
        self.engine = engine
        self.reader = reader
        self.check_time = check_time

    def read(self, grammar: Callable[[Reader, Token], T], token: Token) -> T:
        """Return what *grammar*, a method of `Reader`, makes of an expression.

        Raises:
            LiquidSyntaxError: If the expression is wrong.
        """
        return grammar(self.reader, token)

    def inner(self, tokens: Iterable[Token]) -> Self:
        """Return a stream of the tokens within a tag's own text."""
        return type(self)(
            self.engine, tokens, self.reader, self.check_time, self.block_depth
        )

    def part(self, token: Token, span: Span) -> Part:
        """Return the piece of a tag's text at *span*; its outputs are parsed once."""
        at = token.start_index + span.start
        piece = Token(token.kind, span.text, at, token.source)
        if "{{" not in span.text and "${" not in span.text:
            return Part(piece, None)
        end = token.start_index + span.stop
        tokens = tokenize(token.source, self.engine.dialect(bare=True), at, end)
        return Part(piece, self.engine.parser.parse(self.inner(tokens)))

    def finish(self, name: str) -> None:
        """Make sure that a block ends with the tag *name*; more text in it is ignored.

        Raises:
            LiquidSyntaxError: If it does not.
        """
        self.expect(TOKEN_TAG, value=name)
        self.skip_expression()

    def skip_expression(self) -> None:
        """Skip the expression of the current tag, if it has one."""
        if self.peek.kind == TOKEN_EXPRESSION:
            self.next()

    def fail(self, error: LiquidError, opening: Token) -> Node:  # noqa: ARG002
        """Raise *error*, met in the tag at *opening*."""
        raise error


def _timed(tokens: Iterable[Token], check_time: CheckTime) -> Iterator[Token]:
    for token in tokens:
        check_time(token)
        yield token


class Engine(Environment):
    """One configuration of the parser; it has no state of a render.

    Args:
        tags: Every tag by its name.
        filters: Every filter by its name.
        compiler: Makes a function of a template's nodes.
        strict: Whether what the reference engine passes over is an error.
        nesting: How deep blocks may nest.
        comments: Whether comments of HTML stay, and Liquid in them runs.
        prepare: Called with each text that was parsed, before it is used.
    """

    filters: dict[str, Filter[..., Any]]  # type: ignore[assignment]

    def __init__(
        self,
        tags: Mapping[str, type[Tag]],
        filters: Mapping[str, Filter[..., Any]],
        compiler: Compiler,
        *,
        strict: bool,
        nesting: int,
        comments: bool = True,
        prepare: Callable[[Parsed], None] | None = None,
    ) -> None:
        self.strict = strict
        self.comments = comments
        self.block_nesting_limit = nesting  # type: ignore[misc]
        super().__init__(tolerance=Mode.STRICT)
        self.tags = {name: tag(self) for name, tag in tags.items()}
        self.filters = dict(filters)
        self.parser = Parser(self)
        self._compiler = compiler
        self._prepare = prepare
        texts = {name: getattr(tag, "text", "expression") for name, tag in tags.items()}
        self._free = frozenset(name for name, text in texts.items() if text == "free")
        self._notes = frozenset(name for name, text in texts.items() if text == "notes")
        self._kept: OrderedDict[str, Parsed] = OrderedDict()
        self._kept_size = 0
        self._lock = threading.Lock()

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Register none of python-liquid's own."""

    def dialect(self, *, bare: bool = False) -> Dialect:
        """Return how a text is cut into tokens.

        Args:
            bare: Whether ``${name}`` is filled in outside of ``{{ }}``, too.
        """
        return Dialect(
            quotes=self.strict,
            bare=bare,
            comments=self.comments,
            free=self._free,
            notes=self._notes,
        )

    def parsed(self, source: str, check_time: CheckTime) -> Parsed:
        """Return *source* parsed; those used last are remembered.

        Raises:
            TemplateError: If the time is over.
            TemplateSyntaxError: If it does not parse.
        """
        with self._lock:
            known = self._kept.get(source)
            if known is not None:
                self._kept.move_to_end(source)
                return known
        parsed = self.parse_once(source, check_time)
        with self._lock:
            if source not in self._kept:
                self._kept[source] = parsed
                self._kept_size += parsed.size
            while self._kept_size > MAX_KEPT_SIZE:
                _, oldest = self._kept.popitem(last=False)
                self._kept_size -= oldest.size
        return parsed

    def parse_once(
        self, source: str, check_time: CheckTime, *, bare: bool = False
    ) -> Parsed:
        """Return *source* parsed, without remembering it.

        Args:
            source: The template.
            check_time: Called with each token.
            bare: Whether ``${name}`` is filled in outside of ``{{ }}``, too.

        Raises:
            TemplateError: If the time is over.
            TemplateSyntaxError: If it does not parse.
        """
        warnings: list[tuple[str, Token]] = []
        reader = Reader(FilterResolver(self.filters, warnings, strict=self.strict))
        tokens = tokenize(source, self.dialect(bare=bare))
        try:
            stream = Stream(self, tokens, reader, check_time)
            nodes = self.parser.parse(stream)
        except LiquidError as error:
            raise syntax_error(error) from None
        parsed = Parsed(source, nodes, warnings, _size(stream.tokens), self._compiler)
        if self._prepare is not None:
            self._prepare(parsed)
        return parsed


def _size(tokens: Sequence[Token]) -> int:
    """Return about how many bytes a text takes once it is parsed and compiled."""
    size = 0
    for token in tokens:
        factor = _EXPRESSION_SIZE if token.kind == TOKEN_EXPRESSION else 1
        size += _TOKEN_SIZE + factor * len(token.value)
    return size


_TOKEN_SIZE = 1_000
"""Bytes that a token takes."""

_EXPRESSION_SIZE = 60
"""Bytes that a character of an expression takes."""
