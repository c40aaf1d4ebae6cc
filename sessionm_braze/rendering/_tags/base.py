"""What all tags share: where faults surface, and how blocks are read."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, ClassVar, Literal

from liquid.ast import BlockNode, Node
from liquid.exceptions import LiquidError, LiquidSyntaxError
from liquid.parser import get_parser
from liquid.tag import Tag
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_TAG, Token

from .._context import BrazeContext
from .._engine import Engine, Stream
from .._parts import Part


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

    def parts(self) -> Iterable[Part]:
        """Return the pieces of the tag's text that may hold outputs."""
        return ()

    def children(
        self,
        static_context: object,  # noqa: ARG002
        *,
        include_partials: bool = True,  # noqa: ARG002
    ) -> Iterable[Node]:
        """Return the nodes within this one."""
        return self.parts()


TagText = Literal["expression", "free", "notes"]
"""What the text of a tag is.

``"expression"`` is read by a grammar of `Reader`.  ``"free"`` has a grammar of the
tag's own: outputs may be part of it, and a quote need not be closed.  ``"notes"`` may
hold a note of the author, in which an apostrophe begins nothing.
"""


class BrazeTag(Tag):
    """A tag, which says everything about itself.

    Attributes:
        name: Its name.
        end: The name of the tag that closes its block, or nothing.
        inner: The tags that divide its block, such as ``else``.
        text: What its text is.
        names: Whether its text holds names, so that a curly quote is a mistake.
        example: A template that shows what it does.
    """

    env: Engine
    inner: ClassVar[tuple[str, ...]] = ()
    text: ClassVar[TagText] = "expression"
    names: ClassVar[bool] = False
    example: ClassVar[str] = ""

    def get_node(self, stream: Stream) -> Node:  # type: ignore[override]
        """Return the node; an error without a place gets that of the tag."""
        opening = stream.current
        try:
            return self.parse(stream)
        except LiquidSyntaxError as error:
            if error.token is None:
                error.token = opening
            if error.token.start_index < 0:
                error = _never_closed(opening, self.end)
            return stream.fail(error, opening)
        except LiquidError as error:
            error.token = error.token or opening
            return stream.fail(error, opening)


def _never_closed(opening: Token, end: str) -> LiquidSyntaxError:
    closing = f", '{end}' is missing" if end else ""
    return LiquidSyntaxError(
        f"'{opening.value}' is never closed{closing}", token=opening
    )


def expression(stream: Stream, what: str) -> Token:
    """Go past a tag's name and return its expression, which has to be there."""
    tag = stream.eat(TOKEN_TAG)
    token = stream.current
    if token.kind != TOKEN_EXPRESSION:
        raise LiquidSyntaxError(f"'{tag.value}' needs {what}", token=tag)
    return token


def optional_expression(stream: Stream) -> Token:
    """Go past a tag's name and return its expression, or an empty one in its place."""
    tag = stream.current
    if stream.peek.kind == TOKEN_EXPRESSION:
        stream.next()
        return stream.current
    at = tag.start_index + len(tag.value)
    return Token(TOKEN_EXPRESSION, "", at, tag.source)


def parse_block(tag: Tag, stream: Stream, end: Container[str]) -> BlockNode:
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
