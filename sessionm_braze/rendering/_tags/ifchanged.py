"""``ifchanged``."""

from __future__ import annotations

from io import StringIO
from typing import Any

from liquid.builtin.tags.ifchanged_tag import IfChangedNode as LiquidIfChangedNode
from liquid.exceptions import LiquidInterrupt

from .._context import BrazeContext
from .._engine import Stream
from .base import BrazeTag, Guarded, parse_block


class IfChangedNode(Guarded, LiquidIfChangedNode):
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
    example = "{% ifchanged %}{{ a }}{% endifchanged %}"

    def parse(self, stream: Stream) -> IfChangedNode:  # type: ignore[override]
        """Read the block."""
        token = stream.current
        stream.skip_expression()
        block = parse_block(self, stream, (self.end,))
        stream.finish(self.end)
        node = IfChangedNode(token, block)
        node.blank, block.blank = block.blank, False
        return node
