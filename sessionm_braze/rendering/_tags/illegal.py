"""Unknown tags."""

from __future__ import annotations

from typing import NoReturn

from liquid.exceptions import LiquidSyntaxError
from liquid.token import TOKEN_CONTENT, TOKEN_ILLEGAL, TOKEN_OUTPUT

from .._engine import Stream
from .._errors import did_you_mean
from .base import BrazeTag


INTERNAL_TAGS = frozenset({TOKEN_CONTENT, TOKEN_ILLEGAL, TOKEN_OUTPUT})
"""Names in the table of tags that no template can write."""


class UnknownTagError(LiquidSyntaxError):
    """There is no such tag, or it is outside of its block."""


class IllegalTag(BrazeTag):
    """Refuses a tag, with a guess at what was meant."""

    name = TOKEN_ILLEGAL

    def parse(self, stream: Stream) -> NoReturn:  # type: ignore[override]
        """Raise a syntax error at the tag."""
        token = stream.current
        name, opening = token.value, token.value.removeprefix("end")
        known = self.env.tags.keys() - INTERNAL_TAGS
        if name != opening and opening in known:
            message = f"'{name}' closes nothing, there is no open '{opening}'"
        elif any(name in getattr(tag, "inner", ()) for tag in self.env.tags.values()):
            message = f"'{name}' stands outside of its block"
        else:
            question = did_you_mean(name, known)
            message = f"unknown tag '{name}'" + (f", {question}" if question else "")
        raise UnknownTagError(message, token=token)
