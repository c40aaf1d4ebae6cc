"""Unknown tags, which are refused, or in lax mode left out."""

from __future__ import annotations

from typing import Any

from liquid.exceptions import LiquidSyntaxError
from liquid.token import TOKEN_CONTENT, TOKEN_ILLEGAL, TOKEN_OUTPUT

from .._compiled.emitter import Emitter
from .._context import BrazeContext
from .._engine import Stream
from .._errors import did_you_mean
from .base import BrazeNode, BrazeTag


INTERNAL_TAGS = frozenset({TOKEN_CONTENT, TOKEN_ILLEGAL, TOKEN_OUTPUT})
"""Names in the table of tags that no template can write."""


_MEANT = {
    "elif": "elsif",
    "else_if": "elsif",
    "elseif": "elsif",
    "foreach": "for",
    "let": "assign",
    "set": "assign",
    "switch": "case",
    "var": "assign",
}
"""Tags of other languages, and what they are here."""


def meant_tag(name: str) -> str | None:
    """Return the tag that one of another language is here."""
    end = "end" if name.startswith("end") else ""
    meant = _MEANT.get(name.removeprefix(end))
    return end + meant if meant else None


class UnknownTagError(LiquidSyntaxError):
    """There is no such tag, or it is outside of its block."""


class UnknownTagNode(BrazeNode):
    """A tag that nobody knows: it prints nothing."""

    __slots__ = ()

    def render_to_output(self, context: BrazeContext, buffer: Any) -> int:  # type: ignore[override]  # noqa: ARG002
        """Print nothing."""
        return 0

    def emit(self, emitter: Emitter) -> None:
        """Write nothing."""


class IllegalTag(BrazeTag):
    """Refuses a tag, with a guess at what was meant; in lax mode it is left out."""

    name = TOKEN_ILLEGAL

    def parse(self, stream: Stream) -> UnknownTagNode:  # type: ignore[override]
        """Raise a syntax error at the tag, or note that it is left out."""
        token = stream.current
        name, opening = token.value, token.value.removeprefix("end")
        known = self.env.tags.keys() - INTERNAL_TAGS
        meant = meant_tag(name)
        if name != opening and opening in known:
            message = f"'{name}' closes nothing, there is no open '{opening}'"
        elif any(name in getattr(tag, "inner", ()) for tag in self.env.tags.values()):
            message = f"'{name}' stands outside of its block"
        else:
            question = (
                f"did you mean '{meant}'?" if meant else did_you_mean(name, known)
            )
            hint = f", {question}" if question else ""
            message = f"unknown tag '{name}'{hint}"
            if not self.env.strict:
                message = f"unknown tag '{name}' is left out{hint}"
                stream.reader.warnings.append((message, token))
                stream.skip_expression()
                return UnknownTagNode(token)
        raise UnknownTagError(message, token=token)
