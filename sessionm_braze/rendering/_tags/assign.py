"""``assign``."""

from __future__ import annotations

from liquid.builtin.expressions import Identifier
from liquid.builtin.tags.assign_tag import AssignNode as LiquidAssignNode

from .._compiled.emitter import Emitter
from .._compiled.expressions import value
from .._engine import Stream
from .._expressions.reader import Reader
from .base import BrazeTag, Guarded, expression


class AssignNode(Guarded, LiquidAssignNode):
    """``{% assign name = value | filter %}``."""

    __slots__ = ()

    def emit(self, emitter: Emitter) -> None:
        """Write the node as statements."""
        emitter.found.assigned.add(str(self.name))
        with emitter.guarded(self):
            name, code = emitter.object(str(self.name)), value(emitter, self.expression)
            emitter.line(f"c.assign({name}, {code})")


class AssignTag(BrazeTag):
    """Reads ``assign``."""

    name = "assign"
    example = "{% assign x = points | plus: bonus %}{{ x }}"

    def parse(self, stream: Stream) -> AssignNode:  # type: ignore[override]
        """Read the name and the value."""
        token = stream.current
        name, value = stream.read(
            Reader.assignment, expression(stream, "a name and a value")
        )
        if name in self.env.tags:
            remark = f"a variable named like the tag '{name}' may disturb Braze"
            stream.reader.warnings.append((remark, token))
        return AssignNode(token, name=Identifier(name, token=token), expression=value)
