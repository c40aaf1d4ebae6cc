"""``if`` and ``unless``."""

from __future__ import annotations

from typing import Any

from liquid.ast import BlockNode, ConditionalBlockNode
from liquid.builtin.tags.if_tag import IfNode as LiquidIfNode
from liquid.builtin.tags.unless_tag import UnlessNode as LiquidUnlessNode
from liquid.expression import Expression
from liquid.token import TOKEN_TAG

from .._compiled.emitter import Emitter
from .._compiled.expressions import truth
from .._engine import Stream
from .._expressions.reader import Reader
from .base import (
    BrazeTag,
    Guarded,
    drop_blank_text,
    expression,
    parse_block,
)


class Branches(Guarded):
    """Mixed into a node that prints one of several blocks."""

    __slots__ = ()

    role = "condition"
    negated = False

    def emit(self: Any, emitter: Emitter) -> None:
        """Write the node as statements."""
        first = (self.condition, self.consequence)
        branches: list[tuple[Expression, BlockNode]] = [first]
        branches += [(each.expression, each.block) for each in self.alternatives]
        emitter.may_fault = False
        tests = [truth(emitter, condition) for condition, _ in branches]
        if self.negated:
            tests[0] = f"not {tests[0]}"
        blocks = [block for _, block in branches]
        if not emitter.may_fault:
            _branches(emitter, tests, blocks, self.default)
            return
        chosen = emitter.fresh("b")
        numbers = [emitter.object(number) for number in range(len(tests))]
        with emitter.guarded(self):
            for number, test in enumerate(tests):
                emitter.line(f"{_if_word(number)} {test}: {chosen} = {numbers[number]}")
            emitter.line(f"else: {chosen} = None")
        choices = [f"{chosen} is {number}" for number in numbers]
        with emitter.indented("else:"):
            _branches(emitter, choices, blocks, self.default)


def _branches(
    emitter: Emitter,
    tests: list[str],
    blocks: list[BlockNode],
    default: BlockNode | None,
) -> None:
    for number, (test, block) in enumerate(zip(tests, blocks, strict=True)):
        with emitter.indented(f"{_if_word(number)} {test}:"):
            emitter.block(block)
    if default is not None:
        with emitter.indented("else:"):
            emitter.block(default)


def _if_word(number: int) -> str:
    return "elif" if number else "if"


class IfNode(Branches, LiquidIfNode):
    """``{% if %}…{% elsif %}…{% else %}…{% endif %}``."""

    __slots__ = ()


class UnlessNode(Branches, LiquidUnlessNode):
    """``{% unless %}…{% elsif %}…{% else %}…{% endunless %}``."""

    __slots__ = ()

    negated = True


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
        drop_blank_text(node, consequence, *others, default)
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
