"""What all tags share: where faults surface, and how blocks are read."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

from liquid.ast import BlockNode, Node
from liquid.exceptions import LiquidError, LiquidSyntaxError
from liquid.parser import get_parser
from liquid.tag import Tag
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_TAG, Token


if TYPE_CHECKING:
    from .._context import BrazeContext
    from .._environment import BrazeEnvironment, BrazeStream


class Guarded:
    """Mixed into a node: its faults are raised with a place, or printed in lax mode."""

    __slots__ = ()

    def render(self: Any, context: BrazeContext, buffer: Any) -> int:
        """Render the node; a fault goes to the context."""
        try:
            return int(self.render_to_output(context, buffer))
        except LiquidError as error:
            return context.fault(error, self, buffer)


class BrazeNode(Guarded, Node):  # type: ignore[misc]
    """A node of a tag of Braze's own; such a tag never counts as blank."""

    __slots__ = ()

    def __init__(self, token: Token) -> None:
        super().__init__(token)
        self.blank = False


class BrazeTag(Tag):
    """A tag that reads its expression with the stream's reader."""

    env: BrazeEnvironment
    block = False

    def get_node(self, stream: BrazeStream) -> Node:  # type: ignore[override]
        """Return the node; an error without a place gets that of the tag."""
        opening = stream.current
        try:
            return self.parse(stream)
        except LiquidSyntaxError as error:
            if error.token is None:
                error.token = opening
            if error.token.start_index < 0:
                raise _never_closed(opening, self.end) from None
            raise
        except LiquidError as error:
            error.token = error.token or opening
            raise


def _never_closed(opening: Token, end: str) -> LiquidSyntaxError:
    closing = f", '{end}' is missing" if end else ""
    return LiquidSyntaxError(
        f"'{opening.value}' is never closed{closing}", token=opening
    )


def expression(stream: BrazeStream, what: str) -> Token:
    """Go past a tag's name and return its expression, which has to be there."""
    tag = stream.eat(TOKEN_TAG)
    token = stream.current
    if token.kind != TOKEN_EXPRESSION:
        raise LiquidSyntaxError(f"'{tag.value}' needs {what}", token=tag)
    return token


def optional_expression(stream: BrazeStream) -> Token:
    """Go past a tag's name and return its expression, or an empty one in its place."""
    tag = stream.current
    if stream.peek.kind == TOKEN_EXPRESSION:
        stream.next()
        return stream.current
    at = tag.start_index + len(tag.value)
    return Token(TOKEN_EXPRESSION, "", at, tag.source)


def parse_block(tag: Tag, stream: BrazeStream, end: Container[str]) -> BlockNode:
    """Go past a tag's last token and read its block up to a tag in *end*."""
    stream.next()
    return get_parser(tag.env).parse_block(stream, end)


def settle(node: Node, *blocks: BlockNode | None) -> None:
    """Take the blank text out of the blocks of a node without any other text.

    This is what the reference engine does with branches and loops.  The engine here
    would rather throw away all that such a block prints, tables and errors included.
    """
    for block in blocks:
        if block is None:
            continue
        if node.blank:
            block.nodes = [item for item in block.nodes if not _is_text(item)]
        block.blank = False


def _is_text(node: Node) -> bool:
    return node.token.kind == TOKEN_CONTENT


def finish(stream: BrazeStream, name: str) -> None:
    """Make sure that a block ends with the tag *name*; more text in it is ignored."""
    stream.expect(TOKEN_TAG, value=name)
    skip_expression(stream)


def skip_expression(stream: BrazeStream) -> None:
    """Go on to the expression of the current tag, if it has one."""
    if stream.peek.kind == TOKEN_EXPRESSION:
        stream.next()
