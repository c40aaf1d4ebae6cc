"""The base of all tags and nodes: handling of faults, reading of blocks."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, ClassVar, Literal

from liquid.ast import BlockNode, Node
from liquid.exceptions import LiquidError, LiquidInterrupt, LiquidSyntaxError
from liquid.tag import Tag
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_TAG, Token

from .._engine import Engine, Stream
from .._errors import Aborted, note_line, position_of
from .._parts import Part


class Guarded:
    """Mixin of nodes whose faults are raised with a position, in lax mode printed."""

    __slots__ = ()

    def render(self: Any, context: Any, buffer: Any) -> int:
        """Render the node; a fault goes to the context."""
        context.check_time(self.token)
        try:
            return int(self.render_to_output(context, buffer))
        except LiquidError as error:
            return int(context.fault(error, self, buffer))
        except (Aborted, LiquidInterrupt):
            raise
        except Exception as error:
            line, _, _ = position_of(self.token.source, self.token.start_index)
            note_line(error, line)
            raise


class BrazeNode(Guarded, Node):
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
"""How the text of a tag is read.

``"expression"`` is read by a method of `Reader`.  ``"free"`` is read by the tag
itself: outputs may be part of it, and a quote need not be closed.  ``"notes"`` may
hold a note of the author, in which an apostrophe is not a quote.
"""


class BrazeTag(Tag):
    """A tag, which describes itself.

    Attributes:
        name: Its name.
        end: The name of the tag that closes its block, or nothing.
        inner: The tags that divide its block, such as ``else``.
        text: How its text is read.
        names: Whether its text holds names, so that a curly quote is a mistake.
        literal: Whether its text is taken as it is written, outputs included.
        example: A template that shows what it does.
    """

    env: Engine
    inner: ClassVar[tuple[str, ...]] = ()
    text: ClassVar[TagText] = "expression"
    names: ClassVar[bool] = False
    literal: ClassVar[bool] = False
    example: ClassVar[str] = ""

    def get_node(self, stream: Stream) -> Node:  # type: ignore[override]
        """Return the node; an error without a position gets that of the tag."""
        opening = stream.current
        try:
            stream.check_time(opening)
            return self.parse(stream)
        except LiquidSyntaxError as error:
            if error.token is None:
                error.token = opening
            if error.token.start_index < 0:
                closing = f", '{self.end}' is missing" if self.end else ""
                message = f"'{opening.value}' is never closed{closing}"
                error = LiquidSyntaxError(message, token=opening)
            return stream.fail(error, opening)
        except LiquidError as error:
            error.token = error.token or opening
            return stream.fail(error, opening)


def expression(stream: Stream, what: str) -> Token:
    """Skip a tag's name and return its expression, which has to be there."""
    tag = stream.eat(TOKEN_TAG)
    token = stream.current
    if token.kind != TOKEN_EXPRESSION:
        raise LiquidSyntaxError(f"'{tag.value}' needs {what}", token=tag)
    return token


def optional_expression(stream: Stream) -> Token:
    """Skip a tag's name and return its expression, or an empty one."""
    tag = stream.current
    if stream.peek.kind == TOKEN_EXPRESSION:
        stream.next()
        return stream.current
    at = tag.start_index + len(tag.value)
    return Token(TOKEN_EXPRESSION, "", at, tag.source)


def parse_block(tag: BrazeTag, stream: Stream, end: Container[str]) -> BlockNode:
    """Skip a tag's last token and read its block up to a tag in *end*."""
    stream.next()
    return tag.env.parser.parse_block(stream, end)


def drop_blank_text(node: Node, *blocks: BlockNode | None) -> None:
    """Remove blank text from the blocks of a node that prints nothing else.

    This is what the reference engine does with branches and loops.  python-liquid would
    drop everything that such a block prints, tables and errors included.
    """
    for block in blocks:
        if block is None:
            continue
        if node.blank:
            block.nodes = [
                item for item in block.nodes if item.token.kind != TOKEN_CONTENT
            ]
        block.blank = False
