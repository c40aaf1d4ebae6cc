"""``ifchanged``."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from liquid.builtin.tags.ifchanged_tag import IfChangedNode as LiquidIfChangedNode
from liquid.exceptions import LiquidInterrupt

from ._base import BrazeTag, Guarded, finish, parse_block, skip_expression


if TYPE_CHECKING:
    from .._context import BrazeContext
    from .._environment import BrazeStream


class IfChangedNode(Guarded, LiquidIfChangedNode):  # type: ignore[misc]
    """``{% ifchanged %}…{% endifchanged %}``."""

    __slots__ = ()

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print what the block prints if it is new; after a ``break``, up to there."""
        printed = StringIO()
        try:
            self.block.render(context, printed)
        except LiquidInterrupt:
            _show(context, printed.getvalue(), buffer)
            raise
        return _show(context, printed.getvalue(), buffer)


def _show(context: BrazeContext, text: str, buffer: Any) -> int:
    return int(buffer.write(text)) if context.ifchanged(text) else 0


class IfChangedTag(BrazeTag):
    """Reads ``ifchanged``."""

    name = "ifchanged"
    end = "endifchanged"
    block = True

    def parse(self, stream: BrazeStream) -> IfChangedNode:  # type: ignore[override]
        """Read the block."""
        token = stream.current
        skip_expression(stream)
        block = parse_block(self, stream, (self.end,))
        finish(stream, self.end)
        node = IfChangedNode(token, block)
        node.blank, block.blank = block.blank, False
        return node


TAGS = (IfChangedTag,)
