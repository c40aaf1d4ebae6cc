"""``message_extras`` (Braze docs, message extras)."""

from __future__ import annotations

import re
from typing import Any

from liquid.token import Token

from .._context import BrazeContext
from .._engine import Stream
from .._parts import Part, Span
from .._values import utf8
from .base import BrazeNode, BrazeTag, optional_expression


MAX_EXTRAS_SIZE = 1_024
"""Bytes that all keys and values of a message may have together."""

_PAIR = re.compile(r"\s*:key\s(.*?)\s:value\s(.*)", re.DOTALL)


class MessageExtrasNode(BrazeNode):
    """``{% message_extras :key name :value text %}``: prints nothing."""

    __slots__ = ("key", "value")

    def __init__(self, token: Token, key: Part, value: Part) -> None:
        super().__init__(token)
        self.key = key
        self.value = value

    def __str__(self) -> str:
        return f"{{% message_extras :key {self.key.text} :value {self.value.text} %}}"

    def parts(self) -> list[Part]:
        """Return key and value."""
        return [self.key, self.value]

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]  # noqa: ARG002
        """Keep the pair; the first of equal keys stays."""
        key, value = (
            self.key.filled_in(context).strip(),
            self.value.filled_in(context).strip(),
        )
        if not key or not value:
            context.warn(
                "message_extras without a key or a value is dropped", self.token
            )
        elif key not in context.extras:
            self._keep(key, value, context)
        return 0

    def _keep(self, key: str, value: str, context: BrazeContext) -> None:
        used = sum(len(utf8(name + text)) for name, text in context.extras.items())
        room = MAX_EXTRAS_SIZE - used - len(utf8(key))
        if room <= 0:
            context.warn(
                f"message_extras beyond {MAX_EXTRAS_SIZE} bytes are dropped", self.token
            )
            return
        kept = utf8(value)[:room].decode("utf-8", "ignore")
        if kept != value:
            context.warn(
                f"message_extras are cut to {MAX_EXTRAS_SIZE} bytes", self.token
            )
        context.extras[key] = kept


class DroppedExtrasNode(BrazeNode):
    """A pair in a form that Braze does not accept: nothing is kept."""

    __slots__ = ()

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]  # noqa: ARG002
        """Note that the pair is dropped."""
        message = "message_extras is dropped, it has to read ':key name :value text'"
        context.warn(message, self.token)
        return 0


class MessageExtrasTag(BrazeTag):
    """Reads ``message_extras``."""

    name = "message_extras"
    text = "free"
    example = "{% message_extras :key tier :value {{custom_attribute.${tier}}} %}"

    def parse(self, stream: Stream) -> MessageExtrasNode | DroppedExtrasNode:  # type: ignore[override]
        """Read the key, then the value."""
        token = stream.current
        text = optional_expression(stream)
        match = _PAIR.fullmatch(text.value)
        if match is None or not match[1].strip() or not match[2].strip():
            return DroppedExtrasNode(token)
        key, value = (
            stream.part(text, Span(match.start(at), match.end(at), match[at]))
            for at in (1, 2)
        )
        return MessageExtrasNode(token, key, value)
