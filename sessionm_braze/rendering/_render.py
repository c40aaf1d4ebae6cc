"""Prints nodes."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING

from liquid.ast import Node
from liquid.exceptions import LiquidInterrupt


if TYPE_CHECKING:
    from ._context import BrazeContext


def render_text(nodes: Sequence[Node], context: BrazeContext) -> str:
    """Return what *nodes* print in *context*."""
    buffer = StringIO()
    for node in nodes:
        node.render(context, buffer)
    return buffer.getvalue()


def render_message(
    nodes: Sequence[Node], context: BrazeContext, buffer: StringIO
) -> None:
    """Print the nodes of a whole message; ``break`` outside of a loop ends it."""
    try:
        for node in nodes:
            node.render(context, buffer)
    except LiquidInterrupt:
        return
