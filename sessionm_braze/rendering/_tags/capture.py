"""``capture``."""

from __future__ import annotations

from io import StringIO
from typing import Any

from liquid.ast import Node
from liquid.builtin.expressions import Identifier
from liquid.builtin.tags.capture_tag import CaptureNode as LiquidCaptureNode
from liquid.exceptions import LiquidInterrupt

from .._compiled.emitter import Emitter, Unsupported
from .._context import BrazeContext
from .._engine import Stream
from .._expressions.reader import Reader
from .._parts import children_of
from .base import BrazeTag, Guarded, expression, parse_block
from .for_ import ForNode, Jump
from .tablerow import TablerowNode


class CaptureNode(Guarded, LiquidCaptureNode):
    """``{% capture name %}…{% endcapture %}``."""

    __slots__ = ()

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]  # noqa: ARG002
        """Bind what the block prints; after a ``break``, what it printed before."""
        captured = StringIO()
        try:
            self.block.render(context, captured)
        except LiquidInterrupt:
            context.assign(self.name, context.weighed(captured.getvalue()))
            raise
        context.assign(self.name, context.weighed(captured.getvalue()))
        return 0

    def emit(self, emitter: Emitter) -> None:
        """Write the node as statements."""
        if any(map(_interrupts, self.block.nodes)):
            raise Unsupported
        emitter.found.assigned.add(str(self.name))
        outside, quiet = emitter.parts, emitter.quiet
        emitter.parts, emitter.quiet = emitter.fresh("p"), False
        emitter.line(f"{emitter.parts} = []")
        emitter.line(f"w{emitter.parts} = {emitter.parts}.append")
        emitter.block(self.block)
        name, block = emitter.object(str(self.name)), emitter.object(self)
        emitter.line(f"bind(c, {name}, {emitter.parts}, {block})")
        emitter.parts, emitter.quiet = outside, quiet


def _interrupts(node: Node) -> bool:
    """Return whether *node* may end an iteration of a loop around it."""
    if isinstance(node, Jump):
        return True
    if isinstance(node, ForNode | TablerowNode):
        return False
    return any(map(_interrupts, children_of(node)))


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
