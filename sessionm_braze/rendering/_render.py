"""Prints nodes."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING

from liquid.ast import Node


if TYPE_CHECKING:
    from ._context import BrazeContext


def render_text(nodes: Sequence[Node], context: BrazeContext) -> str:
    """Return what *nodes* print in *context*."""
    buffer = StringIO()
    for node in nodes:
        node.render(context, buffer)
    return buffer.getvalue()
