"""``random``."""

from __future__ import annotations

from typing import Any

from liquid.expression import Expression
from liquid.token import Token

from .._context import BrazeContext
from .._engine import Stream
from .._errors import FaultError
from .._expressions.reader import Reader
from .._filters.number import floor
from .._texts import integer_text
from .base import BrazeNode, BrazeTag, optional_expression


DEFAULT_BOUND = 2**31
"""Bound of a number without one; Braze does not document it."""


class RandomNode(BrazeNode):
    """``{% random 6 %}``: an integer from 0 up to, but without, the bound."""

    __slots__ = ("bound",)

    def __init__(self, token: Token, bound: Expression | None) -> None:
        super().__init__(token)
        self.bound = bound

    def __str__(self) -> str:
        return f"{{% random {self.bound or ''} %}}"

    def expressions(self) -> list[Expression]:
        """Return the bound."""
        return [] if self.bound is None else [self.bound]

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print a number."""
        bound = DEFAULT_BOUND
        if self.bound is not None:
            bound = floor(self.bound.evaluate(context))
        if bound < 1:
            raise FaultError(f"'random' needs a number above 0, not {bound}")
        number = context.workspace.random.randrange(bound)
        return int(buffer.write(integer_text(number)))


class RandomTag(BrazeTag):
    """Reads ``random``."""

    name = "random"
    example = "{% random most %}"

    def parse(self, stream: Stream) -> RandomNode:  # type: ignore[override]
        """Read the bound, if there is one."""
        token = stream.current
        text = optional_expression(stream)
        return RandomNode(
            token, stream.read(Reader.value, text) if text.value else None
        )
