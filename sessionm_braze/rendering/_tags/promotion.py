"""``promotion`` (Braze docs, promotion codes)."""

from __future__ import annotations

from typing import Any

from liquid.exceptions import LiquidSyntaxError
from liquid.token import Token

from .._context import BrazeContext
from .._engine import Stream
from .._errors import Aborted
from .base import BrazeNode, BrazeTag, optional_expression


class PromotionNode(BrazeNode):
    """``{% promotion('list') %}``: prints a code, the same throughout a message."""

    __slots__ = ("codes",)

    def __init__(self, token: Token, codes: str) -> None:
        super().__init__(token)
        self.codes = codes

    def __str__(self) -> str:
        return f"{{% promotion('{self.codes}') %}}"

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print the code; a list without any cancels the message."""
        if self.codes not in context.promotions:
            context.promotions[self.codes] = self._code(context)
        return int(buffer.write(context.promotions[self.codes]))

    def _code(self, context: BrazeContext) -> str:
        codes = context.workspace.promotions.get(self.codes)
        if codes is None:
            context.refuse(
                f"there is no promotion code list '{self.codes}'", self.token
            )
        if not codes:
            context.warn(f"the promotion code list '{self.codes}' is empty", self.token)
            raise Aborted
        return str(codes[0])


class PromotionTag(BrazeTag):
    """Reads ``promotion``."""

    name = "promotion"
    text = "free"
    names = True
    literal = True
    example = "{% promotion('spring') %}"

    def parse(self, stream: Stream) -> PromotionNode:  # type: ignore[override]
        """Read the name of the list."""
        token = stream.current
        text = optional_expression(stream).value.strip()
        name = text.removeprefix("(").removesuffix(")").strip().strip("'\"")
        if not name:
            raise LiquidSyntaxError("'promotion' needs the name of a list", token=token)
        return PromotionNode(token, name)
