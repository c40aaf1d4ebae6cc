"""The moment at which a render has to be over, parsing and compiling included."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from liquid.token import Token

from ._errors import LimitError


CheckTime = Callable[[Token], None]
"""Raises an error when the time is over, at a token."""


def without_end(token: Token) -> None:
    """Check nothing."""


class Deadline:
    """Counts from when it is made."""

    __slots__ = ("_end", "_seconds")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = monotonic() + seconds

    def check(self, token: Token | None = None) -> None:
        """Make sure that the time is not over.

        Raises:
            LimitError: If it is.
        """
        if monotonic() > self._end:
            message = f"the render took longer than {self._seconds} s"
            raise LimitError(message, token=token)
