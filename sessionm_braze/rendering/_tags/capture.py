"""``capture``."""

from __future__ import annotations

from io import StringIO
from typing import Any

from liquid.builtin.expressions import Identifier
from liquid.builtin.tags.capture_tag import CaptureNode as LiquidCaptureNode
from liquid.exceptions import LiquidInterrupt

from .._context import BrazeContext
from .._engine import Stream
from .._expressions.reader import Reader
from .base import BrazeTag, Guarded, expression, parse_block


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
    example = "{% capture x %}{{${first_name}}}{% endcapture %}{{ x }}"

    def parse(self, stream: Stream) -> CaptureNode:  # type: ignore[override]
        """Read the name and the block."""
        token = stream.current
        name = stream.read(Reader.target, expression(stream, "a name"))
        block = parse_block(self, stream, (self.end,))
        block.blank = False
        stream.finish(self.end)
        return CaptureNode(token, Identifier(name, token=token), block)
