"""``capture``."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from liquid.builtin.expressions import Identifier
from liquid.builtin.tags.capture_tag import CaptureNode as LiquidCaptureNode
from liquid.exceptions import LiquidInterrupt

from ._base import BrazeTag, Guarded, expression, finish, parse_block


if TYPE_CHECKING:
    from .._context import BrazeContext
    from .._environment import BrazeStream


class CaptureNode(Guarded, LiquidCaptureNode):  # type: ignore[misc]
    """``{% capture name %}…{% endcapture %}``."""

    __slots__ = ()

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]  # noqa: ARG002
        """Bind what the block prints; after a ``break``, what it printed before."""
        captured = StringIO()
        try:
            self.block.render(context, captured)
        except LiquidInterrupt:
            context.assign(self.name, captured.getvalue())
            raise
        context.assign(self.name, captured.getvalue())
        return 0


class CaptureTag(BrazeTag):
    """Reads ``capture``."""

    name = "capture"
    end = "endcapture"
    block = True

    def parse(self, stream: BrazeStream) -> CaptureNode:  # type: ignore[override]
        """Read the name and the block."""
        token = stream.current
        name = stream.reader.target(expression(stream, "a name"))
        block = parse_block(self, stream, (self.end,))
        block.blank = False
        finish(stream, self.end)
        return CaptureNode(token, Identifier(name, token=token), block)


TAGS = (CaptureTag,)
