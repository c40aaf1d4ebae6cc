"""How Braze says no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._calls import Answer, Call


__all__ = ["RefusalError", "json_object", "refuse"]


class RefusalError(Exception):
    """A request that Braze refuses as a whole; nothing of it is done."""

    def __init__(
        self, message: str, /, *, status: int = 400, errors: Sequence[Any] = ()
    ) -> None:
        super().__init__(message)
        self.answer = refuse(message, status=status, errors=errors)


def json_object(call: Call, /) -> dict[str, Any]:
    """Return the body of *call*.

    Raises:
        RefusalError: If it is no JSON object.
    """
    body = call.json()
    if not isinstance(body, dict):
        raise RefusalError("The body must be a JSON object")
    return body


def refuse(message: str, /, *, status: int = 400, errors: Sequence[Any] = ()) -> Answer:
    """Return a fatal error: a message, and errors if there are any."""
    body: dict[str, Any] = {"message": message}
    if errors:
        body["errors"] = list(errors)
    return Answer.of(body, status=status)
