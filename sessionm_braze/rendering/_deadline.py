"""The moment at which a render has to be over, parsing and compiling included."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import Protocol

from liquid.token import Token

from ._errors import LimitError


class CheckTime(Protocol):
    """A function that raises a LimitError when the time is over."""

    def __call__(self, token: Token | None = None, /) -> None:
        """Check the time, at *token*."""


def deadline(seconds: float) -> CheckTime:
    """Return a function that checks whether *seconds* from now are over."""
    return partial(_check, monotonic() + seconds, seconds)


def _check(end: float, seconds: float, token: Token | None = None, /) -> None:
    if monotonic() > end:
        raise LimitError(f"the render took longer than {seconds} s", token=token)


def without_end(_: Token | None = None, /) -> None:
    """Check nothing."""
