"""What a transport has to know of a service: how it says yes, and how it says no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..exceptions import (
    AuthenticationError,
    NotFoundError,
    RateLimitError,
    RequestRejectedError,
    ResponseError,
    ServerError,
)


__all__ = ["Refusal", "Service", "status_family"]

_FAMILIES: Mapping[int, type[ResponseError]] = {
    401: AuthenticationError,
    403: AuthenticationError,
    404: NotFoundError,
    429: RateLimitError,
}


class Refusal(NamedTuple):
    """What an answer says in words when it says no."""

    message: str = ""
    code: str | None = None
    errors: tuple[Any, ...] = ()
    family: type[ResponseError] | None = None
    """The error class the code asks for; ``None`` leaves it to the status."""


class Service(NamedTuple):
    """One service's way of answering."""

    name: str

    refusal_in_success: Callable[[Mapping[str, Any]], Refusal | None]
    """Reads the body of a 2xx; raises ``ValueError`` if it is not an answer at all."""

    explain: Callable[[Mapping[str, Any]], Refusal]
    """Reads the body of any other status."""

    declines_with: frozenset[int] = frozenset()
    """Statuses whose JSON body means that nothing was done."""


def status_family(status: int) -> type[ResponseError]:
    """Return the error class of an HTTP *status* that is no success."""
    if status >= 500:  # noqa: PLR2004 - HTTP's own numbers
        return ServerError
    if status >= 400:  # noqa: PLR2004
        return _FAMILIES.get(status, RequestRejectedError)
    return ResponseError
