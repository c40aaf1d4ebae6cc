"""``if`` and ``unless``."""

from __future__ import annotations

from liquid.ast import BlockNode, ConditionalBlockNode
from liquid.builtin.tags.if_tag import IfNode as LiquidIfNode
from liquid.builtin.tags.unless_tag import UnlessNode as LiquidUnlessNode
from liquid.token import TOKEN_TAG

from .._engine import Stream
from .._expressions.reader import Reader
from .base import (
    BrazeTag,
    Guarded,
    expression,
    parse_block,
    settle,
)


class IfNode(Guarded, LiquidIfNode):  # type: ignore[misc]
    """``{% if %}…{% elsif %}…{% else %}…{% endif %}``."""

    __slots__ = ()

    role = "condition"


class UnlessNode(Guarded, LiquidUnlessNode):  # type: ignore[misc]
    """``{% unless %}…{% elsif %}…{% else %}…{% endunless %}``."""

    __slots__ = ()

    role = "condition"


class ElsifNode(ConditionalBlockNode):
    """``{% elsif %}…``."""

    __slots__ = ()

    role = "condition"


class IfTag(BrazeTag):
    """Reads ``if``."""

    name = "if"
    end = "endif"
    inner = ("elsif", "else")
    example = (
        "{% if custom_attribute.${tier} == gold %}{{ a }}"
        "{% elsif custom_attribute.${level} == level %}{{ b }}"
        "{% else %}{{ c }}{% endif %}"
    )
    node_class: type[IfNode | UnlessNode] = IfNode

    def parse(self, stream: Stream) -> IfNode | UnlessNode:  # type: ignore[override]
        """Read the condition, the block and the branches after it."""
        token = stream.current
        ends = (self.end, "elsif", "else")
        condition = stream.read(Reader.condition, expression(stream, "a condition"))
        consequence = parse_block(self, stream, ends)
        alternatives, default = self._branches(stream, ends)
        stream.finish(self.end)
        node = self.node_class(token, condition, consequence, alternatives, default)
        others = [branch.block for branch in alternatives]
        settle(node, consequence, *others, default)
        return node

    def _branches(
        self, stream: Stream, ends: tuple[str, ...]
    ) -> tuple[list[ConditionalBlockNode], BlockNode | None]:
        """Read ``elsif`` and ``else``; what follows an ``else`` is never reached."""
        alternatives: list[ConditionalBlockNode] = []
        default: BlockNode | None = None
        while stream.current.kind == TOKEN_TAG and stream.current.value != self.end:
            token = stream.current
            if token.value == "elsif":
                condition = stream.read(
                    Reader.condition, expression(stream, "a condition")
                )
                block = parse_block(self, stream, ends)
                if default is None:
                    alternatives.append(ElsifNode(token, condition, block))
            else:
                stream.skip_expression()
                block = parse_block(self, stream, ends)
                default = default or block
        return alternatives, default


class UnlessTag(IfTag):
    """Reads ``unless``."""

    name = "unless"
    end = "endunless"
    example = "{% unless ${language} %}{{ a }}{% else %}{{ b }}{% endunless %}"
    node_class = UnlessNode
