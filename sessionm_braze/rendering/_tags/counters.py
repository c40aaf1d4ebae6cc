"""``increment`` and ``decrement``."""

from __future__ import annotations

from typing import Any

from liquid.builtin.expressions import Identifier
from liquid.builtin.tags.decrement_tag import DecrementNode as LiquidDecrementNode
from liquid.builtin.tags.increment_tag import IncrementNode as LiquidIncrementNode
from liquid.expression import Expression

from .. import _values
from .._context import BrazeContext
from .._engine import Stream
from .._errors import FaultError
from .._expressions.nodes import Variable
from .base import BrazeTag, Guarded, optional_expression


def _count(context: BrazeContext, name: str) -> int | float:
    """Return the counter's value; one that was never used starts from the variable."""
    value = context.counters.get(name, context.globals.get(name))
    if not _values.is_true(value):
        return 0
    if not _values.is_number(value):
        raise FaultError("internal")
    return value  # type: ignore[return-value]


class Counter(Guarded):
    """Mixed into a node that counts.

    Its first count starts from the variable of that name, so it reads that, too.
    """

    __slots__ = ()

    def expressions(self: Any) -> list[Expression]:
        """Return the variable of the counter's name."""
        return [Variable(self.token, str(self.name), ())]


class IncrementNode(Counter, LiquidIncrementNode):
    """``{% increment name %}``: prints the counter, then adds one."""

    __slots__ = ()

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print and count up."""
        count = _count(context, self.name)
        context.counters[self.name] = count + 1  # type: ignore[assignment]
        return int(buffer.write(_values.to_output(count)))


class DecrementNode(Counter, LiquidDecrementNode):
    """``{% decrement name %}``: takes one from the counter, then prints it."""

    __slots__ = ()

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Count down and print."""
        count = _count(context, self.name) - 1
        context.counters[self.name] = count  # type: ignore[assignment]
        return int(buffer.write(_values.to_output(count)))


class IncrementTag(BrazeTag):
    """Reads ``increment``."""

    name = "increment"
    example = "{% increment count %}{{ count }}"
    node_class: type[IncrementNode | DecrementNode] = IncrementNode

    def parse(self, stream: Stream) -> IncrementNode | DecrementNode:  # type: ignore[override]
        """Read the counter's name."""
        token = stream.current
        name = optional_expression(stream).value
        return self.node_class(token, Identifier(name, token=token))


class DecrementTag(IncrementTag):
    """Reads ``decrement``."""

    name = "decrement"
    example = "{% decrement count %}{{ count }}"
    node_class = DecrementNode
