"""``random``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liquid.expression import Expression
from liquid.token import Token

from .._errors import FaultError
from .._filters._number import floor
from ._base import BrazeNode, BrazeTag, optional_expression


if TYPE_CHECKING:
    from .._context import BrazeContext
    from .._environment import BrazeStream


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

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print a number."""
        bound = DEFAULT_BOUND
        if self.bound is not None:
            bound = floor(self.bound.evaluate(context))
        if bound < 1:
            raise FaultError(f"'random' needs a number above 0, not {bound}")
        return int(buffer.write(str(context.workspace.random.randrange(bound))))


class RandomTag(BrazeTag):
    """Reads ``random``."""

    name = "random"

    def parse(self, stream: BrazeStream) -> RandomNode:  # type: ignore[override]
        """Read the bound, if there is one."""
        token = stream.current
        text = optional_expression(stream)
        return RandomNode(token, stream.reader.value(text) if text.value else None)


TAGS = (RandomTag,)
