"""``case``."""

from __future__ import annotations

from typing import Any

from liquid.ast import BlockNode
from liquid.builtin.tags.case_tag import (
    CaseNode as LiquidCaseNode,
    MultiExpressionBlockNode,
)
from liquid.exceptions import LiquidSyntaxError
from liquid.expression import Expression
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token

from .. import _values
from .._compiled.emitter import Emitter, Unsupported
from .._compiled.expressions import value
from .._context import BrazeContext
from .._engine import Stream
from .._expressions.reader import Reader
from .base import BrazeTag, Guarded, drop_blank_text, expression, parse_block


class Choices(Expression):
    """The values of one ``when``."""

    __slots__ = ("left", "values")

    def __init__(
        self, token: Token, left: Expression, values: list[Expression]
    ) -> None:
        super().__init__(token)
        self.left = left
        self.values = values

    def __str__(self) -> str:
        return ", ".join(map(str, self.values))

    def evaluate(self, context: BrazeContext) -> bool:  # type: ignore[override]
        """Return whether any of the values fits."""
        return any(self.fits(value, context) for value in self.values)

    def fits(self, value: Expression, context: BrazeContext) -> bool:
        """Return whether *value* equals the value of the ``case``."""
        left = context.weighed(self.left.evaluate(context))
        return _values.equals(left, context.weighed(value.evaluate(context)))

    def children(self) -> list[Expression]:
        """Return the values."""
        return self.values


class WhenNode(MultiExpressionBlockNode):
    """``{% when value, value %}``: its block is printed for each value that fits.

    What the block binds counts for the values after it.
    """

    __slots__ = ()

    role = "condition"

    expression: Choices  # type: ignore[assignment]

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print the block; return -1 if no value fits."""
        printed = -1
        for choice in self.expression.values:
            if self.expression.fits(choice, context):
                printed = max(printed, 0) + self.block.render(context, buffer)
        return printed

    def emit_branch(self, emitter: Emitter, open_: str) -> None:
        """Write the node as statements."""
        choices = self.expression
        if len(choices.values) != 1:
            raise Unsupported
        emitter.may_fault = False
        left = emitter.weighed(value(emitter, choices.left))
        right = emitter.weighed(value(emitter, choices.values[0]))
        if emitter.may_fault:
            raise Unsupported
        with emitter.indented(f"if equals({left}, {right}):"):
            emitter.line(f"{open_} = False")
            emitter.block(self.block)


class CaseNode(Guarded, LiquidCaseNode):
    """``{% case %}{% when %}…{% else %}…{% endcase %}``."""

    __slots__ = ()

    role = "condition"

    def emit(self, emitter: Emitter) -> None:
        """Write the node as statements."""
        open_ = emitter.fresh("b")
        emitter.line(f"{open_} = True")
        for block in self.blocks:
            if isinstance(block, WhenNode):
                block.emit_branch(emitter, open_)
            elif isinstance(block, BlockNode):
                with emitter.indented(f"if {open_}:"):
                    emitter.block(block)


class CaseTag(BrazeTag):
    """Reads ``case``."""

    name = "case"
    end = "endcase"
    inner = ("when", "else")
    example = (
        "{% case custom_attribute.${tier} %}{% when gold, silver %}{{ a }}"
        "{% else %}{{ b }}{% endcase %}"
    )

    def parse(self, stream: Stream) -> CaseNode:  # type: ignore[override]
        """Read the value and the branches; text before the first branch is dropped."""
        token = stream.current
        ends = (self.end, "when", "else")
        left = stream.read(Reader.value, expression(stream, "a value"))
        preamble = parse_block(self, stream, ends)
        branches: list[MultiExpressionBlockNode | BlockNode] = []
        while stream.current.kind == TOKEN_TAG and stream.current.value != self.end:
            branches.append(self._branch(stream, left, ends))
        stream.finish(self.end)
        node = CaseNode(token, left, branches)
        node.blank = node.blank and preamble.blank
        for branch in branches:
            drop_blank_text(
                node, branch if isinstance(branch, BlockNode) else branch.block
            )
        return node

    def _branch(
        self, stream: Stream, left: Expression, ends: tuple[str, ...]
    ) -> WhenNode | BlockNode:
        token = stream.current
        if token.value == "else":
            if stream.peek.kind == TOKEN_EXPRESSION:
                message = "'else' of a 'case' takes nothing"
                raise LiquidSyntaxError(message, token=token)
            return parse_block(self, stream, ends)
        choices = Choices(
            token, left, stream.read(Reader.choices, expression(stream, "a value"))
        )
        return WhenNode(token, parse_block(self, stream, ends), choices)  # type: ignore[arg-type]
