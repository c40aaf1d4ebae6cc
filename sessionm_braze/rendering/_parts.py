"""Pieces of the text of a tag that is not an expression, and the nodes in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs
from liquid.ast import Node
from liquid.token import Token

from ._context import BrazeContext


@attrs.frozen
class Span:
    """Where a piece of a text is."""

    start: int
    stop: int
    text: str


def children_of(node: Node) -> Iterable[Node]:
    """Return the nodes directly within *node*."""
    return node.children(None, include_partials=False)  # type: ignore[arg-type]


class Part(Node):
    """A piece of a tag's text that may hold outputs."""

    __slots__ = ("nodes",)

    role = "text"

    def __init__(self, token: Token, nodes: Sequence[Node] | None) -> None:
        super().__init__(token)
        self.nodes = nodes

    @property
    def text(self) -> str:
        """The piece as it is written."""
        return self.token.value

    def __str__(self) -> str:
        return self.text

    def children(
        self,
        static_context: object,  # noqa: ARG002
        *,
        include_partials: bool = True,  # noqa: ARG002
    ) -> Iterable[Node]:
        """Return the outputs, and the text between them."""
        return self.nodes or ()

    def filled_in(self, context: BrazeContext) -> str:
        """Return the piece with its outputs filled in."""
        return self.text if self.nodes is None else context.rendered(self.nodes)

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print the piece."""
        return int(buffer.write(self.filled_in(context)))
