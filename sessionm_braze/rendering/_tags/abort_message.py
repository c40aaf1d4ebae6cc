"""``abort_message``."""

from __future__ import annotations

from typing import Any, NoReturn

from liquid.token import Token

from .._context import BrazeContext
from .._engine import Stream
from .._errors import Aborted
from .base import BrazeNode, BrazeTag, optional_expression


class AbortMessageNode(BrazeNode):
    """``{% abort_message('reason') %}``: nothing is sent."""

    __slots__ = ("reason",)

    def __init__(self, token: Token, reason: str) -> None:
        super().__init__(token)
        self.reason = reason

    def __str__(self) -> str:
        return f"{{% abort_message({self.reason!r}) %}}"

    def render_to_output(self, context: BrazeContext, buffer: Any) -> NoReturn:  # type: ignore[override]  # noqa: ARG002
        """End the render."""
        raise Aborted(self.reason)


class AbortMessageTag(BrazeTag):
    """Reads ``abort_message``; the reason may be quoted, bare or missing."""

    name = "abort_message"
    text = "free"
    literal = True
    example = "{% abort_message('no offers') %}"

    def parse(self, stream: Stream) -> AbortMessageNode:  # type: ignore[override]
        """Read the reason, which is plain text."""
        token = stream.current
        text = optional_expression(stream).value.strip()
        text = text.removeprefix("(").removesuffix(")").strip()
        if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
            text = text[1:-1]
        return AbortMessageNode(token, text)
