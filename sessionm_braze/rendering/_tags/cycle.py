"""``cycle``."""

from __future__ import annotations

from typing import Any

from liquid.builtin.tags.cycle_tag import CycleNode as LiquidCycleNode
from liquid.expression import Expression
from liquid.token import Token

from .. import _values
from .._context import BrazeContext
from .._engine import Stream
from .._expressions.nodes import Constant, Range
from .._expressions.reader import Reader
from .base import BrazeTag, Guarded, expression


class CycleNode(Guarded, LiquidCycleNode):
    """``{% cycle 'a', 'b' %}`` or ``{% cycle 'group': 'a', 'b' %}``."""

    __slots__ = ("key",)

    def __init__(
        self, token: Token, group: Expression | None, args: list[Expression]
    ) -> None:
        super().__init__(token, group, args)
        self.key = _key(args, token)

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print the next value of the group."""
        key = self.key if self.group is None else _group_key(self.group, context)
        at = context.cycles.get(key, 0)
        value = self.args[at].evaluate(context) if at < len(self.args) else None
        context.cycles[key] = at + 1 if at + 1 < len(self.args) else 0
        return int(buffer.write(_values.to_output(context.weighed(value))))


def _group_key(group: Expression, context: BrazeContext) -> object:
    """Return what identifies a group, which is kept until the render's end."""
    text = _values.inspect(context.weighed(group.evaluate(context)))
    return text if len(text) < context.large else hash(text)


def _key(args: list[Expression], token: Token) -> object:
    """Return what identifies a cycle without a group: equal literals share it."""
    if all(map(_is_literal, args)):
        return _values.inspect(_values.inspect([arg.evaluate(None) for arg in args]))  # type: ignore[arg-type]
    return (token.start_index, token.source)


def _is_literal(arg: Expression) -> bool:
    if isinstance(arg, Range):
        return _is_literal(arg.start) and _is_literal(arg.stop)
    return isinstance(arg, Constant)


class CycleTag(BrazeTag):
    """Reads ``cycle``."""

    name = "cycle"
    example = "{% cycle custom_attribute.${group}: first, second %}"

    def parse(self, stream: Stream) -> CycleNode:  # type: ignore[override]
        """Read the group and the values."""
        token = stream.current
        group, values = stream.read(Reader.cycle, expression(stream, "values"))
        return CycleNode(token, group, values)
