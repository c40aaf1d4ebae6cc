"""Tags that the renderer is given, because the library does not know them yet."""

from __future__ import annotations

from typing import Any

from liquid.token import Token

from .._context import BrazeContext
from .._engine import Stream
from .._parts import Part, Span
from .base import BrazeNode, BrazeTag, optional_expression


class GivenNode(BrazeNode):
    """A tag that prints a text, or what a function returns."""

    __slots__ = ("arguments",)

    def __init__(self, token: Token, arguments: Part) -> None:
        super().__init__(token)
        self.arguments = arguments

    def __str__(self) -> str:
        return f"{{% {self.token.value} {self.arguments.text} %}}"

    def parts(self) -> list[Part]:
        """Return the tag's text."""
        return [self.arguments]

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]
        """Print what the renderer was given for the tag."""
        name = self.token.value
        given = context.workspace.tags[name]
        if not isinstance(given, str):
            given = given(_unquoted(self.arguments.filled_in(context).strip()))
        if not isinstance(given, str):
            kind = type(given).__name__
            raise TypeError(
                f"tags[{name!r}]: the function has to return a text, not {kind}"
            )
        context.weighed(given)
        return int(buffer.write(given))


def _unquoted(text: str) -> str:
    """Return *text* without quotes, if it is one text in quotes."""
    quote = text[:1]
    inner = text[1:-1]
    whole = (
        len(text) > 1 and quote in "\"'" and text[-1] == quote and quote not in inner
    )
    return inner if whole else text


class GivenTag(BrazeTag):
    """Reads such a tag, whatever its text is."""

    text = "free"

    def parse(self, stream: Stream) -> GivenNode:  # type: ignore[override]
        """Read the text, in which outputs may stand."""
        token = stream.current
        text = optional_expression(stream)
        return GivenNode(token, stream.part(text, Span(0, len(text.value), text.value)))
