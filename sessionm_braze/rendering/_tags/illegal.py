"""Tags nobody knows."""

from __future__ import annotations

from typing import NoReturn

from liquid.exceptions import LiquidSyntaxError
from liquid.token import TOKEN_CONTENT, TOKEN_ILLEGAL, TOKEN_OUTPUT

from .._engine import Stream
from .._errors import guess
from .base import BrazeTag


NOT_TAGS = frozenset({TOKEN_CONTENT, TOKEN_ILLEGAL, TOKEN_OUTPUT})
"""What the engine keeps among the tags, though no template can write it."""


class UnknownTagError(LiquidSyntaxError):
    """There is no such tag, or it is out of place."""


class IllegalTag(BrazeTag):
    """Refuses a tag, with a guess at what was meant."""

    name = TOKEN_ILLEGAL

    def parse(self, stream: Stream) -> NoReturn:  # type: ignore[override]
        """Raise a syntax error at the tag."""
        token = stream.current
        raise UnknownTagError(self._message(token.value), token=token)

    def _message(self, name: str) -> str:
        known = self.env.tags.keys() - NOT_TAGS
        opening = name.removeprefix("end")
        if name != opening and opening in known:
            return f"'{name}' closes nothing, there is no open '{opening}'"
        if any(name in getattr(tag, "inner", ()) for tag in self.env.tags.values()):
            return f"'{name}' stands outside of its block"
        question = guess(name, known)
        return f"unknown tag '{name}'" + (f", {question}" if question else "")
