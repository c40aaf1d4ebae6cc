"""``for``, ``break`` and ``continue``."""

from __future__ import annotations

from typing import Any

from liquid.ast import BlockNode
from liquid.builtin.tags.for_tag import (
    BreakNode as LiquidBreakNode,
    ContinueNode as LiquidContinueNode,
    ForNode as LiquidForNode,
)
from liquid.exceptions import BreakLoop, ContinueLoop
from liquid.token import Token

from .._context import BrazeContext
from .._engine import Stream
from .._expressions.loops import Loop
from .._expressions.reader import Reader
from .._values import Drop
from .base import (
    BrazeTag,
    Guarded,
    expression,
    parse_block,
    settle,
)


class Turns(Drop):
    """What a template sees of any loop: its length, and the turn it is in."""

    __slots__ = ("index0", "length")

    fields = frozenset(
        {"first", "index", "index0", "last", "length", "rindex", "rindex0"}
    )

    def __init__(self, length: int) -> None:
        self.length = length
        self.index0 = 0

    @property
    def index(self) -> int:
        """Turn, counted from 1."""
        return self.index0 + 1

    @property
    def rindex(self) -> int:
        """Turns left, this one included."""
        return self.length - self.index0

    @property
    def rindex0(self) -> int:
        """Turns left after this one."""
        return self.length - self.index0 - 1

    @property
    def first(self) -> bool:
        """Whether this is the first turn."""
        return self.index0 == 0

    @property
    def last(self) -> bool:
        """Whether this is the last turn."""
        return self.index0 == self.length - 1


class ForLoop(Turns):
    """What a template sees as ``forloop``."""

    __slots__ = ("name", "parentloop")

    fields = Turns.fields | {"name", "parentloop"}
    label = "Liquid::ForloopDrop"

    def __init__(self, name: str, length: int, parentloop: object) -> None:
        super().__init__(length)
        self.name = name
        self.parentloop = parentloop


class ForNode(Guarded, LiquidForNode):  # type: ignore[misc]
    """``{% for item in list %}…{% else %}…{% endfor %}``."""

    __slots__ = ()

    expression: Loop  # type: ignore[assignment]

    def __init__(
        self, token: Token, loop: Loop, block: BlockNode, default: BlockNode | None
    ) -> None:
        super().__init__(token, loop, block, default)  # type: ignore[arg-type]
        settle(self, block, default)

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print the block for every element, or the default where there is none."""
        items = self.expression.evaluate(context)
        if not items:
            return 0 if self.default is None else self.default.render(context, buffer)
        loop = ForLoop(self.expression.name, len(items), context.parentloop())
        frame: dict[str, object] = {"forloop": loop}
        context.frames.append(frame)
        context.loop_stack.append(loop)
        try:
            self._turns(context, buffer, frame, loop, items)
        finally:
            context.loop_stack.pop()
            context.frames.pop()
        return 0

    def _turns(
        self,
        context: BrazeContext,
        buffer: Any,
        frame: dict[str, Any],
        loop: ForLoop,
        items: Any,
    ) -> None:
        name = self.expression.identifier
        render = self.block.render
        for item in items:
            context.iterate(buffer)
            frame[name] = item
            try:
                render(context, buffer)
            except ContinueLoop:
                pass
            except BreakLoop:
                return
            loop.index0 += 1


class BreakNode(LiquidBreakNode):
    """``{% break %}``."""

    def __init__(self, token: Token) -> None:
        super().__init__(token)
        self.blank = False


class ContinueNode(LiquidContinueNode):
    """``{% continue %}``."""

    def __init__(self, token: Token) -> None:
        super().__init__(token)
        self.blank = False


class ForTag(BrazeTag):
    """Reads ``for``."""

    name = "for"
    end = "endfor"
    inner = ("else",)
    example = (
        "{% for o in custom_attribute.${offers} limit: most offset: start %}"
        "{{ o.name }}{{ forloop.index }}{% else %}{{ none }}{% endfor %}"
    )

    def parse(self, stream: Stream) -> ForNode:  # type: ignore[override]
        """Read the loop, its block and its default."""
        token = stream.current
        loop = stream.read(Reader.loop, expression(stream, "'item in list'"))
        block = parse_block(self, stream, (self.end, "else"))
        default = None
        while stream.current.is_tag("else"):
            stream.skip_expression()
            default = parse_block(self, stream, (self.end, "else"))
        stream.finish(self.end)
        return ForNode(token, loop, block, default)


class BreakTag(BrazeTag):
    """Reads ``break``."""

    name = "break"
    example = "{% for i in list %}{{ i }}{% break %}{% endfor %}"

    def parse(self, stream: Stream) -> BreakNode:  # type: ignore[override]
        """Read the tag."""
        token = stream.current
        stream.skip_expression()
        return BreakNode(token)


class ContinueTag(BrazeTag):
    """Reads ``continue``."""

    name = "continue"
    example = "{% for i in list %}{{ i }}{% continue %}{% endfor %}"

    def parse(self, stream: Stream) -> ContinueNode:  # type: ignore[override]
        """Read the tag."""
        token = stream.current
        stream.skip_expression()
        return ContinueNode(token)
