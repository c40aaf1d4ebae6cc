"""``message_component`` (Braze docs, Content Optimizer step)."""

from __future__ import annotations

from typing import Any

from liquid.exceptions import LiquidSyntaxError
from liquid.token import Token

from .._context import BrazeContext
from .._engine import Stream
from .base import BrazeNode, BrazeTag, optional_expression


class MessageComponentNode(BrazeNode):
    """``{% message_component "Subject" %}``: prints the variant that Braze chose."""

    __slots__ = ("component",)

    def __init__(self, token: Token, component: str) -> None:
        super().__init__(token)
        self.component = component

    def __str__(self) -> str:
        return f'{{% message_component "{self.component}" %}}'

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]  # noqa: ARG002
        """Print nothing: which variant is chosen, only Braze knows."""
        name = self.component
        context.warn(
            f"Braze chooses the variant of the message component '{name}', here it is"
            " empty: give the renderer tags={'message_component': …}",
            self.token,
        )
        return 0


class MessageComponentTag(BrazeTag):
    """Reads ``message_component``."""

    name = "message_component"
    text = "free"
    names = True
    literal = True
    example = '{% message_component "Subject" %}'

    def parse(self, stream: Stream) -> MessageComponentNode:  # type: ignore[override]
        """Read the name of the component."""
        token = stream.current
        name = optional_expression(stream).value.strip("()'\" ")
        if not name:
            message = "'message_component' needs the name of a component"
            raise LiquidSyntaxError(message, token=token)
        return MessageComponentNode(token, name)
