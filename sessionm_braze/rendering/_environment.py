"""The engine, set up as Braze sets it up: lexer, tags, filters, cached parsing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs
from liquid import Environment, Mode
from liquid.ast import Node
from liquid.exceptions import LiquidError
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.token import Token

from ._compiled import Program, compile_nodes
from ._errors import syntax_error, within
from ._expressions._filtered import FilterBook
from ._expressions._reader import Reader
from ._filters import FilterFunction, add_filters
from ._lexer import Dialect, tokenize
from ._namespaces import BLOCK_DEPTH
from ._render import render_text
from ._tags import add_tags


if TYPE_CHECKING:
    from ._context import BrazeContext


PARSED = 500
"""How many parsed texts an environment keeps."""


class BrazeStream(TokenStream):
    """The engine's tokens, with the reader of their expressions."""

    def __init__(self, tokens: Any, reader: Reader, depth: int = 0) -> None:
        super().__init__(tokens, block_depth_carry=depth)
        self.reader = reader


@attrs.define
class Parsed:
    """A text as nodes, with remarks found while parsing."""

    source: str
    nodes: Sequence[Node]
    warnings: Sequence[tuple[str, Token]]
    _program: Program | None = None

    @property
    def program(self) -> Program:
        """The nodes as a function, made when it is first asked for."""
        if self._program is None:
            self._program = compile_nodes(self.nodes)
        return self._program


class BrazeEnvironment(Environment):
    """One configuration; it keeps nothing of a render.

    Args:
        strict: Whether what the reference engine passes over is an error.
        nesting: How deep blocks may stand in each other.
    """

    filters: dict[str, FilterFunction]  # type: ignore[assignment]

    def __init__(self, *, strict: bool, nesting: int) -> None:
        self.strict = strict
        self.block_nesting_limit = nesting  # type: ignore[misc]
        super().__init__(tolerance=Mode.STRICT)
        self._parsed: OrderedDict[str, Parsed] = OrderedDict()
        self._lock = threading.Lock()

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:  # noqa: ARG002
        """Register Braze's tags and filters, and no others."""
        add_tags(self)
        add_filters(self)

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
            while len(self._parsed) > PARSED:
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
        reader = Reader(FilterBook(self.filters, warnings, strict=self.strict))
        tokens = tokenize(source, Dialect(quotes=self.strict, bare=bare))
        try:
            nodes = get_parser(self).parse(BrazeStream(tokens, reader))
        except LiquidError as error:
            raise syntax_error(error) from None
        return Parsed(source, nodes, warnings)

    def fragment(
        self, token: Token, start: int, stop: int, reader: Reader
    ) -> list[Node]:
        """Parse a part of a tag's text, from *start* to *stop* within *token*."""
        base = token.start_index
        dialect = Dialect(quotes=self.strict, bare=True)
        tokens = tokenize(token.source, dialect, base + start, base + stop)
        return get_parser(self).parse(BrazeStream(tokens, reader))

    def content_block(self, name: str, context: BrazeContext) -> str | None:
        """Return the text of the content block *name*, rendered in *context*."""
        source = context.workspace.content_blocks.get(name)
        if source is None:
            context.refuse(f"there is no content block '{name}'")
            return None
        if context.block_depth >= BLOCK_DEPTH:
            context.warn(f"the content block '{name}' stands too deep and is left out")
            return ""
        context.block_depth += 1
        try:
            with within(f"the content block '{name}'"):
                parsed = self.parsed(source)
                for remark, token in parsed.warnings:
                    context.warn(f"{remark} (content block '{name}')", token)
                return render_text(parsed.nodes, context)
        finally:
            context.block_depth -= 1


@lru_cache(maxsize=16)
def environment(*, strict: bool, nesting: int) -> BrazeEnvironment:
    """Return the environment for these settings; renderers share it."""
    return BrazeEnvironment(strict=strict, nesting=nesting)
