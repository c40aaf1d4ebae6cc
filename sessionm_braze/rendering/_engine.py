"""The engine: parses texts with the tags, the filters and the compiler it is given."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self, TypeVar

from liquid import Environment, Mode
from liquid.ast import Node
from liquid.exceptions import LiquidError
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token

from ._errors import syntax_error
from ._expressions.filtered import FilterResolver
from ._expressions.reader import Reader
from ._filters import Filter
from ._lexer import Dialect, tokenize
from ._parsed import Parsed, Program
from ._parts import Part, Span


T = TypeVar("T")

MAX_PARSED_TEXTS = 500
"""How many parsed texts an engine keeps."""


class Stream(TokenStream):
    """The tokens that tags read from, with the reader of their expressions.

    An inspection has a subclass, which turns errors into findings and continues.
    """

    def __init__(
        self, engine: Engine, tokens: Iterable[Token], reader: Reader, depth: int = 0
    ) -> None:
        super().__init__(iter(tokens), block_depth_carry=depth)
        self.engine = engine
        self.reader = reader

    def read(self, grammar: Callable[[Reader, Token], T], token: Token) -> T:
        """Return what *grammar*, a method of `Reader`, makes of an expression.

        Raises:
            LiquidSyntaxError: If the expression is wrong.
        """
        return grammar(self.reader, token)

    def inner(self, tokens: Iterable[Token]) -> Self:
        """Return a stream of the tokens within a tag's own text."""
        return type(self)(self.engine, tokens, self.reader, self.block_depth)

    def part(self, token: Token, span: Span) -> Part:
        """Return the piece of a tag's text at *span*; its outputs are parsed once."""
        at = token.start_index + span.start
        piece = Token(token.kind, span.text, at, token.source)
        if "{{" not in span.text and "${" not in span.text:
            return Part(piece, None)
        end = token.start_index + span.stop
        tokens = tokenize(token.source, self.engine.dialect(bare=True), at, end)
        return Part(piece, get_parser(self.engine).parse(self.inner(tokens)))

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


class Engine(Environment):
    """One configuration of the parser; it has no state of a render.

    Args:
        tags: Every tag by its name.
        filters: Every filter by its name.
        compiler: Makes a function of a template's nodes.
        strict: Whether what the reference engine passes over is an error.
        nesting: How deep blocks may nest.
        prepare: Called with each text that was parsed, before it is used.
    """

    filters: dict[str, Filter[..., Any]]  # type: ignore[assignment]

    def __init__(
        self,
        tags: Mapping[str, type[Tag]],
        filters: Mapping[str, Filter[..., Any]],
        compiler: Callable[[Sequence[Node]], Program],
        *,
        strict: bool,
        nesting: int,
        prepare: Callable[[Parsed], None] | None = None,
    ) -> None:
        self.strict = strict
        self.block_nesting_limit = nesting  # type: ignore[misc]
        super().__init__(tolerance=Mode.STRICT)
        self.tags = {name: tag(self) for name, tag in tags.items()}
        self.filters = dict(filters)
        self._compiler = compiler
        self._prepare = prepare
        texts = {name: getattr(tag, "text", "expression") for name, tag in tags.items()}
        self._free = frozenset(name for name, text in texts.items() if text == "free")
        self._notes = frozenset(name for name, text in texts.items() if text == "notes")
        self._parsed: OrderedDict[str, Parsed] = OrderedDict()
        self._lock = threading.Lock()

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Register none of python-liquid's own."""

    def dialect(self, *, bare: bool = False) -> Dialect:
        """Return how a text is cut into tokens.

        Args:
            bare: Whether ``${name}`` is filled in outside of ``{{ }}``, too.
        """
        return Dialect(
            quotes=self.strict, bare=bare, free=self._free, notes=self._notes
        )

    def parsed(self, source: str) -> Parsed:
        """Return *source* parsed; the last few hundred texts are remembered.

        Raises:
            TemplateSyntaxError: If it does not parse.
        """
        with self._lock:
            known = self._parsed.get(source)
            if known is not None:
                self._parsed.move_to_end(source)
                return known
        parsed = self.parse_once(source)
        with self._lock:
            self._parsed[source] = parsed
            while len(self._parsed) > MAX_PARSED_TEXTS:
                self._parsed.popitem(last=False)
        return parsed

    def parse_once(self, source: str, *, bare: bool = False) -> Parsed:
        """Return *source* parsed, without remembering it.

        Args:
            source: The template.
            bare: Whether ``${name}`` is filled in outside of ``{{ }}``, too.

        Raises:
            TemplateSyntaxError: If it does not parse.
        """
        warnings: list[tuple[str, Token]] = []
        reader = Reader(FilterResolver(self.filters, warnings, strict=self.strict))
        tokens = tokenize(source, self.dialect(bare=bare))
        try:
            nodes = get_parser(self).parse(Stream(self, tokens, reader))
        except LiquidError as error:
            raise syntax_error(error) from None
        parsed = Parsed(source, nodes, warnings, self._compiler)
        if self._prepare is not None:
            self._prepare(parsed)
        return parsed
