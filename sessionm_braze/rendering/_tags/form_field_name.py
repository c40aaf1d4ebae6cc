"""``form_field_name`` (Braze docs, Create preference center)."""

from __future__ import annotations

import re
from typing import Any

from liquid.exceptions import LiquidSyntaxError
from liquid.token import Token

from .._context import BrazeContext
from .._engine import Stream
from .._parts import Part, Span
from .base import BrazeNode, BrazeTag, expression


_FIELD = re.compile(r"\s*:(\w+)\s*(.*?)\s*", re.ASCII | re.DOTALL)


class FormFieldNameNode(BrazeNode):
    """``{% form_field_name :field id %}``: a name for a field of a preference page."""

    __slots__ = ("field", "identifier")

    def __init__(self, token: Token, field: str, identifier: Part) -> None:
        super().__init__(token)
        self.field = field
        self.identifier = identifier

    def __str__(self) -> str:
        return f"{{% form_field_name :{self.field} {self.identifier} %}}".replace(
            "  ", " "
        )

    def parts(self) -> list[Part]:
        """Return the identifier."""
        return [self.identifier]

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print a name that stands in for Braze's."""
        identifier = self.identifier.filled_in(context).strip()
        return int(buffer.write("_".join(filter(None, (self.field, identifier)))))


class FormFieldNameTag(BrazeTag):
    """Reads ``form_field_name``."""

    name = "form_field_name"
    text = "free"
    names = True
    example = "{% form_field_name :subscription_group {{ group }} %}"

    def parse(self, stream: Stream) -> FormFieldNameNode:  # type: ignore[override]
        """Read the field, and the identifier of the subscription group."""
        token = stream.current
        text = expression(stream, "a field, such as ':email_global_state'")
        match = _FIELD.fullmatch(text.value)
        if match is None:
            message = "'form_field_name' takes a field, such as ':email_global_state'"
            raise LiquidSyntaxError(message, token=text)
        span = Span(match.start(2), match.end(2), match[2])
        return FormFieldNameNode(token, match[1], stream.part(text, span))
