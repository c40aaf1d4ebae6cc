"""``liquid``: several tags in one, a line each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from liquid.builtin.tags.liquid_tag import LiquidNode as LiquidLiquidNode
from liquid.exceptions import LiquidSyntaxError
from liquid.parser import get_parser
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token

from .._lexer import BLANKS
from ._base import BrazeTag, optional_expression


if TYPE_CHECKING:
    from .._environment import BrazeStream


_LINE = re.compile(r"[^\n]+")
_TAG = re.compile(r"\s*(#|\w+)\s*(.*)", re.DOTALL | re.ASCII)


class LiquidNode(LiquidLiquidNode):
    """``{% liquid … %}``."""

    __slots__ = ()


class LiquidTag(BrazeTag):
    """Reads ``liquid``."""

    name = "liquid"

    def parse(self, stream: BrazeStream) -> LiquidNode:  # type: ignore[override]
        """Read the lines as tags."""
        token = stream.current
        text = optional_expression(stream)
        inner = type(stream)(line_tokens(text), stream.reader, stream.block_depth)
        block = get_parser(self.env).parse_block(inner, ())
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


TAGS = (LiquidTag,)
