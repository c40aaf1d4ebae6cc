"""``ifchanged``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liquid.builtin.tags.ifchanged_tag import IfChangedNode as LiquidIfChangedNode

from ._base import BrazeTag, Guarded, finish, parse_block, skip_expression


if TYPE_CHECKING:
    from .._environment import BrazeStream


class IfChangedNode(Guarded, LiquidIfChangedNode):  # type: ignore[misc]
    """``{% ifchanged %}…{% endifchanged %}``."""

    __slots__ = ()


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
