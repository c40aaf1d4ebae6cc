"""Outputs, ``echo``, and the text between tags."""

from __future__ import annotations

from typing import Any

from liquid.builtin.content import ContentNode, Literal
from liquid.builtin.output import OutputNode as LiquidOutputNode
from liquid.exceptions import LiquidError
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_OUTPUT, Token

from .._context import LARGE, BrazeContext
from .._engine import Stream
from .._expressions.reader import Reader
from .._lexer import BARE, BLANKS
from .._values import to_output
from .base import BrazeTag, optional_expression


class OutputNode(LiquidOutputNode):
    """``{{ value | filter }}``."""

    __slots__ = ()

    role = "output"

    def render(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print the value."""
        try:
            text = to_output(self.expression.evaluate(context))
            if len(text) > LARGE:
                context.check_length(buffer.tell())
        except LiquidError as error:
            return context.fault(error, self, buffer)
        return int(buffer.write(text))


class EchoNode(OutputNode):
    """``{% echo value | filter %}``."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{{% echo {self.expression} %}}"


class Output(BrazeTag):
    """Reads outputs."""

    name = TOKEN_OUTPUT
    example = "{{${first_name} | default: nickname}}{{ wallet.payload.points }}"

    def parse(self, stream: Stream) -> OutputNode:  # type: ignore[override]
        """Read the output's expression."""
        token = stream.eat(TOKEN_OUTPUT)
        return OutputNode(
            token, stream.read(Reader.filtered, stream.expect(TOKEN_EXPRESSION))
        )


class EchoTag(BrazeTag):
    """Reads ``echo``."""

    name = "echo"
    example = "{% echo custom_attribute.${tier} | append: suffix %}"

    def parse(self, stream: Stream) -> EchoNode:  # type: ignore[override]
        """Read the tag's expression."""
        token = stream.current
        return EchoNode(
            token, stream.read(Reader.filtered, optional_expression(stream))
        )


class Content(ContentNode):
    """Text; blank is what Ruby's patterns call blank."""

    __slots__ = ()

    def __init__(self, token: Token, text: str) -> None:
        super().__init__(token, text)
        self.blank = not text.strip(BLANKS)


class ContentTag(Literal):
    """Reads the text between tags."""

    name = TOKEN_CONTENT
    example = "Hi there"
    node_class = Content

    def parse(self, stream: Stream) -> ContentNode:  # type: ignore[override]
        """Read the text; a reference in it is left alone, but noted."""
        token = stream.current
        for match in BARE.finditer(token.value):
            remark = (
                f"{match[0]} in the text stays as it is, Braze wants {{{{{match[0]}}}}}"
            )
            at = token.start_index + match.start()
            place = Token(token.kind, match[0], at, token.source)
            stream.reader.warnings.append((remark, place))
        return super().parse(stream)
