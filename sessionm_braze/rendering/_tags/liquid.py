"""``liquid``: several tags in one, a line each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from liquid.builtin.tags.liquid_tag import LiquidNode as LiquidLiquidNode
from liquid.exceptions import LiquidSyntaxError
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token

from .._compiled.emitter import Emitter
from .._engine import Stream
from .._lexer import BLANKS
from .base import BrazeTag, optional_expression


_LINE = re.compile(r"[^\n]+")
_TAG = re.compile(r"\s*(#|\w+)\s*(.*)", re.DOTALL | re.ASCII)


class LiquidNode(LiquidLiquidNode):
    """``{% liquid … %}``."""

    __slots__ = ()

    def emit(self, emitter: Emitter) -> None:
        """Write the node as statements."""
        emitter.block(self.block)


class LiquidTag(BrazeTag):
    """Reads ``liquid``."""

    name = "liquid"
    text = "notes"
    example = "{% liquid\nassign x = points\necho x\necho ${first_name}\n%}"

    def parse(self, stream: Stream) -> LiquidNode:  # type: ignore[override]
        """Read the lines as tags."""
        token = stream.current
        text = optional_expression(stream)
        inner = stream.inner(line_tokens(text))
        block = self.env.parser.parse_block(inner, ())
        node = LiquidNode(token, text, block)
        block.blank = False
        return node


def line_tokens(text: Token) -> Iterator[Token]:
    """Yield the tokens of the tags in *text*, a line each."""
    for line in _LINE.finditer(text.value):
        if not line[0].strip(BLANKS):
            continue
        start = text.start_index + line.start()
        match = _TAG.match(line[0])
        if match is None:
            token = Token(TOKEN_TAG, line[0], start, text.source)
            raise LiquidSyntaxError("expected a tag's name", token=token)
        yield Token(TOKEN_TAG, match[1], start + match.start(1), text.source)
        if match[2].strip(BLANKS):
            at = start + match.start(2)
            yield Token(TOKEN_EXPRESSION, match[2].rstrip(BLANKS), at, text.source)
