"""Tags nobody knows."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NoReturn

from liquid.exceptions import LiquidSyntaxError
from liquid.token import TOKEN_ILLEGAL

from ._base import BrazeTag


if TYPE_CHECKING:
    from .._environment import BrazeStream


class IllegalTag(BrazeTag):
    """Refuses a tag, with a guess at what was meant."""

    name = TOKEN_ILLEGAL

    def parse(self, stream: BrazeStream) -> NoReturn:  # type: ignore[override]
        """Raise a syntax error at the tag."""
        token = stream.current
        raise LiquidSyntaxError(self._message(token.value), token=token)

    def _message(self, name: str) -> str:
        opening = name.removeprefix("end")
        if name != opening and opening in self.env.tags:
            return f"'{name}' closes nothing, there is no open '{opening}'"
        if name in {"else", "elsif", "when"}:
            return f"'{name}' stands outside of its block"
        close = difflib.get_close_matches(name, self.env.tags, n=1)
        hint = f", did you mean '{close[0]}'?" if close else ""
        return f"unknown tag '{name}'{hint}"


TAGS = (IllegalTag,)
